/**
 * What is left over of blobs: rows that nobody points to, after a crash or from older versions, and files without a row.
 * Both are kept for an hour, so that a backup under way still finds them.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { codeOf } from '../errors.ts';
import { namesIn } from '../names-in.ts';
import type { Database, Transaction } from './database.ts';
import { rowsOf } from './insert-many.ts';
import type { ObjectSweep } from './object-sweep.ts';
import type { SegmentSweep } from './segment-sweep.ts';
import { SEGMENTS } from './segments.ts';

const ORPHAN_AGE_MS = 60 * 60 * 1000;
/** Rows are left over seldom, and finding them is a look at all of them. */
const ROWS_EVERY_MS = 24 * ORPHAN_AGE_MS;
/** Rows that one statement looks at. */
const LOOKED_AT = 10_000;
/** Files that one statement is about. */
const STEP = 500;

interface BlobSweepOptions {
  db: Database;
  clock: Clock;
  /** Folder of the files. */
  root: string;
  segmentSweep: SegmentSweep;
  /** Null where there is no bucket. */
  objectSweep: ObjectSweep | null;
  remove(trx: Transaction, ids: readonly number[]): Promise<void>;
}

export interface BlobSweep {
  /** All that is left over, of which there is nothing in the folder of another replica. */
  sweep(): Promise<number>;
  /** What is left over in the folder. */
  sweepFolder(): Promise<number>;
}

export function createBlobSweep(options: BlobSweepOptions): BlobSweep {
  const { db, clock, root, segmentSweep, objectSweep, remove } = options;
  let rowsSweptAt = Number.NEGATIVE_INFINITY;

  return { sweep, sweepFolder };

  async function sweep(): Promise<number> {
    const isDaily = Math.abs(clock.now() - rowsSweptAt) >= ROWS_EVERY_MS;
    if (isDaily) {
      rowsSweptAt = clock.now();
      await sweepRows();
      await segmentSweep.compact();
    }
    let swept = await sweepFolder();
    // Last: the folder is swept whether the bucket answers or not. What is cut off goes on an hour later, or the next day.
    if (objectSweep) swept += await objectSweep.released();
    if (objectSweep && isDaily) swept += await objectSweep.orphans();
    return swept;
  }

  async function sweepFolder(): Promise<number> {
    let swept = await segmentSweep.sweep();
    // Segments have a sweep of their own.
    for (const folder of (await namesIn(root)).filter((name) => name !== SEGMENTS)) {
      const files = await readdir(join(root, folder));
      for (let start = 0; start < files.length; start += STEP) {
        swept += await sweepFiles(folder, files.slice(start, start + STEP));
      }
    }
    return swept;
  }

  /** No two files share a name, so one that nobody points to stays so: nothing can be put in its place meanwhile. */
  async function sweepFiles(folder: string, files: readonly string[]): Promise<number> {
    const old: string[] = [];
    for (const file of files) {
      const writtenAt = await timeOf(join(root, folder, file));
      if (writtenAt !== null && clock.now() - writtenAt >= ORPHAN_AGE_MS) old.push(file);
    }
    if (old.length === 0) return 0;
    const rows = folder === 'incoming' ? [] : await db.write('core_blobs').whereIn('file', old).select('file');
    const kept = new Set(rows.map(({ file }) => file));
    const orphans = old.filter((file) => !kept.has(file));
    for (const file of orphans) await rm(join(root, folder, file), { force: true });
    return orphans.length;
  }

  /** A row is made in the transaction of who points to it, so what nobody points to after an hour is left over. */
  async function sweepRows(): Promise<void> {
    const references = await referencesToBlobs(db);
    const before = clock.now() - ORPHAN_AGE_MS;
    const isOrphan = references.map(() => 'not exists (select 1 from ?? where ?? = core_blobs.id)').join(' and ');
    const range = await db.read('core_blobs').min({ oldest: 'id' }).max({ newest: 'id' }).first();
    const newest = Number(range?.newest ?? 0);
    for (let after = Number(range?.oldest ?? 1) - 1; after < newest; after += LOOKED_AT) {
      const orphans = await db
        .read('core_blobs')
        .where('id', '>', after)
        .where('id', '<=', after + LOOKED_AT)
        .where('created_at', '<', before)
        .whereRaw(isOrphan || '1 = 1', references.flat())
        .select('id');
      const ids = orphans.map(({ id }) => id);
      if (ids.length > 0) await db.transaction((trx) => remove(trx, ids));
    }
  }
}

/** Every column that points to a blob: what the foreign keys of the database say, whichever plugin is enabled. */
async function referencesToBlobs({ client, read }: Database): Promise<[table: string, column: string][]> {
  const found =
    client === 'pg'
      ? await read.raw(`select c.conrelid::regclass::text as place, a.attname as name from pg_constraint c
          join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
          where c.contype = 'f' and c.confrelid = 'core_blobs'::regclass`)
      : await read.raw(`select m.name as place, f."from" as name from sqlite_master m
          join pragma_foreign_key_list(m.name) f where m.type = 'table' and f."table" = 'core_blobs'`);
  return rowsOf<{ place: string; name: string }>(found).map(({ place, name }) => [place, name]);
}

/** When the file was written, or its row deleted; null when it is gone. */
async function timeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
