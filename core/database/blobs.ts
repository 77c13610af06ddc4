/**
 * Blobs: raw mail and files. Up to 256 KiB they lie in segments, to which all that waits at one moment is appended by one durable
 * write; bigger ones are files, each under a name of its own that begins with the hash of its content, synced before a row
 * points to them. Beside PostgreSQL small ones are rows: replicas then need no disk in common for most mail. Where a bucket takes
 * them (`storage`), all that are no rows are objects of it, and what lies in the folder is moved there: of a name both may have the
 * bytes.
 */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { codeOf, coreErrors } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type BlobRow, nameOfBlob, placedOf } from './blob-rows.ts';
import { createBlobSweep } from './blob-sweep.ts';
import type { Database, Transaction } from './database.ts';
import { areOnTheirWay, createFolderMove } from './folder-move.ts';
import { insertMany } from './insert-many.ts';
import { createObjectSweep } from './object-sweep.ts';
import type { SegmentPlace } from './segment-place.ts';
import { createSegmentSweep } from './segment-sweep.ts';
import { createSegments, type Placed } from './segments.ts';

/** Bytes that are safe to commit: in memory for a row, or already durable in a file or a segment. */
export type StoredBytes = ({ sizeBytes: number } & ({ content: Buffer } | { file: string })) | Placed;
/** Bytes as they are handed to a thread: themselves, or where they lie. */
export type BytesOrPlace = Uint8Array | SegmentPlace;

export interface Blobs {
  /** Collects bytes as they come; `finish` makes them durable (files) or ready for a row. */
  writer(): BlobWriter;
  /**
   * Inserts rows inside the caller's transaction; gives their ids in order. Whoever keeps an id keeps it in a column with a
   * foreign key to `core_blobs`: what no foreign key points to is deleted.
   */
  insert(trx: Transaction, blobs: readonly StoredBytes[]): Promise<number[]>;
  /** All bytes of what a writer has finished and nobody has inserted yet. */
  bytesOf(stored: StoredBytes): Promise<Buffer>;
  /** Forgets what was written and is in no row. */
  discard(stored: StoredBytes): Promise<void>;
  /** All bytes. For what has a known bound; use `stream` for the rest. Throws when there is no such blob. */
  read(id: number): Promise<Buffer>;
  /** Several blobs for threads, by id; those that are files, or about to be moved, are left out. */
  locate(ids: readonly number[]): Promise<Map<number, BytesOrPlace>>;
  /** Throws as `read` does, before anything of it is read. */
  stream(id: number): Promise<{ sizeBytes: number; stream: Readable }>;
  /** Deletes rows inside the caller's transaction. Their files go an hour later, by `sweep`. */
  remove(trx: Transaction, ids: readonly number[]): Promise<void>;
  /**
   * Deletes rows that no foreign key of any table has pointed to for an hour, and files that no row has pointed to for an
   * hour. Gives how many files.
   */
  sweep(): Promise<number>;
  /** Whether the bucket answers, and what it is called; null where there is none. Throws `unavailable`. */
  storeHealth: (() => Promise<{ ok: boolean; detail: Record<string, unknown> }>) | null;
  /**
   * At a start: whether the bucket is this installation's. Throws a ConfigError, and `unavailable` when it does not answer. What lies
   * in the folder is moved there from now on.
   */
  claimStore(log: Logger): Promise<void>;
  /** Closes what stays open while blobs are written. */
  close(): Promise<void>;
}

export interface BlobWriter {
  /** Gives a promise when the writer has to catch up with the disk, nothing while all is in memory. */
  write(chunk: Buffer): Promise<void> | undefined;
  finish(): Promise<StoredBytes>;
  /** Forgets what was written. */
  abort(): Promise<void>;
}

/** What has become too large for the memory. */
interface Spill {
  path: string;
  handle: FileHandle;
  hash: Hash;
}

/** What is a row, by database. */
const MAX_ROW_BYTES = { sqlite: 0, pg: 64 * 1024 };
/** Bytes that wait in memory before a file is begun. Times the number of connections, this is what senders can fill. */
const MAX_BUFFERED_BYTES = 256 * 1024;
const COLUMNS = ['size_bytes', 'content', 'file', 'segment', 'segment_offset', 'checksum', 'created_at'];
/** Rows that one statement deletes. */
const STEP = 500;

interface BlobParts {
  db: Database;
  clock: Clock;
  dataDir: string;
  /** The bucket beside the folder; null where there is none. */
  store: ObjectStore | null;
}

export function createBlobs({ db, clock, dataDir, store }: BlobParts): Blobs {
  const root = join(dataDir, 'files');
  /** Folders that were written to, by name. */
  const folders = new Map<string, Promise<FileHandle>>();
  const pathOf = (file: string): string => join(root, file.slice(0, 2), file);
  const segments = createSegments({ root, clock });
  const segmentSweep = createSegmentSweep({ db, clock, segments });
  const objectSweep = store && createObjectSweep({ db, clock, store });
  const { sweep, sweepFolder } = createBlobSweep({ db, clock, root, segmentSweep, objectSweep, remove });
  const taker = store?.takesNew ? store : null;
  const folderMove =
    taker && objectSweep && createFolderMove({ db, clock, root, segments, store: taker, objectSweep, sweepFolder });
  const maxRowBytes = taker?.rowBytes ?? (db.client === 'pg' ? MAX_ROW_BYTES.pg : MAX_ROW_BYTES.sqlite);

  const storeHealth = objectSweep && (() => objectSweep.health());

  return { writer, bytesOf, discard, insert, read, locate, stream, remove, sweep, storeHealth, claimStore, close };

  async function claimStore(log: Logger): Promise<void> {
    await folderMove?.note();
    try {
      await objectSweep?.claim();
    } finally {
      folderMove?.run(log);
    }
  }

  function writer(): BlobWriter {
    let chunks: Buffer[] = [];
    let sizeBytes = 0;
    let spill: Spill | null = null;

    return {
      write(chunk) {
        sizeBytes += chunk.length;
        chunks.push(chunk);
        return sizeBytes > MAX_BUFFERED_BYTES ? flush() : undefined;
      },
      async finish() {
        if (sizeBytes <= maxRowBytes) return { sizeBytes, content: Buffer.concat(chunks, sizeBytes) };
        if (!spill) return taker ? putObject(taker) : segments.append(chunks, sizeBytes);
        await flush();
        if (taker) return putSpilled(taker, spill);
        await spill.handle.datasync();
        await spill.handle.close();
        return { sizeBytes, file: await putInPlace(spill.path, nameOfBlob(spill.hash)) };
      },
      async abort() {
        chunks = [];
        await spill?.handle.close().catch(() => {});
        if (spill) await rm(spill.path, { force: true });
      },
    };

    async function putObject(to: ObjectStore): Promise<StoredBytes> {
      const bytes = Buffer.concat(chunks, sizeBytes);
      const file = nameOfBlob(createHash('sha256').update(bytes));
      await objectSweep?.mustBeOurs();
      await to.put(file, bytes);
      return { sizeBytes, file };
    }

    /** The file has done its part, however that went: who asks again brings the bytes anew. */
    async function putSpilled(to: ObjectStore, { path, handle, hash }: Spill): Promise<StoredBytes> {
      await handle.close();
      const file = nameOfBlob(hash);
      try {
        await objectSweep?.mustBeOurs();
        await to.putFile(file, path);
      } finally {
        await rm(path, { force: true });
      }
      return { sizeBytes, file };
    }

    async function flush(): Promise<void> {
      const waiting = chunks;
      chunks = [];
      if (waiting.length === 0) return;
      if (!spill) {
        await openFolder('incoming');
        const path = join(root, 'incoming', randomUUID());
        spill = { path, handle: await open(path, 'wx', 0o600), hash: createHash('sha256') };
      }
      for (const chunk of waiting) spill.hash.update(chunk);
      await writeAll(spill.handle, waiting);
    }
  }

  /** The name becomes durable with its folder, so both are synced before anyone may point to it. */
  async function putInPlace(temporary: string, file: string): Promise<string> {
    const folder = await openFolder(file.slice(0, 2));
    await rename(temporary, pathOf(file));
    await folder.sync();
    return file;
  }

  /** The folder, which exists and has a durable name. It stays open: all files of it are synced through it. */
  function openFolder(name: string): Promise<FileHandle> {
    let folder = folders.get(name);
    if (!folder) {
      folder = makeFolder(join(root, name));
      folders.set(name, folder);
      folder.catch(() => folders.delete(name));
    }
    return folder;
  }

  async function bytesOf(stored: StoredBytes): Promise<Buffer> {
    if ('segment' in stored) return segments.read(stored);
    return 'content' in stored ? stored.content : readNamed(stored.file, stored.sizeBytes);
  }

  async function discard(stored: StoredBytes): Promise<void> {
    if (!('file' in stored)) return;
    await rm(pathOf(stored.file), { force: true });
    // What cannot be deleted now is found by the sweep.
    await taker?.remove(stored.file).catch(() => {});
  }

  /** From the folder, where older and restored ones lie, or from the bucket. */
  function readNamed(file: string, sizeBytes: number): Promise<Buffer> {
    return elseFromStore(readFile(pathOf(file)), (from) => from.read(file, sizeBytes));
  }

  async function elseFromStore<T>(here: Promise<T>, there: (from: ObjectStore) => Promise<T>): Promise<T> {
    try {
      return await here;
    } catch (error) {
      if (store === null || codeOf(error) !== 'ENOENT') throw error;
      return there(store);
    }
  }

  function insert(trx: Transaction, blobs: readonly StoredBytes[]): Promise<number[]> {
    const now = clock.now();
    const rows = blobs.map((blob) => [
      blob.sizeBytes,
      'content' in blob ? blob.content : null,
      'file' in blob ? blob.file : null,
      ...('segment' in blob ? [blob.segment, blob.offset, blob.checksum] : [null, null, null]),
      now,
    ]);
    return insertMany(trx, 'core_blobs', COLUMNS, rows);
  }

  async function find(id: number): Promise<BlobRow> {
    const row = await db.read('core_blobs').where({ id }).first();
    if (!row) throw new Error(`There is no blob ${id}`);
    return row;
  }

  async function read(id: number): Promise<Buffer> {
    const row = await find(id);
    try {
      return await readRow(row);
    } catch (error) {
      // Between the row and the segment it may have been moved elsewhere.
      const now = codeOf(error) === 'ENOENT' ? await find(id) : row;
      if (now.segment !== row.segment) return readRow(now);
      throw await asSeen(error);
    }
  }

  async function readRow(row: BlobRow): Promise<Buffer> {
    const placed = placedOf(row);
    if (placed) return segments.read(placed);
    return row.file ? readNamed(row.file, Number(row.size_bytes)) : (row.content ?? Buffer.alloc(0));
  }

  /** What is not here may lie at another replica still, which brings it to the bucket. */
  async function asSeen(error: unknown): Promise<unknown> {
    if (taker === null || codeOf(error) !== 'ENOENT' || !(await areOnTheirWay(db, clock.now()))) return error;
    const message =
      'A server is still moving files to the store of files, this one perhaps. Try again in a few minutes';
    return coreErrors.unavailable({ message, headers: { 'retry-after': '60' }, cause: error });
  }

  async function locate(ids: readonly number[]): Promise<Map<number, BytesOrPlace>> {
    const rows = await db.read('core_blobs').whereIn('id', ids).whereNull('file');
    return new Map(
      rows.flatMap((row): [number, BytesOrPlace][] => {
        const placed = placedOf(row);
        if (placed && taker) return [];
        return [[row.id, placed ? segments.placeOf(placed) : (row.content ?? Buffer.alloc(0))]];
      }),
    );
  }

  async function stream(id: number): Promise<{ sizeBytes: number; stream: Readable }> {
    const row = await find(id);
    // What is no file is small enough for the memory.
    const source = row.file ? await openNamed(row.file) : Readable.from([await read(id)]);
    return { sizeBytes: Number(row.size_bytes), stream: source };
  }

  function openNamed(file: string): Promise<Readable> {
    const here = open(pathOf(file), 'r').then((handle) => handle.createReadStream());
    return elseFromStore<Readable>(here, (from) => from.open(file)).catch(async (error) => {
      throw await asSeen(error);
    });
  }

  /** The hour of a file counts from now on. A rollback leaves it a file that has just been touched. */
  async function remove(trx: Transaction, ids: readonly number[]): Promise<void> {
    const now = new Date(clock.now());
    for (let start = 0; start < ids.length; start += STEP) {
      const step = ids.slice(start, start + STEP);
      // Locked: nothing moves to another segment between noting its place and deleting its row.
      const rows = await trx('core_blobs').whereIn('id', step).orderBy('id').forUpdate().select('file');
      for (const { file } of rows) if (file) await touch(pathOf(file), now);
      await trx.raw(
        `insert into core_released_bytes (segment, segment_offset, size_bytes, released_at)
         select segment, segment_offset, size_bytes, ? from core_blobs where segment is not null and id in (${step.map(() => '?').join(', ')})`,
        [clock.now(), ...step],
      );
      if (store) await releaseObjects(trx, step);
      await trx('core_blobs').whereIn('id', step).delete();
    }
  }

  function releaseObjects(trx: Transaction, ids: readonly number[]) {
    return trx.raw(
      `insert into core_released_objects (file, released_at)
       select file, ? from core_blobs where file is not null and id in (${ids.map(() => '?').join(', ')})`,
      [clock.now(), ...ids],
    );
  }

  async function close(): Promise<void> {
    await folderMove?.stop();
    await segments.close();
    const open = [...folders.values()];
    folders.clear();
    for (const folder of open) await (await folder).close();
  }
}

async function touch(path: string, at: Date): Promise<void> {
  try {
    await utimes(path, at, at);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

async function makeFolder(path: string): Promise<FileHandle> {
  await mkdir(path, { recursive: true });
  const parent = await open(dirname(path), 'r');
  await parent.sync();
  await parent.close();
  return open(path, 'r');
}

/** A disk that fills up takes a part and says nothing until the next call. */
async function writeAll(handle: FileHandle, chunks: readonly Buffer[]): Promise<void> {
  const expected = chunks.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await handle.writev(chunks);
  if (bytesWritten < expected)
    throw Object.assign(new Error('The disk took only a part of a file'), { code: 'ENOSPC' });
}
