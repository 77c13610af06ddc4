/** A consistent copy of the database in a file, whichever of the two it is, and what can be said of it. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Database } from '../database/database.ts';
import { dumpPostgres } from '../database/postgres-dump.ts';
import { POSTGRES_FILE, SQLITE_FILE } from './manifest.ts';

export interface Snapshot {
  /** Rows of each table. */
  rows: ReadonlyMap<string, number>;
  /** Names of the files that blobs point to. */
  files: readonly string[];
  /** Migrations that had run, oldest first. */
  migrations: readonly string[];
  /** PostgreSQL: how far sequences have come, and tables of other schemas, which are not in it. */
  sequences?: Record<string, string>;
  elsewhere?: readonly string[];
}

export async function takeSnapshot(db: Database, folder: string): Promise<Snapshot> {
  if (db.client === 'pg') return dumpPostgres(db, join(folder, POSTGRES_FILE));
  const file = join(folder, SQLITE_FILE);
  await db.write.raw('vacuum into ?', [file]);
  return lookInto(file);
}

/** What is in a SQLite file that nobody writes to. Throws when it is damaged. */
export function lookInto(file: string): Snapshot {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const names = texts(
      copy,
      "select name as text from sqlite_master where type = 'table' and name not like 'sqlite_%'",
    );
    const rows = names.map((name) => [name, countOf(copy, name)] as const);
    return {
      rows: new Map(rows),
      files: texts(copy, 'select file as text from core_blobs where file is not null'),
      migrations: texts(copy, 'select name as text from core_migrations order by id'),
    };
  } finally {
    copy.close();
  }
}

/** The first thing that is wrong with a SQLite file; null when nothing is. */
export function damageOf(file: string): string | null {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const [found = 'no answer'] = Object.values(copy.prepare('pragma quick_check(1)').get() ?? {}).map(String);
    return found === 'ok' ? null : found;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    copy.close();
  }
}

function texts(db: DatabaseSync, sql: string): string[] {
  return db
    .prepare(sql)
    .all()
    .map(({ text }) => String(text));
}

function countOf(db: DatabaseSync, table: string): number {
  return Number(db.prepare(`select count(*) as count from "${table}"`).get()?.count ?? 0);
}
