/** MoltFlow /usage: what was used, now, by day and by month. */
import Type from 'typebox';
import { PageQuery } from '#core/kit.ts';
import { route } from '#core/plugin.ts';
import { tenantOf, USAGE } from '../../access.ts';
import { monthOf, monthStart, nextMonthStart } from '../../calendar.ts';
import { meterList } from '../../meters.ts';
import { pageOf } from '../../views.ts';
import type { UsageScope } from '../services.ts';
import { CurrentUsageView, currentUsageView } from '../views/usage.ts';

const Counts = Type.Record(Type.String(), Type.Integer());

export const usageRoutes = [
  route({
    method: 'GET',
    path: '/api/v2/usage/current',
    access: USAGE,
    summary: 'What is used of each limit this month',
    responses: { 200: CurrentUsageView },
    async handler({ principal }, { entitlements, usageFigures, catalogue, clock, people }: UsageScope) {
      const tenantId = tenantOf(principal);
      const [entitlement, used, tenant] = await Promise.all([
        entitlements.fresh(tenantId),
        usageFigures.current(tenantId),
        people.tenantByUuid(tenantId),
      ]);
      const now = clock.now();
      const start = monthStart(now);
      const since = Math.max(start, Number(tenant?.created_at ?? start));
      const period = { name: monthOf(now), start, end: nextMonthStart(now), since };
      return currentUsageView(entitlement, used, meterList(catalogue), period);
    },
  }),
  route({
    method: 'GET',
    path: '/api/v2/usage/history',
    access: USAGE,
    summary: 'What was used in the months before, newest first',
    query: Type.Object({ ...PageQuery }),
    responses: { 200: pageOf(Type.Object({ period: Type.String(), usage: Counts })) },
    async handler({ principal, query }, { usageFigures }: UsageScope) {
      const { page = 1, page_size = 50 } = query;
      const months = await usageFigures.history(tenantOf(principal));
      const items = months.slice((page - 1) * page_size, page * page_size);
      return {
        items,
        total: months.length,
        page,
        page_size,
      };
    },
  }),
  route({
    method: 'GET',
    path: '/api/v2/usage/daily',
    access: USAGE,
    summary: 'What was used on each day of this month',
    responses: {
      200: Type.Object({
        period: Type.String(),
        days: Type.Array(Type.Object({ date: Type.String(), usage: Counts })),
      }),
    },
    async handler({ principal }, { usageFigures, clock }: UsageScope) {
      return { period: monthOf(clock.now()), days: await usageFigures.daily(tenantOf(principal)) };
    },
  }),
];
