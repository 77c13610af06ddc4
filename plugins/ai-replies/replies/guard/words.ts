/**
 * Sensitive words in a text, also where somebody has put spaces and marks between their characters. Aho and Corasick
 * (doi:10.1145/360825.360855): one walk along the text, however many words there are.
 */

export interface SensitiveWords {
  /** Where words stand, in their order; those that overlap as one. */
  find(text: string): readonly Stretch[];
}

export interface Stretch {
  /** In UTF-16 units; `end` is behind it. */
  start: number;
  end: number;
}

interface Node {
  next: Map<string, Node>;
  /** Where to go on when nothing here fits. */
  fallback: Node | null;
  /** Lengths of the words that end here, in characters. */
  lengths: number[];
}

/** A character of the folded text, and where it stands in the one that was given. */
interface Folded extends Stretch {
  character: string;
}

export function createSensitiveWords(words: readonly string[]): SensitiveWords {
  const root = trieOf(words);
  return {
    find(text) {
      const folded = foldedOf(text);
      const found: Stretch[] = [];
      let node: Node = root;
      for (const [place, { character }] of folded.entries()) {
        node = step(node, character);
        for (const length of node.lengths) {
          const first = folded[place - length + 1];
          const last = folded[place];
          if (first && last && isWhole(text, first, last)) found.push({ start: first.start, end: last.end });
        }
      }
      return joined(found);
    },
  };
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

function trieOf(words: readonly string[]): Node {
  const root: Node = { next: new Map(), fallback: null, lengths: [] };
  for (const word of words) {
    const characters = foldedOf(word).map(({ character }) => character);
    if (characters.length === 0) continue;
    let node = root;
    for (const character of characters) {
      const next: Node = node.next.get(character) ?? { next: new Map(), fallback: root, lengths: [] };
      node.next.set(character, next);
      node = next;
    }
    if (!node.lengths.includes(characters.length)) node.lengths.push(characters.length);
  }
  const queue = [...root.next.values()];
  // It grows while it is walked along.
  for (const node of queue) {
    for (const [character, next] of node.next) {
      next.fallback = node.fallback ? step(node.fallback, character) : root;
      next.lengths.push(...next.fallback.lengths);
      queue.push(next);
    }
  }
  return root;
}

function step(from: Node, character: string): Node {
  for (let node: Node = from; ; node = node.fallback) {
    const next = node.next.get(character);
    if (next) return next;
    if (!node.fallback) return node;
  }
}

/** By NFKD, in lower case, letters and digits alone: an accent is a mark like any other. */
function foldedOf(text: string): Folded[] {
  const folded: Folded[] = [];
  let start = 0;
  for (const written of text) {
    const end = start + written.length;
    for (const character of written.normalize('NFKD').toLowerCase())
      if (/[\p{L}\p{N}]/u.test(character)) folded.push({ character, start, end });
    start = end;
  }
  return folded;
}

/** A word in Latin letters is none within another: "was so" says nothing bad. */
function isWhole(text: string, first: Folded, last: Folded): boolean {
  const before = text.charAt(first.start - 1);
  const after = text.charAt(last.end);
  return !(isLatin(first.character) && isLatin(before)) && !(isLatin(last.character) && isLatin(after));
}

function isLatin(character: string): boolean {
  return /[\p{Script=Latin}\d]/u.test(character);
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
