/** When pages of the web are read again. */
import { CronExpressionParser } from 'cron-parser';
import { aiErrors } from '../errors.ts';

export const LEAST_BETWEEN_MS = 3600_000;
/** Numbers, names, and what puts them together: not `H`, which is another time whenever it is asked. */
const FIELD = /^(?:\d+L?|[A-Za-z]{3}|[*L,/-])+$/;

/** The first time after `now`. Throws `bad_schedule` for what is none, or comes more often than once an hour. */
export function nextRead(schedule: string, now: number): number {
  if (
    !schedule
      .trim()
      .split(/\s+/)
      .every((field) => FIELD.test(field))
  )
    throw aiErrors.bad_schedule();
  try {
    const times = CronExpressionParser.parse(schedule, { currentDate: new Date(now), tz: 'UTC' });
    const next = times.next().getTime();
    if (schedule.trim().split(/\s+/).length === 5 && times.next().getTime() - next >= LEAST_BETWEEN_MS) return next;
  } catch {}
  throw aiErrors.bad_schedule();
}
