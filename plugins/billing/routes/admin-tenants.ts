/** What super-admins do for a tenant: its limits, its payments. */
import Type from 'typebox';
import { IF_MATCH, preconditionOf, route, versioned, versionOf } from '#core/plugin.ts';
import type { BillingScope } from '../scope.ts';
import type { TenantTerms } from '../services/tenant-limits.ts';
import { CheckoutView, checkoutView } from '../views/checkouts.ts';
import { InvoiceView, invoiceView } from '../views/invoices.ts';
import { Id, originOf, PlanId } from './shared.ts';

const access = 'superadmin';
const Limits = Type.Record(Type.String(), Type.Integer());
export const EffectiveLimits = Type.Object({
  tenant_id: Type.String(),
  plan_id: Type.String(),
  plan: Limits,
  overrides: Limits,
  effective: Limits,
});
const TermsView = Type.Object({
  ...EffectiveLimits.properties,
  version: Type.String({ description: 'Of plan and limits, for `If-Match` of a change' }),
});
const PreviewView = Type.Object({
  tenant_id: Type.String(),
  from_plan_id: Type.String(),
  plan_id: Type.String(),
  price: Type.Number({ description: 'What the tenant pays for it' }),
  list_price_monthly: Type.Number(),
  list_price_yearly: Type.Number(),
  list_currency: Type.String(),
  credit: Type.Number({ description: 'What the tenant has to its credit afterwards' }),
  currency: Type.String(),
  voided_invoices: Type.Array(Type.String(), { description: 'Open invoices that need not be paid then' }),
  refusal: Type.Union([Type.String(), Type.Null()], { description: 'The code that the change would be refused with' }),
  version: Type.String({ description: 'Of plan and limits, for `If-Match` of the change' }),
});
const SessionId = Type.Object({ session_id: Type.String({ minLength: 1, maxLength: 255 }) });
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
    operationId: 'resetTenantLimits',
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
    method: 'GET',
    path: '/api/platform/billing/tenants/{id}',
    operationId: 'getTenantSubscription',
    access,
    summary: 'Plan and limits of a tenant, with the version that a change may name',
    params: Id,
    responses: { 200: TermsView },
    handler: async ({ params }, { tenantLimits }: BillingScope) => termsView(await tenantLimits.terms(params.id)),
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/tenants/{id}/plan-preview',
    access,
    summary: 'What it would come to if the tenant were put on a plan',
    params: Id,
    query: Type.Object({ plan_id: PlanId }),
    responses: { 200: PreviewView },
    async handler({ params, query }, { tenantLimits }: BillingScope) {
      const { versioned: terms, ...preview } = await tenantLimits.preview(params.id, query.plan_id);
      return versioned(terms, { ...preview, version: versionOf(terms) });
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/tenants/{id}/plan',
    operationId: 'putTenantOnPlan',
    access,
    summary: 'Puts a tenant on a plan, for nothing',
    params: Id,
    body: Type.Object({ plan_id: PlanId }),
    requestHeaders: IF_MATCH,
    responses: { 200: TermsView },
    async handler({ params, body, principal, ctx, ...request }, { tenantLimits }: BillingScope) {
      const unchanged = preconditionOf(ctx);
      return termsView(await tenantLimits.assign(principal, params.id, body.plan_id, originOf(request), unchanged));
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/billing/tenants/{id}/overrides',
    access,
    summary: 'Grants a tenant limits of its own; null takes one back',
    params: Id,
    body: Type.Record(Type.String(), Type.Union([Type.Integer({ minimum: -1, maximum: 1e12 }), Type.Null()])),
    requestHeaders: IF_MATCH,
    responses: { 200: TermsView },
    async handler({ params, body, principal, ctx, ...request }, { tenantLimits }: BillingScope) {
      const unchanged = preconditionOf(ctx);
      return termsView(await tenantLimits.override(principal, params.id, body, originOf(request), unchanged));
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

function termsView({ versioned: terms, limits }: TenantTerms) {
  return versioned(terms, { ...limits, version: versionOf(terms) });
}
