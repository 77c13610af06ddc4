/** What super-admins do for a tenant: its limits, its payments. */
import Type from 'typebox';
import { isoSeconds } from '#core/iso-time.ts';
import { route } from '#core/plugin.ts';
import { InvoiceView, invoiceView } from '../views.ts';
import { Id, originOf } from './shared.ts';

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
const InvoiceNumber = Type.Object({ number: Type.String({ minLength: 1, maxLength: 40 }) });

export const adminTenantRoutes = [
  route({
    method: 'GET',
    path: '/api/v2/admin/tenants/{id}/effective-limits',
    access,
    summary: 'Limits of the plan, what the tenant has been granted, and what follows',
    params: Id,
    responses: { 200: EffectiveLimits },
    handler: ({ params }, { tenantLimits }) => tenantLimits.effective(params.id),
  }),
  route({
    method: 'POST',
    path: '/api/v2/admin/tenants/{id}/reset-limits',
    access,
    summary: 'This month’s counts begin at 0 again, and limits are those of the plan again',
    params: Id,
    body: Type.Object({ usage: Type.Optional(Type.Boolean()), overrides: Type.Optional(Type.Boolean()) }),
    responses: { 200: EffectiveLimits },
    handler({ params, body, principal, ...request }, { tenantLimits }) {
      const { usage = true, overrides = true } = body;
      return tenantLimits.reset(principal, params.id, { usage, overrides }, originOf(request));
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/billing/tenants/{id}/overrides',
    access,
    summary: 'Grants a tenant limits of its own; null takes one back',
    params: Id,
    body: Type.Record(Type.String(), Type.Union([Type.Integer({ minimum: -1, maximum: 1e12 }), Type.Null()])),
    responses: { 200: EffectiveLimits },
    handler: ({ params, body, principal, ...request }, { tenantLimits }) =>
      tenantLimits.override(principal, params.id, body, originOf(request)),
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/checkouts/{session_id}/confirm',
    access,
    summary: 'The money of a manual checkout came in',
    params: SessionId,
    responses: {
      200: Type.Object({
        session_id: Type.String(),
        status: Type.String(),
        invoice_number: Type.Union([Type.String(), Type.Null()]),
        completed_at: Type.Union([Type.String(), Type.Null()]),
      }),
    },
    async handler({ params, principal, ...request }, { checkouts }) {
      const row = await checkouts.confirm(principal, params.session_id, originOf(request));
      const { session_id, status, invoice_number, completed_at } = row;
      const at = completed_at === null ? null : isoSeconds(Number(completed_at));
      return { session_id, status, invoice_number, completed_at: at };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/billing/invoices/{number}/confirm',
    access,
    summary: 'The money of an open invoice came in',
    params: InvoiceNumber,
    responses: { 200: InvoiceView },
    async handler({ params, principal, ...request }, { subscriptionTimes }) {
      return invoiceView(await subscriptionTimes.confirmInvoice(principal, params.number, originOf(request)));
    },
  }),
];
