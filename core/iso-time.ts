/** Times as the API documents show them. */

/** The first and the last moment that a date can be, ECMA-262 §21.4.1.1. */
const LAST_MS = 8_640_000_000_000_000;

const DAY_MS = 86_400_000;
const MIDNIGHT = '00:00:00.000Z';

/** The day of the last time that was asked for: rows of a list, and times of a row, are often of one day. */
let lastDay = Number.NaN;
let lastDate = '';

/** ISO 8601 in UTC without milliseconds: `2025-02-25T00:00:00Z`. */
export function isoSeconds(ms: number): string {
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

function two(count: number): string {
  const whole = Math.floor(count);
  return whole < 10 ? `0${whole}` : `${whole}`;
}
