/** What retrieval is compared with: plain BM25, and MiniSearch and Orama as they come. */
import { create, insertMultiple, search } from '@orama/orama';
import MiniSearch from 'minisearch';
import type { Find, Language, Paragraph } from './questions.ts';

const K1 = 1.2;
const B = 0.75;
const MOST = 5;
const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
const HAN = /\p{Script=Han}/u;

/** BM25 (Robertson and Walker 1994): words without case, of Chinese overlapping pairs of characters. */
export function bm25(paragraphs: readonly Paragraph[], most = MOST): Find {
  const texts = paragraphs.map(({ text }) => wordsOf(text));
  const average = texts.reduce((sum, { length }) => sum + length, 0) / texts.length;
  const counts = texts.map(countsOf);
  const rows = new Map<string, number>();
  for (const words of counts) for (const word of words.keys()) rows.set(word, (rows.get(word) ?? 0) + 1);
  const weightOf = (word: string): number => {
    const found = rows.get(word) ?? 0;
    return Math.log(1 + (texts.length - found + 0.5) / (found + 0.5));
  };
  const longs = texts.map(({ length }) => K1 * (1 - B + (B * length) / average));
  return (question) => {
    const asked = [...new Set(wordsOf(question))].map((word) => ({ word, weight: weightOf(word) }));
    const scores = counts.map((words, number) => {
      let score = 0;
      for (const { word, weight } of asked) {
        const times = words.get(word);
        if (times !== undefined) score += weight * ((times * (K1 + 1)) / (times + (longs[number] ?? 0)));
      }
      return { number, score };
    });
    scores.sort((one, other) => other.score - one.score || one.number - other.number);
    return scores.slice(0, most).map(({ number }) => number);
  };
}

/** With its own settings. It does not split Chinese, so there it is given the words that `Intl.Segmenter` finds. */
export function miniSearch(paragraphs: readonly Paragraph[], language: Language): Find {
  const index = new MiniSearch<{ id: number; text: string }>({
    fields: ['text'],
    ...(language === 'zh' && { tokenize: segmentsOf }),
  });
  index.addAll(paragraphs.map(({ text }, id) => ({ id, text })));
  return (question) =>
    index
      .search(question)
      .slice(0, MOST)
      .map(({ id }) => Number(id));
}

/** With its own settings, its stemmer for English among them; Chinese as for MiniSearch. */
export async function orama(paragraphs: readonly Paragraph[], language: Language): Promise<Find> {
  const tokenizer = { language: 'chinese', normalizationCache: new Map(), tokenize: segmentsOf };
  const index = create({
    schema: { text: 'string' } as const,
    components: { tokenizer: language === 'zh' ? tokenizer : { language: 'english', stemming: true } },
  });
  await insertMultiple(
    index,
    paragraphs.map(({ text }, number) => ({ id: String(number), text })),
  );
  return async (question) => {
    const { hits } = await search(index, { term: question, limit: MOST });
    return hits.map(({ id }) => Number(id));
  };
}

function segmentsOf(text: string): string[] {
  return [...segmenter.segment(text)].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean)
    .flatMap((part) => (HAN.test(part) ? pairsOf([...part]) : [part]));
}

function pairsOf(characters: readonly string[]): string[] {
  if (characters.length === 1) return [...characters];
  return characters.slice(0, -1).map((character, place) => character + characters[place + 1]);
}

function countsOf(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}
