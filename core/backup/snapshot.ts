/** A consistent copy of the database in a file, whichever of the two it is, and what can be said of it. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BYTES_ROWS } from '../database/blob-rows.ts';
import type { Database } from '../database/database.ts';
import { dumpPostgres } from '../database/postgres-dump.ts';
import type { InstallationRow } from '../installation.ts';
import { placeOfFile, placeOfSegment } from './files.ts';
import { POSTGRES_FILE, SQLITE_FILE } from './manifest.ts';

export interface Snapshot {
  /** Rows of each table. */
  rows: ReadonlyMap<string, number>;
  /** Places of the files and segments that blobs point to, below the folder of all of them. */
  files: readonly string[];
  /** Migrations that had run, oldest first. */
  migrations: readonly string[];
  /** PostgreSQL: how far sequences have come, and tables of other schemas, which are not in it. */
  sequences?: Record<string, string>;
  elsewhere?: readonly string[];
}

export async function takeSnapshot(db: Database, folder: string): Promise<Snapshot> {
  if (db.client === 'pg') {
    const { files, segments, ...dumped } = await dumpPostgres(db, join(folder, POSTGRES_FILE));
    return { ...dumped, files: [...files.map(placeOfFile), ...segments.map(placeOfSegment)] };
  }
  const file = join(folder, SQLITE_FILE);
  await db.write.raw('vacuum into ?', [file]);
  leaveOwner(file);
  return readSnapshot(file);
}

/** What is restored from it is another installation to a bucket: two of them would delete each other's bytes. */
function leaveOwner(file: string): void {
  const copy = new DatabaseSync(file);
  try {
    const [table] = texts(copy, "select name as text from sqlite_master where name = 'core_installation'");
    if (table) copy.prepare('delete from core_installation where name like ?').run(BYTES_ROWS);
  } finally {
    copy.close();
  }
}

/** What is restored into an installation has such rows of it. */
export function putInto(file: string, rows: readonly InstallationRow[]): void {
  const copy = new DatabaseSync(file);
  try {
    // Older ones have no such table, and know of no bucket.
    const [table] = texts(copy, "select name as text from sqlite_master where name = 'core_installation'");
    const statement = table && copy.prepare('insert or replace into core_installation (name, value) values (?, ?)');
    for (const { name, value } of rows) if (statement) statement.run(name, value);
  } finally {
    copy.close();
  }
}

/** What is in a SQLite file that nobody writes to. Throws when it is damaged. */
export function readSnapshot(file: string): Snapshot {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    const names = texts(
      copy,
      "select name as text from sqlite_master where type = 'table' and name not like 'sqlite_%'",
    );
    const rows = names.map((name) => [name, countOf(copy, name)] as const);
    return {
      rows: new Map(rows),
      files: [
        ...texts(copy, 'select file as text from core_blobs where file is not null').map(placeOfFile),
        ...segmentsOf(copy).map(placeOfSegment),
      ],
      migrations: texts(copy, 'select name as text from core_migrations order by id'),
    };
  } finally {
    copy.close();
  }
}

/** Older ones have none. */
function segmentsOf(copy: DatabaseSync): string[] {
  const columns = texts(copy, "select name as text from pragma_table_info('core_blobs')");
  if (!columns.includes('segment')) return [];
  return texts(copy, 'select distinct segment as text from core_blobs where segment is not null');
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
