/** What was used: now, day by day, month by month. Tables: billing_usage, billing_usage_daily, billing_usage_history. */
import type { Services } from '#core/plugin.ts';
import { daysSoFar, monthOf } from '../calendar.ts';
import { meterList } from '../meters.ts';
import type { MonthClose } from './month-close.ts';

export interface UsageFigures {
  /** By meter, for every meter. */
  current(tenantId: string): Promise<Record<string, number>>;
  /** Months that are over, newest first. */
  history(tenantId: string): Promise<{ period: string; usage: Record<string, number> }[]>;
  /** This month's days up to today, by meter. */
  daily(tenantId: string): Promise<{ date: string; usage: Record<string, number> }[]>;
}

/** Ten years of months: a list that stays small. */
const MOST_ROWS = 120 * 20;

export function createUsageFigures({
  db,
  clock,
  catalogue,
  monthClose,
}: Services & { monthClose: MonthClose }): UsageFigures {
  const meters = meterList(catalogue);

  return { current, history, daily };

  async function current(tenantId: string): Promise<Record<string, number>> {
    const rows = await db
      .read('billing_usage')
      .where({ tenant_id: tenantId })
      .whereIn('period', ['now', monthOf(clock.now())]);
    return withAll(rows);
  }

  async function history(tenantId: string) {
    await monthClose.closeOf(tenantId);
    const rows = await db
      .write('billing_usage_history')
      .where({ tenant_id: tenantId })
      .orderBy([{ column: 'period', order: 'desc' }, 'meter'])
      .limit(MOST_ROWS);
    const periods = [...new Set(rows.map(({ period }) => period))];
    return periods.map((period) => ({ period, usage: withAll(rows.filter((row) => row.period === period)) }));
  }

  async function daily(tenantId: string) {
    const days = daysSoFar(clock.now());
    const rows = await db.read('billing_usage_daily').where({ tenant_id: tenantId }).whereIn('day', days);
    const levels = await levelsBefore(tenantId, days[0] ?? '');
    return days.map((date) => {
      // A day on which more was given back than counted shows none.
      const ofDay = rows
        .filter((row) => row.day === date)
        .map((row) => ({ ...row, used: Math.max(0, Number(row.used)) }));
      // A level stays until it changes; what is added up begins each day at 0.
      for (const { meter, used } of ofDay) if (levels.has(meter)) levels.set(meter, Number(used));
      return { date, usage: { ...withAll(ofDay), ...Object.fromEntries(levels) } };
    });
  }

  /** Of each meter that counts what there is: how many there were when the month began. */
  async function levelsBefore(tenantId: string, day: string): Promise<Map<string, number>> {
    const gauges = meters.all.filter(({ period }) => period === 'current');
    const found = await Promise.all(
      gauges.map(async ({ name: meter }) => {
        const earlier = db.read('billing_usage_daily').where({ tenant_id: tenantId, meter }).where('day', '<', day);
        const row = await earlier.orderBy('day', 'desc').first('used');
        return [meter, Number(row?.used ?? 0)] as const;
      }),
    );
    return new Map(found);
  }

  function withAll(rows: readonly { meter: string; used: number }[]): Record<string, number> {
    const byMeter = new Map(rows.map(({ meter, used }) => [meter, Number(used)]));
    return Object.fromEntries(meters.all.map(({ name }) => [name, byMeter.get(name) ?? 0]));
  }
}
