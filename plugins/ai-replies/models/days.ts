/** Days since the epoch, UTC: what sums and budgets are kept by. */
import { DAY_MS, epochDay } from '#core/kit.ts';

export function startOfDay(day: number): number {
  return day * DAY_MS;
}

/** The first day of the period that this moment is in. */
export function periodStart(period: 'day' | 'month', ms: number): number {
  if (period === 'day') return epochDay(ms);
  const date = new Date(ms);
  return epochDay(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1));
}
