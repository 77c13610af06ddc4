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
 * small letters; all this also without the space around them. Numbers are texts.
 */
export function secretTexts(value: unknown): string[] {
  if (typeof value === 'number') return secretTexts(String(value));
  if (typeof value === 'string')
    return [...new Set([value, value.trim()])].filter((one) => one.length >= SHORTEST_SECRET).flatMap(spellings);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretTexts);
}

function spellings(secret: string): string[] {
  const cased = [secret, secret.toUpperCase(), secret.toLowerCase()].flatMap(written);
  const others = [...inUrls(secret), ...inBase64(secret), Buffer.from(secret).toString('hex')];
  return [...new Set([...cased, ...others])];
}

/**
 * What a URL makes of what it was put together of, in JSON: each part of it escapes other characters, and all leave out
 * tabs and ends of lines. A secret may be an address by itself.
 */
function inUrls(secret: string): string[] {
  const parts = ['', '?', '#'].map((before) => {
    const start = `http://a/${before}`;
    return new URL(start + secret).href.slice(start.length);
  });
  const whole = URL.canParse(secret) ? [new URL(secret).href] : [];
  return [...parts, ...whole]
    .filter((one) => one.length >= SHORTEST_SECRET)
    .map((one) => JSON.stringify(one).slice(1, -1));
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
  if (secrets.length === 0) return json;
  const masked = maskedText(json, secrets);
  if (isJson(masked)) return masked;
  const shows = (value: string | number): boolean => {
    const written = JSON.stringify(value);
    return secrets.some((secret) => written.includes(secret));
  };
  return JSON.stringify(JSON.parse(json), (_key, value) => {
    if (typeof value === 'string' || typeof value === 'number') return shows(value) ? HIDDEN : value;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    if (!Object.keys(value).some(shows)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [shows(name) ? HIDDEN : name, one]));
  });
}

/** All are looked for in the text as it was: where one is a part of another, or they overlap, nothing is left of either. */
function maskedText(text: string, secrets: readonly string[]): string {
  const isSecret = new Uint8Array(text.length);
  for (const secret of secrets)
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + secret.length))
      isSecret.fill(1, at, at + secret.length);
  let masked = '';
  for (let from = 0; from < text.length; ) {
    const start = isSecret.indexOf(1, from);
    if (start < 0) return masked + text.slice(from);
    const end = isSecret.indexOf(0, start);
    masked += text.slice(from, start) + HIDDEN;
    from = end < 0 ? text.length : end;
  }
  return masked;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
