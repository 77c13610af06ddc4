/**
 * Personal data in values: each text is masked by itself. In JSON a line break is a letter behind a backslash, which would stand
 * right before what is looked for.
 */
import type { Masking } from './masking.ts';

/** Deeper nobody looks: it is left out. */
const DEEPEST = 60;
/** A run at the end of a cut text that may be the beginning of a number, or of an address. */
const CUT_WORD = /[\x21-\x7e\uff01-\uff5e]{1,320}$/;
const LONGEST_RUN = 400;
const CUT_NUMBER = /(?:[\d\s().+/-]|(?<![A-Za-z\d])[A-Z]{2}(?=\d)){1,60}$/;

/** The value with placeholders in each of its texts, also in those that are JSON themselves. */
export function maskedValue(value: unknown, masking: Masking, depth = 0): unknown {
  if (depth > DEEPEST) return null;
  if (typeof value === 'string') return maskedText(value, masking, depth);
  if (typeof value === 'number') {
    const text = String(value);
    const masked = masking.mask(text);
    return masked === text ? value : masked;
  }
  if (Array.isArray(value)) return value.map((one) => maskedValue(one, masking, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [masking.mask(name), maskedValue(one, masking, depth + 1)]),
  );
}

/** The first characters of a text, without the beginning of a number or a word that the cut goes through. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = text.slice(0, most);
  const place = Math.max(0, most - LONGEST_RUN);
  return head.slice(0, place) + head.slice(place).replace(CUT_WORD, '').replace(CUT_NUMBER, '');
}

function maskedText(text: string, masking: Masking, depth: number): string {
  if (!/^\s*[[{]/.test(text)) return masking.mask(text);
  const value = parsed(text);
  return value === undefined ? masking.mask(plainJson(text)) : JSON.stringify(maskedValue(value, masking, depth + 1));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** JSON, whole or cut, as text in which what it escapes stands for itself: so it can be masked, and cut, as all texts. */
export function plainJson(json: string): string {
  return json.replace(/\\(?:u([\da-fA-F]{4})|(.))/g, (_, code: string | undefined, sign: string) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return { n: '\n', r: '\n', t: '\t', b: ' ', f: ' ' }[sign] ?? sign;
  });
}
