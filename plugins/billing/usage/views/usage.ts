/** How this month's usage looks on the wire. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { limitNameOf, limitOf, type MeterList, REQUESTS_PER_MINUTE, usageNameOf } from '../../meters.ts';
import { Numbers } from '../../views.ts';
import type { Entitlement } from '../entitlements.ts';

const MeterView = Type.Object({
  name: Type.String(),
  summary: Type.String(),
  period: Type.Enum(['month', 'current']),
  counted_by: Type.Enum(['server', 'programs'], {
    description: '`programs`: only what programs report is counted',
  }),
  used: Type.Integer(),
  limit: Type.Integer({ description: '-1 is unlimited' }),
  remaining: Type.Union([Type.Integer(), Type.Null()]),
});
export const CurrentUsageView = Type.Object({
  period: Type.String(),
  period_start: Type.String(),
  resets_at: Type.String(),
  counted_since: Type.String({ description: 'The beginning of the month, or of the organisation' }),
  plan_id: Type.String(),
  limits: Numbers,
  usage: Numbers,
  meters: Type.Array(MeterView),
});

export function currentUsageView(
  { plan, limits }: Entitlement,
  used: Readonly<Record<string, number>>,
  meters: MeterList,
  period: { name: string; start: number; end: number; since: number },
): Static<typeof CurrentUsageView> {
  const names = meters.limitNames.filter((name) => name !== REQUESTS_PER_MINUTE);
  return {
    period: period.name,
    period_start: isoSeconds(period.start),
    resets_at: isoSeconds(period.end),
    counted_since: isoSeconds(period.since),
    plan_id: plan.plan_id,
    limits: Object.fromEntries(names.map((name) => [name, limitOf(limits, name)])),
    usage: Object.fromEntries(meters.all.map((meter) => [usageNameOf(meter), used[meter.name] ?? 0])),
    meters: meters.all.map(({ name, summary, period: kind }) => {
      const limit = limitOf(limits, limitNameOf({ name, summary, period: kind }));
      const count = used[name] ?? 0;
      return {
        name,
        summary,
        period: kind,
        counted_by: meters.isCounted(name) ? 'server' : 'programs',
        used: count,
        limit,
        remaining: limit < 0 ? null : Math.max(0, limit - count),
      };
    }),
  };
}
