/** When a scheduled message is due: once, or by a cron expression, in a time zone. */
import { CronExpressionParser } from 'cron-parser';
import { DAY_MS } from '#core/kit.ts';
import { robotErrors } from '../errors.ts';

/** A time as somebody in the zone writes it: `2026-05-01T09:00`. With an offset or `Z` the zone does not matter. */
const LOCAL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/;
const FIELDS = 5;
/** Numbers, names, and what puts them together: not `H`, which is another time whenever it is asked. */
const FIELD = /^(?:\d+L?|[A-Za-z]{3}|[*L,/-])+$/;

/** Throws `SCHEDULE_INVALID`. */
export function timeOf(text: string, zone: string): number {
  checkZone(zone);
  if (!isDay(text)) throw robotErrors.SCHEDULE_INVALID();
  const local = LOCAL.exec(text);
  const at = local
    ? inZone(Date.parse(`${text}Z`), zone)
    : /(?:Z|[+-]\d\d:\d\d)$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
  if (!Number.isFinite(at)) throw robotErrors.SCHEDULE_INVALID();
  return at;
}

/** The first time of the expression after `now`. Throws `SCHEDULE_INVALID`, also for one that never comes. */
export function nextOf(cron: string, zone: string, now: number): number {
  checkZone(zone);
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== FIELDS || !fields.every((field) => FIELD.test(field))) throw robotErrors.SCHEDULE_INVALID();
  try {
    return CronExpressionParser.parse(cron, { currentDate: new Date(now), tz: zone })
      .next()
      .getTime();
  } catch (error) {
    throw robotErrors.SCHEDULE_INVALID({ cause: error });
  }
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch (error) {
    throw robotErrors.SCHEDULE_INVALID({ cause: error });
  }
}

/** A day that there is: parsing goes on into the next month. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(day);
}

/** The moment at which clocks of the zone show what clocks of UTC show at `shown`: of two the first, as cron has it. */
function inZone(shown: number, zone: string): number {
  const candidates = [shown - DAY_MS, shown + DAY_MS].map((near) => shown - offsetAt(near, zone));
  const showing = candidates.filter((at) => at + offsetAt(at, zone) === shown);
  if (showing.length > 0) return Math.min(...showing);
  return shown - offsetAt(shown - offsetAt(shown, zone), zone);
}

/** How far the zone is ahead of UTC, in ms. */
function offsetAt(at: number, zone: string): number {
  if (!Number.isFinite(at)) return Number.NaN;
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, second } = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) - Math.floor(at / 1000) * 1000;
}
