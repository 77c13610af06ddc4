/** A list as CSV (RFC 4180): all its rows, read in pages, as fast as they are taken. */
import { Readable } from 'node:stream';
import { setImmediate as nextRound } from 'node:timers/promises';
import type { Knex } from 'knex';
import { lazily } from '../loading/lazily.ts';
import { cursorAt, ordered } from './page.ts';
import { type Order, placeOf } from './sorting.ts';

const csvStringify = lazily<typeof import('csv-stringify/sync')>('csv-stringify/sync', import.meta.url);

/** Some milliseconds of work. */
const PAGE_ROWS = 200;

export interface CsvOptions<Row, Item> {
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
  const { rows, order, fields, shown } = options;
  let cursor: string | null = null;
  let isOver = false;
  for (let isFirst = true; !isOver; isFirst = false) {
    yield await inTurn(async () => {
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

/** Pages of all exports that are made at one time. */
const MOST_PAGES = 4;
const waiting: (() => void)[] = [];
let underWay = 0;

/** In the order in which they came, and whatever else waits in between: many exports at once would leave nobody else a turn. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (underWay < MOST_PAGES) underWay++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    await nextRound();
    return await work();
  } finally {
    // Who leaves hands its place on.
    const next = waiting.shift();
    if (next) next();
    else underWay--;
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
