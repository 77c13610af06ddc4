/** Which entries of the palette a text asks for, and which of them come first. */
import { holdsWords, wordsAsked } from '../kit/asked-words/asked-words.ts';

export interface Entry {
  title: string;
  description?: string;
}

/** What was written begins the title, or what is said of it; the title holds the words; they are elsewhere. Lower comes first. */
type Rank = 0 | 1 | 2 | 3;

export function rankOf({ title, description = '' }: Entry, text: string): Rank {
  const words = wordsAsked(text);
  const beginnings = [text.trim().toLowerCase(), words.join(' ')];
  const isBegun = (one: string) => beginnings.some((given) => one.toLowerCase().startsWith(given));
  if (isBegun(title)) return 0;
  if (isBegun(description)) return 1;
  return holdsWords(title, words) ? 2 : 3;
}

/** Of a group: whether something in it begins with what was written, or holds its words in its title. */
export function groupRank(group: readonly Entry[], text: string): number {
  return Math.max(1, Math.min(...group.map((one) => rankOf(one, text))));
}

/** Those that hold all words, the best first; all of them as they are while nothing is written. */
export function found<E extends Entry & { words: string }>(all: readonly E[], text: string): E[] {
  const words = wordsAsked(text);
  if (words.length === 0) return text.trim() === '' ? [...all] : [];
  return inOrder(
    all.filter((one) => holdsWords(`${one.title} ${one.words}`, words)),
    (one) => rankOf({ title: one.title }, text),
  );
}

const MOST_SECTIONS = 3;

/** Sections of the guides whose title holds all words, or one of whose sentences does; each is a line of its words. */
export function foundSections<E extends Entry & { words: string }>(all: readonly E[], text: string): E[] {
  const words = wordsAsked(text);
  if (words.length === 0) return [];
  const holds = ({ title, words: sentences }: E) =>
    [title, ...sentences.split('\n')].some((one) => holdsWords(one, words));
  return inOrder(all.filter(holds), (one) => rankOf({ title: one.title }, text)).slice(0, MOST_SECTIONS);
}

export function inOrder<T>(all: readonly T[], rank: (one: T) => number): T[] {
  return all.toSorted((one, other) => rank(one) - rank(other));
}
