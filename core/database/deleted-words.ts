/** What SQLite's full-text indexes still hold of rows that were deleted. */
import type { Database } from './database.ts';

/** Pages of the index that one step rewrites: some milliseconds of the writer. */
const PAGES_PER_STEP = 200;

/**
 * Takes the words of deleted rows out of an FTS5 table, where they stay until their part of it is written anew: in steps,
 * between which others write. PostgreSQL keeps words with their row.
 */
export async function deleteUnusedWords(db: Database, table: string): Promise<void> {
  if (db.client === 'pg') return;
  let isBegun = false;
  let isDone = false;
  while (!isDone) {
    isDone = await db.transaction(async (trx) => {
      const changes = async (): Promise<number> => (await trx.raw('select total_changes() as count'))[0].count;
      const before = await changes();
      // A negative number begins with all parts of the index, positive ones go on (sqlite.org/fts5.html §6.7).
      const pages = isBegun ? PAGES_PER_STEP : -PAGES_PER_STEP;
      await trx.raw(`insert into ?? (??, rank) values ('merge', ?)`, [table, table, pages]);
      // The command itself counts as one.
      return (await changes()) - before < 2;
    });
    isBegun = true;
  }
}
