/** A chunk with what stands before and after it, as long as that is of the same part of the document. */
import type { ChunkRow } from './tables.ts';

/** Of each neighbour so many characters are joined. */
const MOST_AROUND = 1_000;
const PARAGRAPH = '\n\n';

export function joined(chunk: ChunkRow, around: readonly ChunkRow[]): { text: string; start: number } {
  const { document, reading, place, headings, page } = chunk;
  const beside = (distance: number): ChunkRow | undefined =>
    around.find(
      (one) =>
        one.document === document &&
        one.reading === reading &&
        one.place === place + distance &&
        one.headings === headings &&
        one.page === page &&
        one.is_row === 0,
    );
  const [before, after] = [beside(-1), beside(1)];
  // Chunks overlap: of what both have, one copy is left out.
  const first = before ? before.text.slice(0, Math.max(chunk.start - before.start, 0)).slice(-MOST_AROUND) : '';
  const end = chunk.start + chunk.text.length;
  const last = after ? after.text.slice(Math.max(end - after.start, 0)).slice(0, MOST_AROUND) : '';
  const beforeEnd = before ? Math.min(before.start + before.text.length, chunk.start) : chunk.start;
  const gaps = [beforeEnd < chunk.start, after !== undefined && after.start > end].map((is) => (is ? PARAGRAPH : ''));
  return { text: `${first}${gaps[0]}${chunk.text}${gaps[1]}${last}`, start: beforeEnd - first.length };
}
