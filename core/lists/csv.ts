/** A list as CSV (RFC 4180): all its rows, read in pages, as fast as they are taken. */
import { Readable } from 'node:stream';
import { setImmediate as nextRound } from 'node:timers/promises';
import type { Knex } from 'knex';
import { createLimiter } from '../limiter.ts';
import { lazily } from '../loading/lazily.ts';
import { cursorAt, ordered } from './page.ts';
import { type Order, placeOf } from './sorting.ts';

const csvStringify = lazily<typeof import('csv-stringify/sync')>('csv-stringify/sync', import.meta.url);

/** Some milliseconds of work. */
const PAGE_ROWS = 200;
/** Pages of all exports that are made at one time: many exports at once would leave nobody else a turn. */
const inTurn = createLimiter(4);

export interface CsvOptions<Row, Item> {
  /** Whose it is: one page of a lane is made at a time. */
  lane: string;
  rows: Knex.QueryBuilder;
  order: Order;
  /** The columns, in their order. */
  fields: readonly string[];
  shown(rows: Row[]): Promise<Item[]>;
}

/** Ends early when nobody reads it any more. What is no text or number stands in it as JSON. */
export function csvOf<Row extends object, Item extends object>(options: CsvOptions<Row, Item>): NodeJS.ReadableStream {
  return Readable.from(pages(options));
}

/** Text for text, a page at a time: who reads slowly holds no turn meanwhile. */
async function* pages<Row extends object, Item extends object>(options: CsvOptions<Row, Item>): AsyncGenerator<string> {
  const { lane, rows, order, fields, shown } = options;
  let cursor: string | null = null;
  let isOver = false;
  for (let isFirst = true; !isOver; isFirst = false) {
    yield await inTurn.run(lane, async () => {
      // Whatever else waits comes in between.
      await nextRound();
      const place: ReturnType<typeof placeOf> | null = cursor === null ? null : placeOf(cursor);
      const found: Row[] = await ordered(rows.clone(), order, place).limit(PAGE_ROWS);
      const items = await shown(found);
      const last = found.at(-1);
      isOver = !last || found.length < PAGE_ROWS;
      if (last) cursor = cursorAt(order, last, false);
      // A spreadsheet runs what begins like a formula: such cells get an apostrophe.
      const style = { header: isFirst, columns: [...fields], escape_formulas: true };
      return csvStringify().stringify(
        items.map((item) => lineOf(item, fields)),
        style,
      );
    });
  }
}

function lineOf(item: object, fields: readonly string[]): string[] {
  const values = new Map<string, unknown>(Object.entries(item));
  return fields.map((field) => cell(values.get(field)));
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
