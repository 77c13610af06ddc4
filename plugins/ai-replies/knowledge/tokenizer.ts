/** Tokenizer: texts as words, the same of what is kept and of what is asked, on both databases. */
import { bigrams } from '#core/kit.ts';
import { FILLERS } from './stop-phrases.ts';

/** A word that is looked for. */
export interface Term {
  word: string;
  /** A single character: words that begin with it are found. */
  isPrefix: boolean;
  /**
   * Of a pair within a longer run, its neighbours: pairs that lie across two words stand nowhere, and are no loss when both
   * neighbours are known.
   */
  between: readonly [before: string, after: string] | null;
}

const LONGEST_WORD = 64;
const LONGEST_QUESTION = 2_000;
const MOST_TERMS = 40;
const MOST_RANKED = 60;
const CJK_RUN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u;
const CJK_RUNS = /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+)/gu;

/** The words of a text that is kept, with repeats, in their order. */
export function wordsOf(text: string): string[] {
  return partsOf(bigrams(folded(text))).map(wordOf);
}

/** What a question looks for: without what surrounds every question, unless nothing else is in it. */
export function termsOf(question: string): Term[] {
  const text = folded(question.slice(0, LONGEST_QUESTION));
  const telling = partsOf(text.replace(FILLERS.within, ' ').replace(CJK_RUNS, ' $1 ')).filter(
    (part) => !FILLERS.words.has(part),
  );
  const parts = telling.length > 0 ? telling : partsOf(text.replace(CJK_RUNS, ' $1 '));
  const terms = new Map<string, Term>();
  for (const term of parts.flatMap(termsOfPart)) if (!terms.has(term.word)) terms.set(term.word, term);
  return [...terms.values()].slice(0, MOST_TERMS);
}

/**
 * The same, with the pairs that a filler of one character is part of: for the order of what is found. How much of a question
 * stands in a text they do not tell, since most such pairs stand nowhere.
 */
export function rankedTermsOf(question: string): Term[] {
  const text = folded(question.slice(0, LONGEST_QUESTION)).replace(FILLERS.phrases, ' ');
  const runs = partsOf(text.replace(CJK_RUNS, ' $1 ')).filter((part) => CJK_RUN.test(part) && [...part].length > 1);
  const terms = new Map(termsOf(question).map((term) => [term.word, term]));
  for (const term of runs.flatMap(termsOfPart)) if (!terms.has(term.word)) terms.set(term.word, term);
  return [...terms.values()].slice(0, MOST_RANKED);
}

/** Tells whether a text has a term. Its words are made only when one of another writing may be among them. */
export function holderOf(text: string): (term: Term) => boolean {
  const plain = folded(text);
  let words: ReadonlySet<string> | null = null;
  return ({ word }) => {
    if (CJK_RUN.test(word)) return plain.includes(word);
    // A plural may end otherwise than the word.
    if (!plain.includes(word.slice(0, -1))) return false;
    words ??= new Set(partsOf(plain.replace(CJK_RUNS, ' ')).map(wordOf));
    return words.has(word);
  };
}

/** After NFKC, writings in which nothing has an accent that could be taken off: ASCII, kana, Chinese and Korean. */
const WITHOUT_ACCENTS = /^[\0-\x7f\u2010-\u206f\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3]*$/;

/** Without case, width and accents. */
export function folded(text: string): string {
  const plain = text.toWellFormed().normalize('NFKC').toLowerCase();
  if (WITHOUT_ACCENTS.test(plain)) return plain;
  return plain
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC');
}

function partsOf(text: string): string[] {
  return text.split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean);
}

function termsOfPart(part: string): Term[] {
  if (!CJK_RUN.test(part)) return [{ word: wordOf(part), isPrefix: false, between: null }];
  const characters = [...part];
  if (characters.length === 1) return [{ word: part, isPrefix: true, between: null }];
  const pairs = characters.slice(0, -1).map((character, place) => character + characters[place + 1]);
  return pairs.map((word, place) => {
    const [before, after] = [pairs[place - 1], pairs[place + 1]];
    return { word, isPrefix: false, between: before && after ? [before, after] : null };
  });
}

/** English plurals as their singular (Harman's S-stemmer, 1991): `refunds` is found as `refund`. */
function wordOf(part: string): string {
  const word = part.slice(0, LONGEST_WORD);
  if (word.length < 4 || !/^[a-z]+s$/.test(word)) return word;
  if (/[^ea]ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/[^aeo]es$/.test(word) || /[^us]s$/.test(word)) return word.slice(0, -1);
  return word;
}
