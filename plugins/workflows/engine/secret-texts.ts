/** What must not be seen: the texts inside the values of secrets, and data that shows them. */
import type { Services } from '#core/plugin.ts';
import { textsWithin } from './texts-within.ts';

/** Shorter values are words that appear anywhere. */
const SHORTEST_SECRET = 4;
const PURPOSE = 'workflows.data';
/** Sealed texts begin so. */
export const SEALED = '{"$sealed":';
const HIDDEN = '••••';

/**
 * As they stand in JSON, where quotes and backslashes are written with a backslash, in JSON inside it, in addresses, in
 * base64 with whatever stands around them there (`Basic` of a name and a password), in hexadecimal, and in capitals or
 * small letters. Numbers are texts.
 */
export function secretTexts(value: unknown): string[] {
  if (typeof value === 'number') return secretTexts(String(value));
  if (typeof value === 'string') return value.length >= SHORTEST_SECRET ? spellings(value) : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretTexts);
}

function spellings(secret: string): string[] {
  const cased = [secret, secret.toUpperCase(), secret.toLowerCase()].flatMap(written);
  return [...new Set([...cased, ...inBase64(secret), Buffer.from(secret).toString('hex')])];
}

/** What of it stays the same in base64, whatever comes before and after: by the three places in a group of three bytes. */
function inBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const length = before + bytes.length;
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // A character holds six bits: those that share theirs with what stands beside are left out.
    const own = text.slice(Math.ceil((before * 8) / 6), Math.floor((length * 8) / 6));
    const inUrl = own.replaceAll('+', '-').replaceAll('/', '_');
    return [own, inUrl, encodeURIComponent(own)].filter((one) => one.length >= SHORTEST_SECRET);
  });
}

function written(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inTextOfJson = JSON.stringify(inJson).slice(1, -1);
  const inAddress = encodeURIComponent(secret.toWellFormed());
  const inQuery = new URLSearchParams({ '': secret }).toString().slice(1);
  return [inTextOfJson, inJson, inAddress, inQuery];
}

/**
 * JSON of an execution as it is stored. What shows a secret is encrypted: the execution goes on with it. Beside it stands
 * what people may see, also when the secret has another value by then; and, encrypted, the texts that were hidden: a
 * token that a server has given is in no list of secrets, and must stay hidden after a restart.
 */
export function sealed(
  { secrets }: Pick<Services, 'secrets'>,
  executionId: string,
  json: string,
  hidden: Iterable<string>,
): string {
  const found = textsWithin(json, hidden);
  // What only looks like sealed data came from outside; nobody could open it.
  if (found.length === 0 && !isSealed(json)) return json;
  return JSON.stringify({
    $sealed: secrets.seal(PURPOSE, json, executionId),
    $hidden: secrets.seal(PURPOSE, JSON.stringify(found), executionId),
    shown: maskedJson(json, found),
  });
}

/** Opens what `sealed` closed. */
export function unsealed({ secrets }: Pick<Services, 'secrets'>, executionId: string, text: string): string {
  if (!isSealed(text)) return text;
  return secrets.open(PURPOSE, JSON.parse(text).$sealed, executionId).toString('utf8');
}

/** What of a stored text may be seen by people. */
export function shownOf(text: string): string {
  return isSealed(text) ? JSON.parse(text).shown : text;
}

/** The texts for which they were sealed. */
export function hiddenIn(
  { secrets }: Pick<Services, 'secrets'>,
  executionId: string,
  texts: readonly (string | null)[],
): string[] {
  return texts.flatMap((text) => {
    const $hidden = text !== null && isSealed(text) && JSON.parse(text).$hidden;
    return $hidden ? JSON.parse(secrets.open(PURPOSE, $hidden, executionId).toString('utf8')) : [];
  });
}

function isSealed(text: string): boolean {
  return text.startsWith(SEALED);
}

/** JSON with each secret hidden. A number that holds one is hidden as a whole. */
export function maskedJson(json: string, hidden: Iterable<string>): string {
  const secrets = textsWithin(json, hidden);
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
