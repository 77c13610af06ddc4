/** Normalizes texts as they are compared: without case, width, spaces and marks. */
import { createHash } from 'node:crypto';

const MARKS = /[^\p{L}\p{N}]+/gu;
/** Shorter words stand in too many others. */
const LEAST_WITHIN = 3;
const SINGLE_WORD = /^[\p{Script=Latin}\p{N}]+$/u;
const LATIN = /^[\p{Script=Latin}\p{N} ]+$/u;

/** Words between single spaces, in lower case. */
function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(MARKS, ' ').trim();
}

/** Tells whether a text is one of the words and nothing else. The words are folded once. */
export function isOneOf(words: readonly string[]): (text: string) => boolean {
  const wanted = new Set(words.map(folded).filter(Boolean));
  return (text) => wanted.has(folded(text));
}

/**
 * Tells whether one of the words is said: as such, or within a longer text. A single Latin word is sought as all that is
 * said, because it stands in sentences about something else; so is one of two characters.
 */
export function saysOneOf(words: readonly string[]): (text: string) => boolean {
  const all = words.map(folded).filter(Boolean);
  const isAlone = isOneOf(all);
  const longer = all.filter((word) => word.length >= LEAST_WITHIN && !SINGLE_WORD.test(word));
  const phrases = longer.filter((word) => LATIN.test(word)).map((word) => ` ${word} `);
  // Writing without spaces has none around a word either.
  const unspaced = longer.filter((word) => !LATIN.test(word)).map((word) => word.replaceAll(' ', ''));
  return (text) => {
    if (isAlone(text)) return true;
    const said = folded(text);
    const [spaced, joined] = [` ${said} `, said.replaceAll(' ', '')];
    return phrases.some((phrase) => spaced.includes(phrase)) || unspaced.some((word) => joined.includes(word));
  };
}

/** Short, and the same for texts that are the same when folded. */
export function fingerprint(text: string): string {
  return createHash('sha256')
    .update(folded(text) || text)
    .digest('base64url')
    .slice(0, 22);
}
