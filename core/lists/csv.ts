/** A list as CSV (RFC 4180): all its rows, read in pages, as fast as they are taken. */
import { Readable } from 'node:stream';
import type { Knex } from 'knex';
import { lazily } from '../loading/lazily.ts';
import { cursorAt, ordered } from './page.ts';
import { type Order, placeOf } from './sorting.ts';

const csvStringify = lazily<typeof import('csv-stringify')>('csv-stringify', import.meta.url);

const PAGE_ROWS = 1_000;

export interface CsvOptions<Row, Item> {
  rows: Knex.QueryBuilder;
  order: Order;
  /** The columns, in their order. */
  fields: readonly string[];
  shown(rows: Row[]): Promise<Item[]>;
}

/** Ends early when nobody reads it any more. What is no text or number stands in it as JSON. */
export function csvOf<Row extends object, Item extends object>(options: CsvOptions<Row, Item>): NodeJS.ReadableStream {
  // A spreadsheet runs what begins like a formula: such cells get an apostrophe.
  const csv = csvStringify().stringify({ header: true, columns: [...options.fields], escape_formulas: true });
  const source = Readable.from(cells(options));
  source.on('error', (error) => csv.destroy(error));
  csv.on('close', () => source.destroy());
  return source.pipe(csv);
}

async function* cells<Row extends object, Item extends object>({ rows, order, fields, shown }: CsvOptions<Row, Item>) {
  for (let cursor: string | null = null; ; ) {
    const place: ReturnType<typeof placeOf> | null = cursor === null ? null : placeOf(cursor);
    const found: Row[] = await ordered(rows.clone(), order, place).limit(PAGE_ROWS);
    for (const item of await shown(found)) {
      const values = new Map<string, unknown>(Object.entries(item));
      yield fields.map((field) => cell(values.get(field)));
    }
    const last = found.at(-1);
    if (!last || found.length < PAGE_ROWS) return;
    cursor = cursorAt(order, last, false);
  }
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
