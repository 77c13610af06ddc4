/** Texts as they are compared: without case, width, spaces and marks. */
import { createHash } from 'node:crypto';

const MARKS = /[^\p{L}\p{N}]+/gu;
/** Shorter words stand in too many others. */
const LEAST_WITHIN = 3;
const SINGLE_WORDS = /^[\p{Script=Latin}\p{N}]+$/u;

/** Words between single spaces, in lower case. */
export function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(MARKS, ' ').trim();
}

/** Whether the text is one of the words and nothing else. */
export function isOneOf(text: string, words: readonly string[]): boolean {
  const said = folded(text);
  return said !== '' && words.some((word) => folded(word) === said);
}

/**
 * Whether one of the words is said: as such, or within a longer text. A single Latin word is sought as all that is said,
 * because it stands in sentences about something else; so is one of two characters.
 */
export function saysOneOf(text: string, words: readonly string[]): boolean {
  const said = folded(text);
  return words.some((word) => {
    const wanted = folded(word);
    if (wanted === '') return false;
    if (wanted.length < LEAST_WITHIN || SINGLE_WORDS.test(wanted)) return said === wanted;
    // Writing without spaces has none around a word either.
    return /^[\p{Script=Latin}\p{N} ]+$/u.test(wanted)
      ? ` ${said} `.includes(` ${wanted} `)
      : said.replaceAll(' ', '').includes(wanted.replaceAll(' ', ''));
  });
}

/** Short, and the same for texts that are the same when folded. */
export function fingerprint(text: string): string {
  return createHash('sha256')
    .update(folded(text) || text)
    .digest('base64url')
    .slice(0, 22);
}
