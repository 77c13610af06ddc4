/** A range of days in UTC, as statistics are asked for: `2024-12-01` to `2024-12-31`, both included. */
import { DAY_MS, epochDay } from '#core/kit.ts';
import { coreErrors } from '#core/plugin.ts';

export interface DayRange {
  /** Days since the epoch. */
  first: number;
  last: number;
}

const MOST_DAYS = 366;
const USUAL_DAYS = 30;

/**
 * What is not named is today for the end, and thirty days with the end for the start. Throws `bad_request` for what is no
 * day, for an end before its start, and for more than 366 days.
 */
export function dayRange(start: string | undefined, end: string | undefined, now: number): DayRange {
  const last = end ? dayNamed(end) : Math.max(epochDay(now), start ? dayNamed(start) : 0);
  const first = start ? dayNamed(start) : last - USUAL_DAYS + 1;
  if (last < first) throw coreErrors.bad_request({ message: 'The range ends before it starts' });
  if (last - first >= MOST_DAYS) throw coreErrors.bad_request({ message: `A range has ${MOST_DAYS} days at most` });
  return { first, last };
}

/** `2024-12-31` */
export function nameOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function dayNamed(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const day = ms / DAY_MS;
  if (Number.isNaN(ms) || nameOfDay(day) !== text)
    throw coreErrors.bad_request({ message: 'A day is written as 2024-12-31' });
  return day;
}
