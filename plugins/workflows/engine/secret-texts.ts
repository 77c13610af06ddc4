/** What must not be seen: the texts inside the values of secrets. */

/** Shorter values are words that appear anywhere. */
const SHORTEST_SECRET = 4;
const HIDDEN = '••••';

/** As they stand in JSON, where quotes and backslashes are written with a backslash, and in addresses. */
export function secretTexts(value: unknown): string[] {
  if (typeof value === 'string') return value.length >= SHORTEST_SECRET ? spellings(value) : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretTexts);
}

function spellings(secret: string): string[] {
  const inAddress = encodeURIComponent(secret.toWellFormed());
  const inQuery = new URLSearchParams({ '': secret }).toString().slice(1);
  return [...new Set([JSON.stringify(secret).slice(1, -1), inAddress, inQuery])];
}

/** JSON with each secret hidden. A number that holds one is hidden as a whole. */
export function maskedJson(json: string, secrets: readonly string[]): string {
  const masked = secrets.reduce((result, secret) => result.replaceAll(secret, HIDDEN), json);
  if (masked === json || isJson(masked)) return masked;
  return JSON.stringify(JSON.parse(json), (_key, value) =>
    (typeof value === 'string' || typeof value === 'number') &&
    secrets.some((secret) => JSON.stringify(value).includes(secret))
      ? HIDDEN
      : value,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
