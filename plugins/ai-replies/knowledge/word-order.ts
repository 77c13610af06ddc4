/**
 * The order of passages that were found by words: BM25, with the frequencies of the whole index and the lengths of those that are
 * compared. The databases choose what is compared: FTS5 ranks by constants of its own, PostgreSQL without regard to how rare a word is.
 */
import { inverseFrequency } from './inverse-frequency.ts';
import { folded, type Term, wordsOf } from './tokenizer.ts';

/** Found best for short texts by Trotman, Jia and Crane (2012), and usual in Anserini. */
const K1 = 0.9;
const B = 0.4;
/** Of a pair that lies across two words of the question: it tells less than one within a word. */
const ACROSS = 0.5;
const PAIR = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]{2}$/u;

export interface ComparedText {
  id: number;
  text: string;
}

/** A text as it is compared: how often the question's terms stand in it, and how many words it has. */
interface Counted {
  id: number;
  counts: ReadonlyMap<string, number>;
  length: number;
}

/**
 * Ids, the best first; of equals the one that was before. `telling`: how much it says that a text has the word; of a single
 * character, which the index does not count, those that are compared say it.
 */
export function inOrderOfWords(
  texts: readonly ComparedText[],
  question: string,
  terms: readonly Term[],
  telling: ReadonlyMap<string, number>,
): number[] {
  const wholes = wholePairsOf(question);
  const compared = texts.map(({ id, text }) => countedOf(id, text, terms));
  const average = compared.reduce((sum, { length }) => sum + length, 0) / Math.max(compared.length, 1);
  const weighed = terms.map(({ word, isPrefix }): [string, number] => {
    if (isPrefix) return [word, inverseFrequency(compared.length, rowsWith(compared, word))];
    const isAcross = PAIR.test(word) && !wholes.has(word);
    return [word, (telling.get(word) ?? 0) * (isAcross ? ACROSS : 1)];
  });
  return compared
    .map((one) => ({ id: one.id, score: scoreOf(one, weighed, average) }))
    .sort((one, other) => other.score - one.score)
    .map(({ id }) => id);
}

function countedOf(id: number, text: string, terms: readonly Term[]): Counted {
  const counts = new Map<string, number>(terms.map(({ word }) => [word, 0]));
  const words = wordsOf(text);
  for (const word of words) {
    const known = counts.get(word);
    if (known !== undefined) counts.set(word, known + 1);
  }
  // Each character is the beginning of a word, and the last one of a run a word of its own.
  for (const { word: character, isPrefix } of terms)
    if (isPrefix) counts.set(character, words.filter((word) => word.startsWith(character)).length);
  return { id, counts, length: words.length };
}

function rowsWith(compared: readonly Counted[], word: string): number {
  return compared.filter(({ counts }) => (counts.get(word) ?? 0) > 0).length;
}

function scoreOf({ counts, length }: Counted, terms: readonly (readonly [string, number])[], average: number): number {
  const long = K1 * (1 - B + (B * length) / Math.max(average, 1));
  return terms.reduce((sum, [word, weight]) => {
    const count = counts.get(word) ?? 0;
    return sum + (weight * count * (K1 + 1)) / (count + long);
  }, 0);
}

let segmenter: Intl.Segmenter | null = null;

/** Pairs of characters that lie within one word of the question. Of the question alone: what is kept depends on no dictionary. */
function wholePairsOf(question: string): ReadonlySet<string> {
  segmenter ??= new Intl.Segmenter('zh', { granularity: 'word' });
  const pairs = new Set<string>();
  for (const { segment } of segmenter.segment(folded(question))) {
    const characters = [...segment];
    for (const [place, character] of characters.entries()) pairs.add(character + (characters[place + 1] ?? ''));
  }
  return pairs;
}
