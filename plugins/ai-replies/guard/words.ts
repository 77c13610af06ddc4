/**
 * Sensitive words in a text, also where somebody has put spaces and marks between their characters. Aho and Corasick
 * (doi:10.1145/360825.360855): one walk along the text, however many words there are.
 */
import { createEdges, type Edges } from './edges.ts';

export interface SensitiveWords {
  /** Where words stand, in their order; those that overlap as one. */
  find(text: string): readonly Stretch[];
}

export interface Stretch {
  /** In UTF-16 units; `end` is behind it. */
  start: number;
  end: number;
}

/** Nodes by their numbers, of which 0 is the root: thousands of long words are some lists of numbers. */
interface Trie {
  edges: Edges;
  /** Where to go on when nothing fits. */
  fallback: Int32Array;
  /** How long the word is that ends there, in characters; 0 for none. */
  length: Int32Array;
  /** The nearest node along the fallbacks where a shorter word ends; 0 for none. */
  shorter: Int32Array;
}

/** The characters of a folded text, and where each stands in the one that was given. */
interface Folded {
  characters: number[];
  starts: number[];
  ends: number[];
}

export function createSensitiveWords(words: readonly string[]): SensitiveWords {
  const trie = trieOf(words);
  return { find: (text) => (trie.length.length === 1 ? [] : joined(foundIn(text, trie))) };
}

/** A wide one, which no Markdown takes for emphasis. */
const STAR = '\uff0a';

/** The text with stars where the words stand. */
export function starred(text: string, found: readonly Stretch[]): string {
  return found.reduceRight(
    (rest, { start, end }) => rest.slice(0, start) + STAR.repeat(end - start) + rest.slice(end),
    text,
  );
}

/** At each end of words the longest: those within it are no news. */
function foundIn(text: string, trie: Trie): Stretch[] {
  const { characters, starts, ends } = foldedOf(text);
  const found: Stretch[] = [];
  let node = 0;
  for (const [place, character] of characters.entries()) {
    node = step(trie, node, character);
    let ending = at(trie.length, node) > 0 ? node : at(trie.shorter, node);
    for (; ending > 0; ending = at(trie.shorter, ending)) {
      const first = place - at(trie.length, ending) + 1;
      const [start = 0, end = 0] = [starts[first], ends[place]];
      if (!isWhole(text, characters[first] ?? 0, start, character, end)) continue;
      found.push({ start, end });
      break;
    }
  }
  return found;
}

function trieOf(words: readonly string[]): Trie {
  const folded = words.map((word) => foldedOf(word).characters);
  const edges = createEdges(folded.reduce((sum, { length }) => sum + length, 0));
  const parents = [0];
  const characters = [0];
  const depths = [0];
  const ends = new Map<number, number>();
  for (const word of folded) {
    let node = 0;
    for (const [depth, character] of word.entries()) {
      const known = edges.next(node, character);
      if (known === 0) {
        edges.add(node, character, parents.length);
        parents.push(node);
        characters.push(character);
        depths.push(depth + 1);
      }
      node = known === 0 ? parents.length - 1 : known;
    }
    ends.set(node, word.length);
  }
  const size = parents.length;
  const trie = { edges, fallback: new Int32Array(size), length: new Int32Array(size), shorter: new Int32Array(size) };
  for (const [node, length] of ends) trie.length[node] = length;
  for (const node of byDepth(depths)) {
    if ((depths[node] ?? 0) < 2) continue;
    const fallback = step(trie, at(trie.fallback, parents[node] ?? 0), characters[node] ?? 0);
    trie.fallback[node] = fallback;
    trie.shorter[node] = at(trie.length, fallback) > 0 ? fallback : at(trie.shorter, fallback);
  }
  return trie;
}

/** A fallback is not as deep as its node: in this order each finds the one that it leads to done. */
function byDepth(depths: readonly number[]): number[] {
  const nodes: number[][] = [];
  for (const [node, depth] of depths.entries()) {
    const beside = nodes[depth];
    if (beside) beside.push(node);
    else nodes[depth] = [node];
  }
  return nodes.flat();
}

function step({ edges, fallback }: Pick<Trie, 'edges' | 'fallback'>, from: number, character: number): number {
  for (let node = from; ; node = at(fallback, node)) {
    const found = edges.next(node, character);
    if (found !== 0 || node === 0) return found;
  }
}

function at(list: Int32Array, node: number): number {
  return list[node] ?? 0;
}

/** By NFKD, in lower case, letters and digits alone: an accent is a mark like any other. */
function foldedOf(text: string): Folded {
  const folded: Folded = { characters: [], starts: [], ends: [] };
  let start = 0;
  for (const written of text) {
    const end = start + written.length;
    const plain = written < '\x80' ? written.toLowerCase() : written.normalize('NFKD').toLowerCase();
    for (const character of plain) {
      if (!/[\p{L}\p{N}]/u.test(character)) continue;
      folded.characters.push(character.codePointAt(0) ?? 0);
      folded.starts.push(start);
      folded.ends.push(end);
    }
    start = end;
  }
  return folded;
}

/** A word in Latin letters is none within another: "was so" says nothing bad. */
function isWhole(text: string, first: number, start: number, last: number, end: number): boolean {
  return !(isLatin(first) && isLatinAt(text, start - 1)) && !(isLatin(last) && isLatinAt(text, end));
}

function isLatinAt(text: string, place: number): boolean {
  return place >= 0 && place < text.length && isLatin(text.charCodeAt(place));
}

function isLatin(character: number): boolean {
  return /[\p{Script=Latin}\d]/u.test(String.fromCodePoint(character));
}

function joined(found: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = [];
  for (const one of [...found].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = all.at(-1);
    if (last && one.start < last.end) last.end = Math.max(last.end, one.end);
    else all.push({ ...one });
  }
  return all;
}
