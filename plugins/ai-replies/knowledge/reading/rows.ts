/** Tables: each row is a block of its own, which says the names of the header with the values. */
import type { Block } from './blocks.ts';

export function blocksOfRows(rows: Iterable<readonly unknown[]>, headings: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let header: string[] | null = null;
  for (const row of rows) {
    const cells = row.map(textOf);
    if (cells.every((cell) => cell === '')) continue;
    if (header === null) {
      header = cells;
      continue;
    }
    const names: readonly string[] = header;
    const text = cells
      .map((cell, column) => [names[column] ?? '', cell] as const)
      .filter(([, cell]) => cell !== '')
      .map(([name, cell]) => (name === '' ? cell : `${name}: ${cell}`))
      .join('\n');
    blocks.push({ headings, page: null, isRow: true, text });
  }
  // A table of one row has no header.
  if (blocks.length === 0 && header !== null)
    blocks.push({ headings, page: null, isRow: true, text: header.filter(Boolean).join('\n') });
  return blocks;
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().replace('T00:00:00.000Z', '');
  return String(cell).trim();
}
