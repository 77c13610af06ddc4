/** What super-admins do for a tenant: its limits, its payments. */
import Type from 'typebox';
import { PageQuery } from '#core/database/pagination.ts';
import { route } from '#core/plugin.ts';
import type { BillingScope } from '../scope.ts';
import { CheckoutView, checkoutView } from '../views/checkouts.ts';
import { InvoiceView, invoiceView } from '../views/invoices.ts';
import { pageOf } from '../views/shared.ts';
import { Id, originOf, PlanId } from './shared.ts';

const access = 'superadmin';
const Limits = Type.Record(Type.String(), Type.Integer());
const EffectiveLimits = Type.Object({
  tenant_id: Type.String(),
  plan_id: Type.String(),
  plan: Limits,
  overrides: Limits,
  effective: Limits,
});
const SessionId = Type.Object({ session_id: Type.String({ minLength: 1, maxLength: 255 }) });
const TenantInvoiceView = Type.Object({ tenant_id: Type.String(), ...InvoiceView.properties });
const InvoiceNumber = Type.Object({ number: Type.String({ minLength: 1, maxLength: 40 }) });

export const adminTenantRoutes = [
  route({
    method: 'GET',
    path: '/api/v2/admin/tenants/{id}/effective-limits',
    access,
    summary: 'Limits of the plan, what the tenant has been granted, and what follows',
    params: Id,
    responses: { 200: EffectiveLimits },
    handler: ({ params }, { tenantLimits }: BillingScope) => tenantLimits.effective(params.id),
  }),
  route({
    method: 'POST',
    path: '/api/v2/admin/tenants/{id}/reset-limits',
    access,
    summary: 'This month’s counts begin at 0 again, and limits are those of the plan again',
    params: Id,
    body: Type.Object({ usage: Type.Optional(Type.Boolean()), overrides: Type.Optional(Type.Boolean()) }),
    responses: { 200: EffectiveLimits },
    handler({ params, body, principal, ...request }, { tenantLimits }: BillingScope) {
      const { usage = true, overrides = true } = body;
      return tenantLimits.reset(principal, params.id, { usage, overrides }, originOf(request));
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/tenants/{id}/plan',
    access,
    summary: 'Puts a tenant on a plan, for nothing',
    params: Id,
    body: Type.Object({ plan_id: PlanId }),
    responses: { 200: EffectiveLimits },
    handler: ({ params, body, principal, ...request }, { tenantLimits }: BillingScope) =>
      tenantLimits.assign(principal, params.id, body.plan_id, originOf(request)),
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/billing/tenants/{id}/overrides',
    access,
    summary: 'Grants a tenant limits of its own; null takes one back',
    params: Id,
    body: Type.Record(Type.String(), Type.Union([Type.Integer({ minimum: -1, maximum: 1e12 }), Type.Null()])),
    responses: { 200: EffectiveLimits },
    handler: ({ params, body, principal, ...request }, { tenantLimits }: BillingScope) =>
      tenantLimits.override(principal, params.id, body, originOf(request)),
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/checkouts',
    access,
    summary: 'Checkouts of all tenants, newest first: what waits for a confirmation',
    query: Type.Object({
      ...PageQuery,
      status: Type.Optional(Type.Enum(['open', 'completed', 'expired'])),
      tenant_id: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    responses: { 200: pageOf(CheckoutView) },
    async handler({ query }, { checkouts }: BillingScope) {
      const page = await checkouts.list(query);
      return { ...page, items: page.items.map(checkoutView) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/all-invoices',
    access,
    summary: 'Invoices of all tenants, newest first: what waits for a payment',
    query: Type.Object({
      ...PageQuery,
      status: Type.Optional(Type.Enum(['open', 'paid', 'void', 'uncollectible', 'refunded', 'disputed'])),
      tenant_id: Type.Optional(Type.String({ maxLength: 64 })),
    }),
    responses: { 200: pageOf(TenantInvoiceView) },
    async handler({ query }, { invoices }: BillingScope) {
      const page = await invoices.listAll(query);
      return { ...page, items: page.items.map((row) => ({ tenant_id: row.tenant_id, ...invoiceView(row) })) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/checkouts/{session_id}/confirm',
    access,
    summary: 'The money of a manual checkout came in',
    params: SessionId,
    responses: { 200: CheckoutView },
    async handler({ params, principal, ...request }, { checkoutCompletion }: BillingScope) {
      return checkoutView(await checkoutCompletion.confirm(principal, params.session_id, originOf(request)));
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/invoices/{number}/confirm',
    access,
    summary: 'The money of an open invoice came in',
    params: InvoiceNumber,
    responses: { 200: InvoiceView },
    async handler({ params, principal, ...request }, { subscriptionTimes }: BillingScope) {
      return invoiceView(await subscriptionTimes.confirmInvoice(principal, params.number, originOf(request)));
    },
  }),
];
