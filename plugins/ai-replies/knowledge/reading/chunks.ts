/**
 * Cuts a document into chunks of about as many tokens as wished: at headings, then between paragraphs, then between sentences.
 * Each begins with the end of the one before, and is a piece of the document's text that its offset leads to.
 */
import { estimateTokenCount } from 'tokenx';
import type { Block } from './blocks.ts';

export interface Chunk {
  headings: readonly string[];
  page: number | null;
  /** Where it begins in the document's text, in characters. */
  start: number;
  isRow: boolean;
  tokens: number;
  text: string;
}

export interface ChunkSize {
  tokens: number;
  overlap: number;
}

interface Unit {
  start: number;
  end: number;
  tokens: number;
}

/** Between two blocks in the document's text. */
const BETWEEN = 2;
/** A token is no shorter, by the estimate. */
const SHORTEST_TOKEN = 1;
/** What the estimate passes over, as a megabyte of spaces, takes room all the same. */
const LONGEST_TOKEN = 16;

const sentences = new Intl.Segmenter(undefined, { granularity: 'sentence' });

export function chunksOf(blocks: Iterable<Block>, size: ChunkSize): Chunk[] {
  const chunks: Chunk[] = [];
  let offset = 0;
  for (const block of blocks) {
    const { headings, page, isRow, text } = block;
    for (const { start, end } of spansOf(text, size)) {
      const part = text.slice(start, end);
      const tokens = estimateTokenCount(part);
      chunks.push({ headings, page, isRow, start: offset + start, tokens, text: part });
    }
    offset += text.length + BETWEEN;
  }
  return chunks;
}

function spansOf(text: string, size: ChunkSize): { start: number; end: number }[] {
  const units = unitsOf(text, size.tokens);
  const spans: { start: number; end: number }[] = [];
  let first = 0;
  while (first < units.length) {
    let [next, tokens] = [first, 0];
    const longest = (units[first]?.start ?? 0) + size.tokens * LONGEST_TOKEN;
    const fits = (unit: Unit): boolean => tokens + unit.tokens <= size.tokens && unit.end <= longest;
    for (let unit = units[next]; unit && (next === first || fits(unit)); unit = units[next]) {
      tokens += unit.tokens;
      next++;
    }
    const [begin, last] = [units[first], units[next - 1]];
    if (begin && last) spans.push({ start: begin.start, end: last.end });
    if (next >= units.length) break;
    first = beginOfOverlap(units, first, next, size.overlap);
  }
  return spans;
}

/** Of the units that were taken, the first of the last few that are repeated; at least one is not. */
function beginOfOverlap(units: readonly Unit[], first: number, next: number, overlap: number): number {
  let [begin, tokens] = [next, 0];
  while (begin - 1 > first) {
    tokens += units[begin - 1]?.tokens ?? 0;
    if (tokens > overlap) break;
    begin--;
  }
  return begin;
}

/** Paragraphs; of those that are too long sentences; of those pieces. None is empty, and none begins or ends in space. */
function unitsOf(text: string, most: number): Unit[] {
  const units: Unit[] = [];
  for (const paragraph of partsAt(text, /\n\s*\n/g)) {
    const whole = unitOf(text, paragraph.start, paragraph.end);
    if (!whole) continue;
    if (whole.tokens <= most) {
      units.push(whole);
      continue;
    }
    for (const { segment, index } of sentences.segment(text.slice(whole.start, whole.end))) {
      const sentence = unitOf(text, whole.start + index, whole.start + index + segment.length);
      if (sentence && sentence.tokens <= most) units.push(sentence);
      else if (sentence) for (const piece of piecesOf(text, sentence, most)) units.push(piece);
    }
  }
  return units;
}

function piecesOf(text: string, { start, end, tokens }: Unit, most: number): Unit[] {
  const length = Math.max(Math.floor(((end - start) * most) / tokens), most * SHORTEST_TOKEN);
  const pieces: Unit[] = [];
  for (let from = start; from < end; ) {
    let to = Math.min(from + length, end);
    // Not between the halves of a character.
    if (to < end && isLowSurrogate(text.charCodeAt(to))) to++;
    const piece = unitOf(text, from, to);
    if (piece) pieces.push(piece);
    from = to;
  }
  return pieces;
}

function* partsAt(text: string, boundary: RegExp): Generator<{ start: number; end: number }> {
  let start = 0;
  for (const match of text.matchAll(boundary)) {
    yield { start, end: match.index };
    start = match.index + match[0].length;
  }
  yield { start, end: text.length };
}

/** Without the space around it; null when nothing is left. */
function unitOf(text: string, from: number, to: number): Unit | null {
  let [start, end] = [from, to];
  while (start < end && text.charAt(start).trim() === '') start++;
  while (end > start && text.charAt(end - 1).trim() === '') end--;
  if (start >= end) return null;
  const tokens = Math.max(estimateTokenCount(text.slice(start, end)), Math.ceil((end - start) / LONGEST_TOKEN));
  return { start, end, tokens };
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
