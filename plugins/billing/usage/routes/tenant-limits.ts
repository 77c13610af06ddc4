/** What super-admins grant a tenant: a plan, limits of its own, counts that begin anew. */
import Type from 'typebox';
import { IF_MATCH, listRoute, preconditionOf, route, versioned, versionOf } from '#core/plugin.ts';
import { originOf } from '../../access.ts';
import { Id, PlanId, TenantName, withTenantNames } from '../../views.ts';
import type { UsageScope } from '../services.ts';
import type { OverrideRow } from '../tables.ts';
import type { TenantTerms } from '../tenant-limits.ts';
import { EffectiveLimits, OverrideView, overrideView, PlanPreview } from '../views/tenant-limits.ts';

const access = 'superadmin';
const TermsView = Type.Object({
  ...EffectiveLimits.properties,
  version: Type.String({ description: 'Of plan and limits, for `If-Match` of a change' }),
});

export const tenantLimitRoutes = [
  route({
    method: 'GET',
    path: '/api/v2/admin/tenants/{id}/effective-limits',
    access,
    summary: 'Limits of the plan, what the tenant has been granted, and what follows',
    params: Id,
    responses: { 200: EffectiveLimits },
    handler: ({ params }, { tenantLimits }: UsageScope) => tenantLimits.effective(params.id),
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
    handler({ params, body, principal, ...request }, { tenantLimits }: UsageScope) {
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
    handler: async ({ params }, { tenantLimits }: UsageScope) => termsView(await tenantLimits.terms(params.id)),
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/tenants/{id}/plan-preview',
    access,
    summary: 'What it would come to if the tenant were put on a plan',
    params: Id,
    query: Type.Object({ plan_id: PlanId }),
    responses: { 200: PlanPreview },
    async handler({ params, query }, { tenantLimits }: UsageScope) {
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
    async handler({ params, body, principal, ctx, ...request }, { tenantLimits }: UsageScope) {
      const unchanged = preconditionOf(ctx);
      return termsView(await tenantLimits.assign(principal, params.id, body.plan_id, originOf(request), unchanged));
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/billing/tenants/{id}/overrides',
    access,
    summary: 'Grants a tenant its own limits; null takes one back',
    params: Id,
    body: Type.Record(Type.String(), Type.Union([Type.Integer({ minimum: -1, maximum: 1e12 }), Type.Null()])),
    requestHeaders: IF_MATCH,
    responses: { 200: TermsView },
    async handler({ params, body, principal, ctx, ...request }, { tenantLimits }: UsageScope) {
      const unchanged = preconditionOf(ctx);
      return termsView(await tenantLimits.override(principal, params.id, body, originOf(request), unchanged));
    },
  }),
  listRoute({
    path: '/api/platform/billing/overrides',
    access,
    summary: 'Tenants with limits of their own',
    key: 'tenant_id',
    keyType: 'text',
    sort: '-updated_at',
    item: Type.Object({ ...OverrideView.properties, ...TenantName }),
    columns: {
      tenant_id: { type: 'text', filter: 'equals' },
      updated_at: { type: 'time', filter: 'range', sort: true },
    },
    // Who was granted something that was taken back has an empty row. Written out, so that the partial index is found.
    rows: (_, { db }: UsageScope) => db.read('billing_overrides').whereRaw(`limits <> '{}'`),
    items: (rows: OverrideRow[], services: UsageScope) => withTenantNames(rows.map(overrideView), services),
  }),
];

function termsView({ versioned: terms, limits }: TenantTerms) {
  return versioned(terms, { ...limits, version: versionOf(terms) });
}
