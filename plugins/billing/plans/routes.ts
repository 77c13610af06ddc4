/**
 * Plans: those that are for sale, and MoltFlow /admin/plans for super-admins, with what payment providers call them. Plans are
 * few, so that no order of the lists needs an index.
 */
import Type from 'typebox';
import { PageQuery } from '#core/kit.ts';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned, versionOf } from '#core/plugin.ts';
import { originOf } from '../access.ts';
import type { PlanRow } from '../contract.ts';
import { Id, pageOf } from '../views.ts';
import type { PlansScope } from './services.ts';
import { AdminPlanView, adminPlanView, PlanView, planView } from './views.ts';

const access = 'superadmin';
const Price = Type.Number({ minimum: 0, maximum: 1e9, description: 'In the major unit: 29.9' });
const fields = {
  display_name: Type.String({ minLength: 1, maxLength: 200 }),
  description: Type.Optional(Type.String({ maxLength: 2000 })),
  price_monthly: Price,
  price_yearly: Price,
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  trial_days: Type.Optional(Type.Integer({ minimum: 0, maximum: 730 })),
  limits: Type.Optional(
    Type.Record(Type.String(), Type.Integer({ minimum: -1, maximum: 1e12 }), { description: '-1 is unlimited' }),
  ),
  features: Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 100 })),
  is_public: Type.Optional(Type.Boolean()),
};

const Synced = Type.Object({
  plan_id: Type.String(),
  stripe_product_id: Type.String(),
  stripe_price_monthly_id: Type.Union([Type.String(), Type.Null()]),
  stripe_price_yearly_id: Type.Union([Type.String(), Type.Null()]),
});

async function shown(plan: PlanRow, { planSync }: PlansScope) {
  return adminPlanView(plan, (await planSync.refsOf([plan])).get(plan.id));
}

const columns = {
  plan_id: { type: 'text', filter: 'equals', sort: true },
  display_name: { type: 'text', sort: true },
  currency: { type: 'text', filter: 'equals' },
} as const;

export const planRoutes = [
  route({
    method: 'GET',
    path: '/api/v2/billing/plans',
    access: 'public',
    summary: 'Plans that are for sale',
    query: Type.Object({ ...PageQuery }),
    responses: { 200: pageOf(PlanView) },
    async handler({ query }, { plans }: PlansScope) {
      const page = await plans.list({ ...query, onlyPublic: true });
      return { ...page, items: page.items.map(planView) };
    },
  }),
  route({
    method: 'GET',
    path: '/api/v2/admin/plans',
    access,
    summary: 'All plans',
    query: Type.Object({ ...PageQuery, search: Type.Optional(Type.String({ maxLength: 200 })) }),
    responses: { 200: pageOf(AdminPlanView) },
    async handler({ query }, { plans, planSync }: PlansScope) {
      const page = await plans.list(query);
      const refs = await planSync.refsOf(page.items);
      return { ...page, items: page.items.map((plan) => adminPlanView(plan, refs.get(plan.id))) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/admin/plans',
    access,
    summary: 'Makes a plan',
    body: Type.Object({
      plan_id: Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' }),
      ...fields,
    }),
    responses: { 201: AdminPlanView },
    async handler({ body, principal, ...request }, services: PlansScope) {
      return reply(201, await shown(await services.plans.create(principal, body, originOf(request)), services));
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/v2/admin/plans/{id}',
    access,
    summary: 'Changes a plan; who has it keeps the price that was agreed',
    params: Id,
    body: Type.Object({
      ...fields,
      display_name: Type.Optional(fields.display_name),
      price_monthly: Type.Optional(Price),
      price_yearly: Type.Optional(Price),
    }),
    requestHeaders: IF_MATCH,
    responses: { 200: AdminPlanView },
    async handler({ params, body, principal, ctx, ...request }, services: PlansScope) {
      const unchanged = preconditionOf(ctx);
      const plan = await services.plans.change(principal, params.id, body, originOf(request), unchanged);
      return versioned(plan, await shown(plan, services));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/v2/admin/plans/{id}',
    access,
    summary: 'Deletes a plan that nobody has',
    params: Id,
    responses: { 204: null },
    handler: ({ params, principal, ...request }, { plans }: PlansScope) =>
      plans.remove(principal, params.id, originOf(request)),
  }),
  route({
    method: 'POST',
    path: '/api/v2/admin/plans/stripe-sync-all',
    access,
    summary: 'Brings product and prices of every plan at Stripe up to date',
    responses: {
      200: Type.Object({
        synced: Type.Array(Synced),
        failed: Type.Array(Type.Object({ plan_id: Type.String(), error: Type.String() })),
      }),
    },
    async handler(_, { planSync }: PlansScope) {
      const results = await planSync.syncAll('stripe');
      return {
        synced: results.flatMap(({ plan_id, refs }) => (refs ? [syncedView(plan_id, refs)] : [])),
        failed: results.flatMap(({ plan_id, error }) => (error === null ? [] : [{ plan_id, error }])),
      };
    },
  }),
  route({
    method: 'POST',
    path: '/api/v2/admin/plans/{id}/stripe-sync',
    access,
    summary: 'Brings product and prices of a plan at Stripe up to date',
    params: Id,
    responses: { 200: Synced },
    async handler({ params }, { plans, planSync }: PlansScope) {
      const plan = await plans.find(params.id);
      return syncedView(plan.plan_id, await planSync.sync('stripe', plan));
    },
  }),
  listRoute({
    path: '/api/platform/billing/plans',
    access: 'public',
    summary: 'Plans that are for sale',
    item: PlanView,
    columns,
    rows: (_, { db }: PlansScope) => db.read('billing_plans').where({ is_public: 1 }),
    items: (rows: PlanRow[]) => rows.map(planView),
  }),
  listRoute({
    path: '/api/platform/billing/all-plans',
    access: 'superadmin',
    summary: 'All plans, newest first',
    item: Type.Object({
      ...AdminPlanView.properties,
      version: Type.String({ description: 'For `If-Match` of a change' }),
    }),
    columns: {
      ...columns,
      is_public: { type: 'boolean', filter: 'equals' },
      created_at: { type: 'time', filter: 'range', sort: true },
      updated_at: { type: 'time', filter: 'range', sort: true },
    },
    rows: (_, { db }: PlansScope) => db.read('billing_plans'),
    async items(rows: PlanRow[], { planSync }: PlansScope) {
      const refs = await planSync.refsOf(rows);
      return rows.map((row) => ({ ...adminPlanView(row, refs.get(row.id)), version: versionOf(row) }));
    },
  }),
];

function syncedView(
  plan_id: string,
  refs: { product_ref: string; monthly_ref: string | null; yearly_ref: string | null },
) {
  return {
    plan_id,
    stripe_product_id: refs.product_ref,
    stripe_price_monthly_id: refs.monthly_ref,
    stripe_price_yearly_id: refs.yearly_ref,
  };
}
