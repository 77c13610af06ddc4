/** What super-admins see of selling, over all tenants: subscriptions, checkouts, coupons, limits that were granted. */
import Type from 'typebox';
import { listRoute } from '#core/plugin.ts';
import type { BillingScope } from '../scope.ts';
import type { CheckoutRow, CouponRow, OverrideRow } from '../tables.ts';
import { CheckoutView, checkoutView } from '../views/checkouts.ts';
import { CouponView, couponView } from '../views/coupons.ts';
import { OverrideView, overrideView } from '../views/overrides.ts';
import {
  type NamedSubscription,
  TenantSubscriptionView,
  tenantSubscriptionView,
} from '../views/tenant-subscriptions.ts';
import { TenantName, withTenantNames } from './shared.ts';

const access = 'superadmin';
const tenant_id = { type: 'text', filter: 'equals' } as const;

export const saleLists = [
  listRoute({
    path: '/api/platform/billing/subscriptions',
    access,
    summary: 'Subscriptions of all tenants, newest first',
    description:
      'A tenant that has never bought anything, and was given nothing, is on the default plan and not in it.',
    key: 'billing_subscriptions.id',
    item: Type.Object({ ...TenantSubscriptionView.properties, ...TenantName }),
    columns: {
      tenant_id: { ...tenant_id, column: 'billing_subscriptions.tenant_id' },
      plan_id: { type: 'text', column: 'billing_plans.plan_id', filter: 'equals' },
      status: { type: 'text', filter: 'equals', values: ['trialing', 'active', 'past_due', 'canceled'] },
      cancel_at_period_end: { type: 'boolean', filter: 'equals' },
      period_end: { type: 'time', filter: 'range', sort: true },
      created_at: { type: 'time', column: 'billing_subscriptions.created_at', filter: 'range', sort: true },
    },
    rows: (_, { db }: BillingScope) =>
      db
        .read('billing_subscriptions')
        .join('billing_plans', 'billing_plans.id', 'billing_subscriptions.plan')
        .select('billing_subscriptions.*', 'billing_plans.plan_id', 'billing_plans.display_name'),
    async items(rows: NamedSubscription[], { db, clock, directory }: BillingScope) {
      const plans = await db.read('billing_plans').select('id', 'plan_id');
      const names = new Map(plans.map(({ id, plan_id }) => [id, plan_id]));
      const items = rows.map((row) => tenantSubscriptionView(row, names, clock.now()));
      return withTenantNames(items, { directory });
    },
  }),
  listRoute({
    path: '/api/platform/billing/checkouts',
    access,
    summary: 'Checkouts of all tenants, newest first: what waits for a confirmation',
    item: Type.Object({ ...CheckoutView.properties, ...TenantName }),
    columns: {
      session_id: { type: 'text', filter: 'equals' },
      tenant_id,
      status: { type: 'text', filter: 'equals', values: ['open', 'completed', 'expired'] },
      created_at: { type: 'time', filter: 'range', sort: true },
      expires_at: { type: 'time', filter: 'range', sort: true },
    },
    rows: (_, { db }: BillingScope) => db.read('billing_checkouts'),
    items: (rows: CheckoutRow[], services: BillingScope) => withTenantNames(rows.map(checkoutView), services),
  }),
  listRoute({
    path: '/api/platform/billing/coupons',
    access,
    summary: 'All coupons, newest first',
    item: CouponView,
    columns: {
      code: { type: 'text', filter: 'prefix', sort: true, description: 'The beginning of the code, in capitals' },
      is_active: { type: 'boolean', filter: 'equals' },
      expires_at: { type: 'time', filter: 'range' },
      created_at: { type: 'time', filter: 'range', sort: true },
    },
    rows: (_, { db }: BillingScope) => db.read('billing_coupons'),
    items: (rows: CouponRow[]) => rows.map(couponView),
  }),
  listRoute({
    path: '/api/platform/billing/overrides',
    access,
    summary: 'Tenants with limits of their own',
    key: 'tenant_id',
    keyType: 'text',
    sort: '-updated_at',
    item: Type.Object({ ...OverrideView.properties, ...TenantName }),
    columns: { tenant_id, updated_at: { type: 'time', filter: 'range', sort: true } },
    // Who was granted something that was taken back has an empty row. Written out, so that the partial index is found.
    rows: (_, { db }: BillingScope) => db.read('billing_overrides').whereRaw(`limits <> '{}'`),
    items: (rows: OverrideRow[], services: BillingScope) => withTenantNames(rows.map(overrideView), services),
  }),
];
