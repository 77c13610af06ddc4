/** The portal, where customers see and change how they pay: the provider's own page, or ours of the manual provider. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { MANAGE, tenantOf } from '../../access.ts';
import { billingErrors } from '../../errors.ts';
import { portalLink } from '../../payments/portal-link.ts';
import { InvoiceView, invoiceView } from '../../payments/views/invoices.ts';
import { PlanView, planView } from '../../plans/views.ts';
import { portalPage } from '../manual-pages.ts';
import type { SubscriptionsScope } from '../services.ts';

const SHOWN_INVOICES = 200;

export const portalRoutes = [
  route({
    method: 'POST',
    path: '/api/v2/billing/portal',
    operationId: 'openPortal',
    access: MANAGE,
    summary: 'Where to see and change how you pay',
    body: Type.Object({}),
    responses: { 200: Type.Object({ portal_url: Type.String() }) },
    async handler({ principal }, { currentPlans, paymentProviders, coreConfig }: SubscriptionsScope) {
      const tenantId = tenantOf(principal);
      const { subscription } = await currentPlans.of(tenantId);
      const provider = subscription?.provider_ref
        ? paymentProviders.named(subscription.provider)
        : paymentProviders.current();
      const customerRef = subscription?.customer_ref ?? null;
      const { url } = await provider.portal({
        tenantId,
        customerRef,
        returnUrl: `${coreConfig.http.publicUrl}/billing`,
      });
      return { portal_url: url };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/portal',
    operationId: 'readPortal',
    access: 'public',
    summary: 'Subscription and invoices, behind the link that the portal gives',
    body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 2000, writeOnly: true }) }),
    responses: {
      200: Type.Object({ plan: PlanView, status: Type.String(), invoices: Type.Array(InvoiceView) }),
    },
    async handler({ body }, services: SubscriptionsScope) {
      const { plan, ...shown } = await behindLink(body.token, services);
      return { plan: planView(plan), ...shown };
    },
  }),
  route({
    method: 'GET',
    path: '/billing/portal',
    plainPage: true,
    access: 'public',
    summary: 'Subscription and invoices, behind the link that the portal gives',
    query: Type.Object({ token: Type.String({ minLength: 1, maxLength: 2000 }) }),
    responses: { 200: null },
    produces: ['text/html'],
    async handler({ query }, services: SubscriptionsScope) {
      const { plan, status, invoices } = await behindLink(query.token, services);
      return portalPage(plan.display_name, status, invoices);
    },
  }),
];

/** Throws `invalid_link`. */
async function behindLink(token: string, { secrets, clock, currentPlans, invoices }: SubscriptionsScope) {
  const opened = portalLink({ secrets, clock }).open(token);
  if (!opened) throw billingErrors.invalid_link();
  const { plan, status } = await currentPlans.of(opened.tenantId);
  const latest = await invoices.latest(opened.tenantId, SHOWN_INVOICES);
  return { plan, status, invoices: latest.map(invoiceView) };
}
