/**
 * Work on many rows in chunks, between which others write: a step is as large as takes a few milliseconds of the writer,
 * which depends on what hangs on the rows and on the machine.
 */
import type { Knex } from 'knex';
import type { Database } from './database.ts';

const STEP_MS = 10;
const FIRST = 50;
const SMALLEST = 10;
const LARGEST = 500;

/** Runs `step` with a limit until it has done less than that; gives how much it did altogether. */
export async function inSteps(step: (limit: number) => Promise<number>): Promise<number> {
  let all = 0;
  for (let limit = FIRST; ; ) {
    const startedAt = performance.now();
    const done = await step(limit);
    all += done;
    if (done < limit) return all;
    const ms = performance.now() - startedAt;
    if (ms > STEP_MS) limit = Math.max(SMALLEST, Math.floor(limit / 2));
    else if (ms < STEP_MS / 3) limit = Math.min(LARGEST, limit * 2);
    // Who waits for the writer has asked meanwhile, or does so before the next step.
    await new Promise(setImmediate);
  }
}

/**
 * Deletes the rows of a table that `narrow` finds, by an index; gives how many there were. By their `key`, so that a row which
 * somebody changes at this moment goes too: its place in the table is another one then.
 */
export function deleteInSteps(
  db: Database,
  table: string,
  key: string,
  narrow: (rows: Knex.QueryBuilder) => unknown,
): Promise<number> {
  return inSteps((limit) => {
    const next = db.write(table).select(key).limit(limit);
    narrow(next);
    return db.write(table).whereIn(key, next).delete();
  });
}

/** Deletes the rows of a table whose `column`, which has an index, is less; gives how many there were. None of them may change. */
export function deleteBelow(db: Database, table: string, column: string, value: number | string): Promise<number> {
  const [row, some] = db.client === 'pg' ? ['ctid', '= any(array(?))'] : ['rowid', 'in (?)'];
  return inSteps((limit) => {
    const next = db.write(table).select(db.write.raw(row)).where(column, '<', value).limit(limit);
    return db.write(table).whereRaw(`${row} ${some}`, [next]).delete();
  });
}
