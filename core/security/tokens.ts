/** Random tokens, and comparing them without telling how much of one was right. */
import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A random token, base64url; 32 bytes are 43 characters. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** `length` characters of the alphabet, each equally likely. */
export function randomFrom(alphabet: string, length: number): string {
  let text = '';
  for (let index = 0; index < length; index++) text += alphabet[randomInt(alphabet.length)];
  return text;
}

/** The secret part of an API key: base62, 40 characters are 238 bits. */
export function apiKeySecret(length = 40): string {
  return randomFrom(BASE62, length);
}

/** SHA-256 in hex. For tokens of full entropy; passwords need `passwords`. */
export function sha256(text: string | Buffer): string {
  return hash('sha256', text);
}

/** Whether two texts are the same, in a time that depends on neither. */
export function safeEqual(a: string, b: string): boolean {
  const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(a), digest(b));
}

/**
 * Whether a text is the secret, in a time that says nothing about it: as `safeEqual`, for a secret that every request is
 * compared with.
 */
export function comparedWith(secret: string): (given: string) => boolean {
  const expected = Buffer.from(secret);
  return (given) => {
    const same = Buffer.alloc(expected.length);
    same.write(given);
    return timingSafeEqual(same, expected) && Buffer.byteLength(given) === expected.length;
  };
}

/** Tokens that came of late: each comes with many requests, and is asked by several who it may be for. */
const MOST_REMEMBERED = 5_000;
/** Longer than the tokens that are issued here. */
const LONGEST_REMEMBERED = 1_000;

/** The audience that a JWT claims, unverified: whose business it is. Null when it is none. */
export const audienceOf = ofToken<unknown>(readAudience);

/** SHA-256 in hex, of a token that comes with every request. */
export const tokenHash = ofToken(sha256);

/** What follows from a token alone, of those that came of late without finding it again. */
function ofToken<V>(read: (token: string) => V): (token: string) => V {
  const remembered = new Map<string, V>();
  return (token) => {
    const known = remembered.get(token);
    if (known !== undefined) return known;
    const value = read(token);
    if (token.length > LONGEST_REMEMBERED) return value;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    // A copy: what was cut out of a header keeps all of it in memory.
    remembered.set(Buffer.from(token).toString(), value);
    return value;
  };
}

function readAudience(token: string): unknown {
  const [, payload = '', signature] = token.split('.');
  if (signature === undefined) return null;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')).aud ?? null;
  } catch {
    return null;
  }
}
