/**
 * What is left of segments when their blobs are deleted. One without blobs goes; one with few is copied together with others;
 * in the rest the bytes of deleted blobs are overwritten. All of it later, so that backups under way find what they began with.
 */
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, timeWindow } from '../clock.ts';
import { codeOf } from '../errors.ts';
import { namesIn } from '../names-in.ts';
import { type BlobRow, placedOf, type ReleasedRow } from './blob-rows.ts';
import type { Database, Transaction } from './database.ts';
import type { Placed, Segments } from './segments.ts';

export interface SegmentSweep {
  /** Deletes segments that hold nothing any more and overwrites what is deleted; gives how many segments went. */
  sweep(): Promise<number>;
  /** Copies together what is left in segments of which most is deleted. Looks at all of them. */
  compact(): Promise<void>;
}

/** Nobody appends to a segment any more that has not changed for so long, and every backup of its blobs has found it. */
const KEPT_MS = 60 * 60_000;
/** A backup may have the file itself, under a second name: what it packs is left as it is for a day. */
const OVERWRITTEN_MS = 24 * KEPT_MS;
const STEP = 500;
/** Copied at once; each is a write and a transaction that others wait for. */
const COPIED_AT_ONCE = 50;
/** To copy together smaller ones saves nothing. */
const WORTH_BYTES = 1024 * 1024;

interface Options {
  db: Database;
  clock: Clock;
  segments: Segments;
}

export function createSegmentSweep({ db, clock, segments }: Options): SegmentSweep {
  return { sweep, compact };

  async function sweep(): Promise<number> {
    const files = await settledFiles();
    let gone = 0;
    for (let start = 0; start < files.length; start += STEP)
      gone += await removeEmpty(files.slice(start, start + STEP));
    await overwriteReleased();
    return gone;
  }

  async function removeEmpty(files: readonly SettledFile[]): Promise<number> {
    const names = files.map(({ name }) => name);
    const held = await db.write('core_blobs').whereIn('segment', names).distinct('segment');
    const late = await db
      .write('core_released_bytes')
      .whereIn('segment', names)
      .whereBetween('released_at', timeWindow(clock.now(), KEPT_MS))
      .distinct('segment');
    const kept = new Set([...held, ...late].map(({ segment }) => segment));
    const empty = names.filter((name) => !kept.has(name));
    for (const name of empty) await rm(join(segments.folder, name), { force: true });
    if (empty.length > 0) await db.write('core_released_bytes').whereIn('segment', empty).delete();
    return empty.length;
  }

  async function overwriteReleased(): Promise<void> {
    for (let after = 0; ; ) {
      const rows = await db
        .read('core_released_bytes')
        .where('id', '>', after)
        .whereNotBetween('released_at', timeWindow(clock.now(), OVERWRITTEN_MS))
        .orderBy('id')
        .limit(STEP);
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
      const done = rows.filter(({ segment }) => !segments.isRecent(segment));
      for (const name of new Set(done.map(({ segment }) => segment))) {
        await overwrite(
          name,
          done.filter(({ segment }) => segment === name),
        );
      }
      const ids = done.map(({ id }) => id);
      await db.write('core_released_bytes').whereIn('id', ids).delete();
    }
  }

  async function overwrite(name: string, ranges: readonly ReleasedRow[]): Promise<void> {
    try {
      const handle = await open(join(segments.folder, name), 'r+');
      try {
        for (const { segment_offset, size_bytes } of ranges) {
          await handle.write(Buffer.alloc(Number(size_bytes)), 0, Number(size_bytes), Number(segment_offset));
        }
        await handle.datasync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }

  async function compact(): Promise<void> {
    for (const { name, sizeBytes } of await settledFiles()) {
      const found = await db.read('core_blobs').where({ segment: name }).sum({ live: 'size_bytes' }).first();
      const live = Number(found?.live ?? 0);
      if (live > 0 && live < sizeBytes / 2 && sizeBytes - live >= WORTH_BYTES) await moveOut(name);
    }
  }

  async function moveOut(segment: string): Promise<void> {
    for (let after = 0; ; ) {
      const rows = await db
        .read('core_blobs')
        .where({ segment })
        .where('id', '>', after)
        .orderBy('id')
        .limit(COPIED_AT_ONCE);
      const last = rows.at(-1);
      if (!last) return;
      after = last.id;
      const copies = await Promise.all(rows.map(copyOf));
      await db.transaction((trx) =>
        pointTo(
          trx,
          segment,
          copies.filter((copy) => copy !== null),
        ),
      );
    }
  }

  /** Null for what is damaged: it stays where it is. */
  async function copyOf(row: BlobRow): Promise<{ row: BlobRow; placed: Placed } | null> {
    const from = placedOf(row);
    if (!from) return null;
    const bytes = await segments.read(from).catch(() => null);
    return bytes && { row, placed: await segments.append([bytes], bytes.length) };
  }

  async function pointTo(
    trx: Transaction,
    segment: string,
    copies: readonly { row: BlobRow; placed: Placed }[],
  ): Promise<void> {
    for (const { row, placed } of copies) {
      const moved = await trx('core_blobs')
        .where({ id: row.id, segment })
        .update({ segment: placed.segment, segment_offset: placed.offset });
      const [nobodys, offset] = moved > 0 ? [segment, row.segment_offset] : [placed.segment, placed.offset];
      await trx('core_released_bytes').insert({
        segment: nobodys,
        segment_offset: offset ?? 0,
        size_bytes: row.size_bytes,
        released_at: clock.now(),
      });
    }
  }

  /** Those that nobody appends to any more. */
  async function settledFiles(): Promise<SettledFile[]> {
    const settled: SettledFile[] = [];
    for (const name of await namesIn(segments.folder)) {
      if (segments.isRecent(name)) continue;
      const found = await stat(join(segments.folder, name)).catch(() => null);
      if (found && clock.now() - found.mtimeMs >= KEPT_MS) settled.push({ name, sizeBytes: found.size });
    }
    return settled;
  }
}

interface SettledFile {
  name: string;
  sizeBytes: number;
}
