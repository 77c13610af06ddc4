/** Calendar arithmetic of billing, in UTC. Pure. */
import { DAY_MS } from '#core/kit.ts';
import type { Cycle } from './contract.ts';

/** The same day and time so many months later; a day that the month lacks becomes its last one. */
export function addMonths(at: number, months: number): number {
  const from = new Date(at);
  const first = new Date(at);
  first.setUTCDate(1);
  first.setUTCMonth(first.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return first.getTime();
}

export const monthsOf = (cycle: Cycle): number => (cycle === 'yearly' ? 12 : 1);

/**
 * The first end of a period after `after`, counted from the anchor each time and not from the end before: what
 * began on 31 January ends on 28 February and then on 31 March, what began on 29 February on 28 February next year.
 */
export function periodEnd(anchor: number, cycle: Cycle, after: number): number {
  const step = monthsOf(cycle);
  let count = Math.max(1, Math.floor(monthsBetween(anchor, after) / step) - 1);
  while (addMonths(anchor, count * step) <= after) count++;
  return addMonths(anchor, count * step);
}

function monthsBetween(one: number, other: number): number {
  const a = new Date(one);
  const b = new Date(other);
  return (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
}

/** The share of a period that is left, between 0 and 1. */
export function shareLeft(period: { start: number; end: number }, now: number): number {
  if (period.end <= period.start) return 0;
  return Math.min(1, Math.max(0, (period.end - now) / (period.end - period.start)));
}

/** `2026-02` */
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7);

/** `2026-02-25` */
export const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

export function monthStart(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
}

export function nextMonthStart(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

/** Every day of the month up to that moment: `2026-02-01`, … */
export function daysSoFar(at: number): string[] {
  const days: string[] = [];
  for (let day = monthStart(at); day <= at; day += DAY_MS) days.push(dateOf(day));
  return days;
}
