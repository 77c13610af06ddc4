/** Words that somebody looks for, and texts that hold them: beginnings of words, as all searches take them. */
import { SMALL, SMALL_CHINESE } from './keywords.ts';

const PARTS = /\p{Script=Han}+|[^\s\p{Script=Han}]+/gu;
const HAN = /\p{Script=Han}/u;
const WITHIN_WORD = /[\p{L}\p{N}]/u;
/** Marks of a sentence; others may be a part of what is looked for. */
const AROUND_WORD = /^["'“‘(]+|["'”’)?!.,;:…？！。，；：]+$/gu;

/** The words that are looked for: all of a text that has nothing but small ones. */
export function wordsAsked(text: string): string[] {
  const all = (text.toLowerCase().match(PARTS) ?? []).map((part) => part.replace(AROUND_WORD, '')).filter(Boolean);
  const large = all.flatMap((part) =>
    HAN.test(part) ? part.replace(SMALL_CHINESE, ' ').split(' ').filter(Boolean) : SMALL.has(part) ? [] : part,
  );
  return large.length > 0 ? large : all;
}

/** Whether each word begins one of the text. Chinese has no marks between words. */
export function holdsWords(text: string, words: readonly string[]): boolean {
  const searched = text.toLowerCase();
  return words.every((word) => beginsWord(searched, word));
}

function beginsWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const before = text.slice(0, at).at(-1) ?? ' ';
    if (HAN.test(word) || HAN.test(before) || !WITHIN_WORD.test(before)) return true;
  }
  return false;
}
