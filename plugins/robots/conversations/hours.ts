/** Working hours: whether somebody is there, and when next. */
import type { WorkingHours } from './settings.ts';

const STEP_MS = 15 * 60_000;
const LOOKED_AHEAD_MS = 8 * 24 * 3600_000;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Null while somebody is there; else when the hours begin again, to a quarter of an hour. An unknown zone is UTC. */
export function closedUntil(hours: WorkingHours, now: number): number | null {
  const format = formatOf(hours.zone);
  if (isWithin(hours, format, now)) return null;
  let at = now - (now % STEP_MS) + STEP_MS;
  while (at < now + LOOKED_AHEAD_MS && !isWithin(hours, format, at)) at += STEP_MS;
  return at;
}

function isWithin({ days }: WorkingHours, format: Intl.DateTimeFormat, at: number): boolean {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const day = DAYS.indexOf(parts.get('weekday') ?? '') + 1;
  const time = `${parts.get('hour')}:${parts.get('minute')}`;
  const dayBefore = day === 1 ? 7 : day - 1;
  return days.some(({ day: begins, from, to }) => {
    if (from < to) return begins === day && from <= time && time < to;
    // Over midnight.
    return (begins === day && from <= time) || (begins === dayBefore && time < to);
  });
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const options = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' });
  }
}
