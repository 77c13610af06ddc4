/** Times as the API documents show them. */

/** The first and the last moment that a date can be, ECMA-262 §21.4.1.1. */
const LAST_MS = 8_640_000_000_000_000;

/** ISO 8601 in UTC without milliseconds: `2025-02-25T00:00:00Z`. */
export function isoSeconds(ms: number): string {
  // One row with a time that is none must not be the end of a list.
  const withMilliseconds = new Date(Math.max(-LAST_MS, Math.min(ms, LAST_MS))).toISOString();
  return `${withMilliseconds.slice(0, -'.000Z'.length)}Z`;
}
