/** When a schedule of five fields, in UTC, comes next and came last. */
import { CronExpressionParser } from 'cron-parser';

/** The latest time that was looked up of a schedule, and the one that follows it. */
interface Span {
  from: number;
  until: number;
}

/** By schedule, of which there are as many as the plugins declare. Every tick asks several times for what changes once a day. */
const spans = new Map<string, Span>();

/** Every so many minutes or hours, or at a minute or time of all days or of one of the week: there is always a next one. */
const PLAIN = /^(?:\*(?:\/(?:[1-9]|[1-5]\d))?|[1-5]?\d) (?:\*(?:\/(?:[1-9]|1\d|2[0-3]))?|1?\d|2[0-3]) \* \* [*0-6]$/;

/** Whether there is a time after `now`. */
export function isValidSchedule(schedule: string, now: number): boolean {
  if (PLAIN.test(schedule) || spans.has(schedule)) return true;
  try {
    return Number.isFinite(nextTime(schedule, now));
  } catch {
    return false;
  }
}

/** The first time after `now`, in ms. Throws when the schedule is not valid. */
export function nextTime(schedule: string, now: number): number {
  return spanAt(schedule, now).until;
}

/** The latest time that is not after `now`, in ms. Throws when the schedule is not valid. */
export function lastTime(schedule: string, now: number): number {
  return spanAt(schedule, now).from;
}

function spanAt(schedule: string, now: number): Span {
  const known = spans.get(schedule);
  if (known && known.from <= now && now < known.until) return known;
  const at = (ms: number) => CronExpressionParser.parse(schedule, { currentDate: new Date(ms), tz: 'UTC' });
  // `prev` looks strictly before its date; a run scheduled for this very millisecond is due.
  const span = {
    from: at(now + 1)
      .prev()
      .getTime(),
    until: at(now).next().getTime(),
  };
  spans.set(schedule, span);
  return span;
}
