/** Pages of the manual provider. Public: their addresses cannot be guessed. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { billingErrors } from '../errors.ts';
import { checkoutPage, portalPage } from '../pages.ts';
import type { BillingScope } from '../scope.ts';
import { portalLink } from '../services/portal-token.ts';
import { invoiceView } from '../views/invoices.ts';

export const pageRoutes = [
  route({
    method: 'GET',
    path: '/billing/checkout/{session_id}',
    plainPage: true,
    access: 'public',
    summary: 'How to pay a checkout of the manual provider',
    params: Type.Object({ session_id: Type.String({ minLength: 1, maxLength: 255 }) }),
    responses: { 200: null },
    produces: ['text/html'],
    async handler({ params }, { checkouts, plans, billingDocuments }: BillingScope) {
      const checkout = await checkouts.find(params.session_id);
      // Other providers' ids may be guessed, and they have pages of their own.
      if (checkout.provider !== 'manual') throw billingErrors.checkout_not_found();
      return checkoutPage(checkout, await plans.byKey(checkout.plan), billingDocuments.instructions);
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
    async handler({ query }, { secrets, clock, entitlements, invoices }: BillingScope) {
      const opened = portalLink({ secrets, clock }).open(query.token);
      if (!opened) throw billingErrors.invalid_link();
      const { tenantId } = opened;
      const { plan, status } = await entitlements.fresh(tenantId);
      const latest = await invoices.latest(tenantId, 200);
      return portalPage(plan.display_name, status, latest.map(invoiceView));
    },
  }),
];
