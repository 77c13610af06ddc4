/**
 * What lies in this replica's folder goes to the bucket, so that every replica has it: bytes from before there was one, and those
 * that a restore has put there. Until all of it is there a note in the database says so, and who finds bytes nowhere tries again.
 */
import { createHash, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, timeWindow } from '../clock.ts';
import { codeOf, messageOf } from '../errors.ts';
import { namesIn } from '../names-in.ts';
import type { Logger } from '../observability/log.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type BlobRow, nameOfBlob, placedOf } from './blob-rows.ts';
import type { Database, Transaction } from './database.ts';
import type { ObjectSweep } from './object-sweep.ts';
import { SEGMENTS, type Segments } from './segments.ts';

export interface FolderMove {
  /** Notes that there is something to move; to be awaited before anybody is served. */
  note(): Promise<void>;
  /** Moves it beside everything else, as often as it takes. */
  run(log: Logger): void;
  stop(): Promise<void>;
}

interface Parts {
  db: Database;
  clock: Clock;
  /** Folder of the files. */
  root: string;
  segments: Segments;
  store: ObjectStore;
  objectSweep: ObjectSweep;
  /** What nobody points to in the folder. */
  sweepFolder(): Promise<number>;
}

/** Beginning of names in `core_installation`; the value is the time at which something was moved last. */
const NOTE = 'bytes_in_folder:';
/** Where nothing was moved for so long the folder is taken for gone. */
const BELIEVED_MS = 48 * 3600_000;
const NOTED_AGAIN_MS = 10 * 60_000;
const AGAIN_MS = 30_000;
/** Backups under way find for an hour what they began with. */
const SWEPT_AFTER_MS = 65 * 60_000;
const STEP = 500;
const AT_ONCE = 4;

/** Whether bytes may lie in the folder of a replica that has not brought all of them to the bucket yet. */
export async function areOnTheirWay({ read }: Pick<Database, 'read'>, now: number): Promise<boolean> {
  const rows = await read('core_installation').where('name', 'like', `${NOTE}%`).select('value');
  const [from, to] = timeWindow(now, BELIEVED_MS);
  return rows.some(({ value }) => Number(value) >= from && Number(value) <= to);
}

export function createFolderMove(parts: Parts): FolderMove {
  const { db, clock, root, segments, store, objectSweep, sweepFolder } = parts;
  const name = `${NOTE}${randomUUID().slice(0, 8)}`;
  const ending = new AbortController();
  let notedAt: number | null = null;
  let running: Promise<void> = Promise.resolve();
  let cancelSweep = (): void => {};

  return { note, run, stop };

  async function note(): Promise<void> {
    if ((await placesIn()).length === 0) return;
    notedAt = clock.elapsed();
    const row = { name, value: String(clock.now()) };
    await db.write('core_installation').insert(row).onConflict('name').merge();
  }

  function run(log: Logger): void {
    if (notedAt !== null) running = runNoted(log);
  }

  async function runNoted(log: Logger): Promise<void> {
    while (!ending.signal.aborted) {
      try {
        const moved = (await moveFiles()) + (await moveSegments());
        if (ending.signal.aborted) return;
        await deleteOld();
        if (moved > 0) log.info({ moved, to: store.label }, 'Bytes of the folder were moved to the bucket');
        cancelSweep = clock.after(SWEPT_AFTER_MS, () => {
          running = sweepFolder().then(
            () => {},
            (error) => log.warn({ reason: messageOf(error) }, 'What is left in the folder could not be swept'),
          );
        });
        return;
      } catch (error) {
        if (ending.signal.aborted) return;
        log.warn(
          { reason: messageOf(error) },
          'Bytes of the folder could not be moved to the bucket; it is tried again',
        );
        await clock.sleep(AGAIN_MS, ending.signal);
      }
    }
  }

  /** Folders of what is whole. */
  async function placesIn(): Promise<string[]> {
    return (await namesIn(root)).filter((one) => one !== 'incoming');
  }

  async function deleteOld(): Promise<void> {
    await db.write('core_installation').where({ name }).delete();
    const [from] = timeWindow(clock.now(), BELIEVED_MS);
    const others = await db.read('core_installation').where('name', 'like', `${NOTE}%`);
    const gone = others.filter(({ value }) => Number(value) < from).map((row) => row.name);
    await db.write('core_installation').whereIn('name', gone).delete();
  }

  /** Files that rows point to. The rest is left to the sweep. */
  async function moveFiles(): Promise<number> {
    let moved = 0;
    for (const folder of (await placesIn()).filter((one) => one !== SEGMENTS)) {
      const files = await namesIn(join(root, folder));
      for (let start = 0; start < files.length; start += STEP) {
        const held = await db
          .write('core_blobs')
          .whereIn('file', files.slice(start, start + STEP))
          .distinct('file');
        const names = held.flatMap(({ file }) => (file === null ? [] : [file]));
        moved += await sideBySide(names, (file) => moveFile(file, join(root, folder, file)));
      }
    }
    return moved;
  }

  /** The name stays, so no row changes: it is read in the folder until it is gone there. */
  async function moveFile(file: string, path: string): Promise<void> {
    try {
      await store.putFile(file, path);
    } catch (error) {
      // Its row was deleted, or another replica that shares the folder was faster.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
    await rm(path, { force: true });
  }

  async function moveSegments(): Promise<number> {
    let moved = 0;
    for (const segment of await namesIn(segments.folder)) {
      for (let after: number | null = 0; after !== null && !ending.signal.aborted; ) {
        const rows: BlobRow[] = await db
          .read('core_blobs')
          .where({ segment })
          .where('id', '>', after)
          .orderBy('id')
          .limit(STEP);
        moved += await sideBySide(rows, moveOut);
        after = rows.at(-1)?.id ?? null;
      }
    }
    return moved;
  }

  async function moveOut(row: BlobRow): Promise<void> {
    const placed = placedOf(row);
    // What is damaged stays where it is.
    const bytes = placed && (await segments.read(placed).catch(() => null));
    if (!bytes) return;
    const isRow = bytes.length <= store.rowBytes;
    const file = isRow ? null : nameOfBlob(createHash('sha256').update(bytes));
    if (file !== null) await store.put(file, bytes);
    await db.transaction((trx) => pointTo(trx, row, { content: isRow ? bytes : null, file }));
  }

  /** Its place in the segment is released as that of a deleted one. An object that no row points to is found by the sweep. */
  async function pointTo(trx: Transaction, row: BlobRow, to: Pick<BlobRow, 'content' | 'file'>): Promise<void> {
    const { id, segment, segment_offset, size_bytes } = row;
    const none = { segment: null, segment_offset: null, checksum: null };
    const moved = await trx('core_blobs')
      .where({ id, segment })
      .update({ ...to, ...none });
    if (moved === 0 || segment === null) return;
    const released = { segment, segment_offset: segment_offset ?? 0, size_bytes, released_at: clock.now() };
    await trx('core_released_bytes').insert(released);
  }

  async function sideBySide<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<number> {
    let moved = 0;
    for (let start = 0; start < items.length && !ending.signal.aborted; start += AT_ONCE) {
      await objectSweep.mustBeOurs();
      const some = items.slice(start, start + AT_ONCE);
      await Promise.all(some.map(work));
      moved += some.length;
      if (notedAt !== null && clock.elapsed() - notedAt > NOTED_AGAIN_MS) await note();
    }
    return moved;
  }

  async function stop(): Promise<void> {
    ending.abort();
    cancelSweep();
    await running;
  }
}
