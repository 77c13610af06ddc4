/** Lists of plans: those that are for sale, and all of them. Plans are few, so that no order needs an index. */
import Type from 'typebox';
import { listRoute, versionOf } from '#core/plugin.ts';
import type { BillingScope } from '../scope.ts';
import type { PlanRow } from '../tables.ts';
import { AdminPlanView, adminPlanView, PlanView, planView } from '../views/plans.ts';

const columns = {
  plan_id: { type: 'text', filter: 'equals', sort: true },
  display_name: { type: 'text', sort: true },
  currency: { type: 'text', filter: 'equals' },
} as const;

export const planLists = [
  listRoute({
    path: '/api/platform/billing/plans',
    access: 'public',
    summary: 'Plans that are for sale',
    item: PlanView,
    columns,
    rows: (_, { db }: BillingScope) => db.read('billing_plans').where({ is_public: 1 }),
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
    rows: (_, { db }: BillingScope) => db.read('billing_plans'),
    async items(rows: PlanRow[], { planSync }: BillingScope) {
      const refs = await planSync.refsOf(rows);
      return rows.map((row) => ({ ...adminPlanView(row, refs.get(row.id)), version: versionOf(row) }));
    },
  }),
];
