/** What protects people, by name: for tests that count what it costs. */
import { createMasking } from '#plugins/ai-replies/guard/masking.ts';
import { createSensitiveWords, type SensitiveWords } from '#plugins/ai-replies/guard/words.ts';
import { withoutThoughts } from '#plugins/ai-replies/models/reasoning.ts';
import type { Work } from '#test/support/steps.ts';

const lists = new Map<number, SensitiveWords>();

/** So many words that begin alike; made once, so that only the looking is counted. */
function listOf(length: number): SensitiveWords {
  const known = lists.get(length);
  if (known) return known;
  const list = createSensitiveWords(Array.from({ length }, (_, index) => `${'a'.repeat(index % 60)}b${index}`));
  lists.set(length, list);
  return list;
}

/** Words of sixty characters, as long as they may be, of many characters. */
export function longWords(length: number): string[] {
  const character = (place: number) => String.fromCodePoint(0x4e00 + ((place * 7_919) % 20_000));
  return Array.from({ length }, (_, word) =>
    Array.from({ length: 60 }, (__, place) => character(word * 60 + place * (word + 1))).join(''),
  );
}

export const work: Work = {
  'made into a list': (words: number) => createSensitiveWords(longWords(words)),
  'freed of thoughts': (text: string) => withoutThoughts(text),
  masked: (text: string) => createMasking().mask(text),
  'looked through': ({ words, text }: { words: number; text: string }) => listOf(words).find(text),
};
