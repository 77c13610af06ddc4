/**
 * What was used, in lists: by day and by month, of one's own tenant or of any, and who uses a meter now. What there is of
 * a tenant is little (400 days are kept), so that only the order in which rows lie has an index.
 */
import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { listRoute } from '#core/plugin.ts';
import { USAGE } from '../../access.ts';
import { monthOf } from '../../calendar.ts';
import { meterList } from '../../meters.ts';
import { Id, mustExist, TenantName, withTenantNames } from '../../views.ts';
import type { UsageScope } from '../services.ts';
import type { UsageDayRow, UsageHistoryRow, UsageRow } from '../tables.ts';

const OWN = { ...USAGE, tenant: true } as const;
const meter = { type: 'text', filter: 'equals' } as const;

const days = {
  description: 'For what is counted as it is: days on which it changed, and how many there were at their end.',
  // Unique within a day, as within a month.
  key: 'meter',
  keyType: 'text',
  sort: '-day',
  item: Type.Object({ day: Type.String({ examples: ['2026-02-14'] }), meter: Type.String(), used: Type.Integer() }),
  columns: { day: { type: 'text', filter: 'prefix', sort: true, description: '2026-02, 2026-02-14' }, meter },
  // A day on which more was given back than counted shows none.
  items: (rows: UsageDayRow[]) => rows.map(({ day, meter, used }) => ({ day, meter, used: Math.max(0, used) })),
} as const;

const months = {
  key: 'meter',
  keyType: 'text',
  sort: '-period',
  item: Type.Object({
    period: Type.String({ examples: ['2026-02'] }),
    meter: Type.String(),
    used: Type.Integer(),
    closed_at: Type.String(),
  }),
  columns: { period: { type: 'text', filter: 'prefix', sort: true, description: '2026, 2026-02' }, meter },
  items: (rows: UsageHistoryRow[]) =>
    rows.map(({ period, meter, used, closed_at }) => ({ period, meter, used, closed_at: isoSeconds(closed_at) })),
} as const;

export const usageLists = [
  listRoute({
    path: '/api/platform/billing/usage/days',
    access: OWN,
    summary: 'What was used, day by day, newest first',
    ...days,
    rows: ({ principal }, { db }: UsageScope) => daysOf(db, principal.tenantId),
  }),
  listRoute({
    path: '/api/platform/billing/usage/months',
    access: OWN,
    summary: 'What was used in months that are over, newest first',
    ...months,
    rows: ({ principal }, services: UsageScope) => monthsOf(services, principal.tenantId),
  }),
  listRoute({
    path: '/api/platform/billing/tenants/{id}/usage/days',
    access: 'superadmin',
    summary: 'What a tenant used, day by day, newest first',
    params: Id,
    ...days,
    async rows({ params }, { db, people }: UsageScope) {
      await mustExist({ people }, params.id);
      return { query: daysOf(db, params.id) };
    },
  }),
  listRoute({
    path: '/api/platform/billing/tenants/{id}/usage/months',
    access: 'superadmin',
    summary: 'What a tenant used in months that are over, newest first',
    params: Id,
    ...months,
    async rows({ params }, services: UsageScope) {
      await mustExist(services, params.id);
      return monthsOf(services, params.id);
    },
  }),
  listRoute({
    path: '/api/platform/billing/meters/{meter}/usage',
    access: 'superadmin',
    summary: 'Usage of a meter by customer, this month or now',
    params: Type.Object({ meter: Type.String({ minLength: 1, maxLength: 64 }) }),
    key: 'tenant_id',
    keyType: 'text',
    item: Type.Object({ tenant_id: Type.String(), ...TenantName, used: Type.Integer(), updated_at: Type.String() }),
    // Counting is worth more than this order: an index on it would be written with every count.
    columns: { tenant_id: { type: 'text', filter: 'equals' }, used: { type: 'integer', filter: 'range', sort: true } },
    rows({ params }, { db, clock, catalogue }: UsageScope) {
      const { name, period } = meterList(catalogue).named(params.meter);
      return db.read('billing_usage').where({ meter: name, period: period === 'month' ? monthOf(clock.now()) : 'now' });
    },
    items: (rows: UsageRow[], services: UsageScope) =>
      withTenantNames(
        rows.map(({ tenant_id, used, updated_at }) => ({ tenant_id, used, updated_at: isoSeconds(updated_at) })),
        services,
      ),
  }),
];

function daysOf(db: UsageScope['db'], tenant_id: string) {
  return db.read('billing_usage_daily').where({ tenant_id });
}

/** Months that ended by now are closed first, so that they are there; read where that was written. */
async function monthsOf({ db, monthClose }: UsageScope, tenant_id: string) {
  await monthClose.closeOf(tenant_id);
  return { query: db.write('billing_usage_history').where({ tenant_id }) };
}
