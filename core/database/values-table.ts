/**
 * A VALUES table: rows that a statement is given. On SQLite they are one parameter, so that it reads the same however many there are: it
 * stays prepared, and the main thread binds one value where it would bind hundreds. PostgreSQL wants to know their types,
 * which it sees from where they go.
 */
import type { Knex } from 'knex';
import { type Cell, insertMany, perStatement, placeholders, rowsOf } from './insert-many.ts';
import type { Transaction } from './transactions.ts';

export type PlainCell = Exclude<Cell, Buffer>;

export interface ValuesTable {
  sql: string;
  bindings: PlainCell[];
}

/** What stands behind `insert into table (columns)`; a conflict clause may follow. */
export function rowsToInsert(on: Knex, columns: number, rows: readonly (readonly PlainCell[])[]): ValuesTable {
  if (isPg(on)) return { sql: `values ${placeholders(rows.length, columns)}`, bindings: rows.flat() };
  // Without a condition SQLite would take `on conflict` for that of a join (sqlite.org/lang_upsert.html §2.2).
  return { sql: `select ${cells(columns)} from json_each(?) where true`, bindings: [jsonOf(rows)] };
}

/** A table with `column1`, `column2` and so on, in brackets; on PostgreSQL they are text, and have to be cast. */
export function valuesTable(on: Knex, columns: number, rows: readonly (readonly PlainCell[])[]): ValuesTable {
  if (isPg(on)) return { sql: `(values ${placeholders(rows.length, columns)})`, bindings: rows.flat() };
  const named = Array.from({ length: columns }, (_, index) => `value ->> ${index} as column${index + 1}`);
  return { sql: `(select ${named.join(', ')} from json_each(?))`, bindings: [jsonOf(rows)] };
}

/** As `insertMany` does, for rows without bytes; gives their ids in the same order. */
export async function insertRows(
  trx: Transaction,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly PlainCell[])[],
): Promise<number[]> {
  if (isPg(trx)) return insertMany(trx, table, columns, rows);
  const given = rowsToInsert(trx, columns.length, rows);
  const sql = `insert into ${table} (${columns.join(', ')}) ${given.sql} returning id`;
  const inserted = rowsOf<{ id: number }>(await trx.raw(sql, given.bindings));
  return inserted.map(({ id }) => id).sort((a, b) => a - b);
}

/** So many characters are cheaper written as JSON than bound one by one. */
const MOST_AS_JSON = 64 * 1024;

/** As `rowsToInsert` does, for rows that may hold long texts: those are bound as they are. */
export function rowsWithTexts(on: Knex, columns: number, rows: readonly (readonly PlainCell[])[]): ValuesTable {
  if (isPg(on) || charactersOf(rows) <= MOST_AS_JSON) return rowsToInsert(on, columns, rows);
  return { sql: `values ${placeholders(rows.length, columns)}`, bindings: rows.flat() };
}

/** Inserts such rows. */
export async function insertTexts(
  trx: Transaction,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly PlainCell[])[],
): Promise<void> {
  for (const some of perStatement(rows, columns.length)) {
    const { sql, bindings } = rowsWithTexts(trx, columns.length, some);
    await trx.raw(`insert into ${table} (${columns.join(', ')}) ${sql}`, bindings);
  }
}

function charactersOf(rows: readonly (readonly PlainCell[])[]): number {
  let characters = 0;
  for (const row of rows) for (const cell of row) if (typeof cell === 'string') characters += cell.length;
  return characters;
}

/** Half a surrogate pair, which is not UTF-8, is written as an escape; bound, it would have become U+FFFD. */
function jsonOf(rows: readonly (readonly PlainCell[])[]): string {
  const json = JSON.stringify(rows);
  if (!json.includes('\\ud')) return json;
  return JSON.stringify(rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell.toWellFormed() : cell))));
}

const madeCells = new Map<number, string>();

/** Of so many columns, as they are selected: made once, since it is in each statement that writes rows. */
function cells(columns: number): string {
  const known = madeCells.get(columns);
  if (known !== undefined) return known;
  const made = Array.from({ length: columns }, (_, index) => `value ->> ${index}`).join(', ');
  madeCells.set(columns, made);
  return made;
}

function isPg({ client }: Knex): boolean {
  return client.config.client === 'pg';
}
