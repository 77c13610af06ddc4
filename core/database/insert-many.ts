/** Many rows in one statement. Knex spells this as a compound SELECT on SQLite, which is slower and ends at 500 rows. */
import type { Knex } from 'knex';
import type { Transaction } from './transactions.ts';

/** SQLite takes 32 766 variables in a statement, PostgreSQL 65 535. */
const MAX_VARIABLES = 30_000;

export type Cell = string | number | Buffer | null;

/**
 * Inserts rows, given as lists of cells in the order of `columns`; gives their ids in the same order.
 * `key` names the integer column that counts up with them.
 */
export async function insertMany(
  trx: Transaction,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  key = 'id',
): Promise<number[]> {
  const ids: number[] = [];
  for (const some of perStatement(rows, columns.length)) {
    const sql = `insert into ${table} (${columns.join(', ')}) values ${placeholders(some.length, columns.length)} returning ${key} as id`;
    const inserted = rowsOf<{ id: number }>(await trx.raw(sql, some.flat() as Knex.RawBinding[]));
    ids.push(...inserted.map((row) => row.id));
  }
  return ids.sort((a, b) => a - b);
}

/** The rows in parts, each of which one statement can bind. */
export function* perStatement<R>(rows: readonly R[], columns: number): Generator<R[]> {
  const most = Math.floor(MAX_VARIABLES / columns);
  for (let start = 0; start < rows.length; start += most) yield rows.slice(start, start + most);
}

/** `(?, ?), (?, ?)` for two rows of two columns. */
export function placeholders(rows: number, columns: number): string {
  const row = `(${Array(columns).fill('?').join(', ')})`;
  return Array(rows).fill(row).join(', ');
}

/** The rows of a raw query: SQLite's driver gives them bare, PostgreSQL's inside a result. */
export function rowsOf<R>(result: R[] | { rows: R[] }): R[] {
  return Array.isArray(result) ? result : result.rows;
}
