/** Times as the API documents show them, and days. */

/** The first and the last moment that a date can be, ECMA-262 §21.4.1.1. */
const LAST_MS = 8_640_000_000_000_000;

export const DAY_MS = 86_400_000;
const MIDNIGHT = '00:00:00.000Z';

/** The day of the last time that was asked for: rows of a list, and times of a row, are often of one day. */
let lastDay = Number.NaN;
let lastDate = '';

/** ISO 8601 in UTC without milliseconds: `2025-02-25T00:00:00Z`; null of null. */
export function isoSeconds(ms: number): string;
export function isoSeconds(ms: number | null): string | null;
export function isoSeconds(ms: number | null): string | null {
  if (ms === null) return null;
  // One row with a time that is none must not be the end of a list.
  const time = Math.max(-LAST_MS, Math.min(ms, LAST_MS));
  const day = Math.floor(time / DAY_MS);
  if (day !== lastDay) {
    lastDate = new Date(day * DAY_MS).toISOString().slice(0, -MIDNIGHT.length);
    lastDay = day;
  }
  const seconds = Math.floor((time - day * DAY_MS) / 1_000);
  return `${lastDate}${two(seconds / 3_600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}Z`;
}

/** ISO 8601 in UTC with milliseconds: `2025-02-25T00:00:00.000Z`; null of null. */
export function isoTime(ms: number): string;
export function isoTime(ms: number | null): string | null;
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** Days since 1970 in UTC: what sums and budgets are kept by. */
export function epochDay(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

function two(count: number): string {
  const whole = Math.floor(count);
  return whole < 10 ? `0${whole}` : `${whole}`;
}
