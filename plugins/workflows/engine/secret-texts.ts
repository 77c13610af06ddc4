/** What must not be seen: the texts inside the values of secrets. */

/** Shorter values are words that appear anywhere. */
const SHORTEST_SECRET = 4;

/** As they stand in JSON: quotes and backslashes of a secret are written with a backslash there. */
export function secretTexts(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= SHORTEST_SECRET ? [JSON.stringify(value).slice(1, -1)] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretTexts);
}
