/**
 * Blobs: raw mail and files. Up to 64 KiB they are rows, so that many of them cost one fsync; bigger ones are files, each
 * under a name of its own that begins with the hash of its content, fsynced before a row points to them.
 */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { codeOf } from '../errors.ts';
import { createBlobSweep } from './blob-sweep.ts';
import type { Database, Transaction } from './database.ts';
import { insertMany } from './insert-many.ts';

/** Table `core_blobs`. */
export interface BlobRow {
  id: number;
  size_bytes: number;
  /** Content, or null when it is a file. */
  content: Buffer | null;
  /** Name of a file: it begins with the SHA-256 of its content in hex, or with a part of it. */
  file: string | null;
  created_at: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    core_blobs: BlobRow;
  }
}

/** Bytes that are safe to commit: in memory for a row, or already durable in a file. */
export type StoredBytes = { sizeBytes: number } & ({ content: Buffer } | { file: string });

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
  /** All bytes of several small blobs, by id; those that are files or larger than 64 KiB are left out. */
  readRows(ids: readonly number[]): Promise<Map<number, Buffer>>;
  stream(id: number): Promise<{ sizeBytes: number; stream: Readable }>;
  /** Deletes rows inside the caller's transaction. Their files go an hour later, by `sweep`. */
  remove(trx: Transaction, ids: readonly number[]): Promise<void>;
  /**
   * Deletes rows that no foreign key of any table has pointed to for an hour, and files that no row has pointed to for an
   * hour. Gives how many files.
   */
  sweep(): Promise<number>;
  /** Closes the folders that stay open while files are written. */
  close(): Promise<void>;
}

export interface BlobWriter {
  /** Gives a promise when the writer has to catch up with the disk, nothing while all is in memory. */
  write(chunk: Buffer): Promise<void> | undefined;
  finish(): Promise<StoredBytes>;
  /** Forgets what was written. */
  abort(): Promise<void>;
}

const MAX_ROW_BYTES = 64 * 1024;
/** Bytes that wait in memory before a file is begun. Times the number of connections, this is what senders can fill. */
const MAX_BUFFERED_BYTES = 256 * 1024;
/** Rows that one statement deletes. */
const STEP = 500;

export function createBlobs({ db, clock, dataDir }: { db: Database; clock: Clock; dataDir: string }): Blobs {
  const root = join(dataDir, 'files');
  /** Folders that were written to, by name. */
  const folders = new Map<string, Promise<FileHandle>>();
  const pathOf = (file: string): string => join(root, file.slice(0, 2), file);
  const sweep = createBlobSweep({ db, clock, root, remove });

  return { writer, bytesOf, discard, insert, read, readRows, stream, remove, sweep, close };

  function writer(): BlobWriter {
    let chunks: Buffer[] = [];
    let sizeBytes = 0;
    let spill: { path: string; handle: FileHandle; hash: Hash } | null = null;

    return {
      write(chunk) {
        sizeBytes += chunk.length;
        chunks.push(chunk);
        return sizeBytes > MAX_BUFFERED_BYTES ? flush() : undefined;
      },
      async finish() {
        if (sizeBytes <= MAX_ROW_BYTES) return { sizeBytes, content: Buffer.concat(chunks, sizeBytes) };
        if (!spill) return { sizeBytes, file: await writeFile(chunks) };
        await flush();
        await spill.handle.datasync();
        await spill.handle.close();
        return { sizeBytes, file: await putInPlace(spill.path, nameOf(spill.hash)) };
      },
      async abort() {
        chunks = [];
        await spill?.handle.close().catch(() => {});
        if (spill) await rm(spill.path, { force: true });
      },
    };

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

  /** A whole file at once, under a name of its own: renaming would wait for the file system's journal. */
  async function writeFile(chunks: readonly Buffer[]): Promise<string> {
    const hash = createHash('sha256');
    for (const chunk of chunks) hash.update(chunk);
    const file = nameOf(hash);
    const folder = await openFolder(file.slice(0, 2));
    const handle = await open(pathOf(file), 'wx', 0o600);
    try {
      await writeAll(handle, chunks);
      await handle.datasync();
    } finally {
      void handle.close();
    }
    await folder.sync();
    return file;
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
    return 'content' in stored ? stored.content : readFile(pathOf(stored.file));
  }

  async function discard(stored: StoredBytes): Promise<void> {
    if ('file' in stored) await rm(pathOf(stored.file), { force: true });
  }

  function insert(trx: Transaction, blobs: readonly StoredBytes[]): Promise<number[]> {
    const now = clock.now();
    const rows = blobs.map((blob) => [
      blob.sizeBytes,
      'content' in blob ? blob.content : null,
      'file' in blob ? blob.file : null,
      now,
    ]);
    return insertMany(trx, 'core_blobs', ['size_bytes', 'content', 'file', 'created_at'], rows);
  }

  async function find(id: number): Promise<BlobRow> {
    const row = await db.read('core_blobs').where({ id }).first();
    if (!row) throw new Error(`There is no blob ${id}`);
    return row;
  }

  async function read(id: number): Promise<Buffer> {
    const { file, content } = await find(id);
    return file ? readFile(pathOf(file)) : (content ?? Buffer.alloc(0));
  }

  async function readRows(ids: readonly number[]): Promise<Map<number, Buffer>> {
    const rows = await db.read('core_blobs').whereIn('id', ids).whereNotNull('content').select('id', 'content');
    return new Map(rows.map(({ id, content }) => [id, content ?? Buffer.alloc(0)]));
  }

  async function stream(id: number): Promise<{ sizeBytes: number; stream: Readable }> {
    const row = await find(id);
    const source = row.file ? createReadStream(pathOf(row.file)) : Readable.from([row.content ?? Buffer.alloc(0)]);
    return { sizeBytes: row.size_bytes, stream: source };
  }

  /** The hour of a file counts from now on. A rollback leaves it a file that has just been touched. */
  async function remove(trx: Transaction, ids: readonly number[]): Promise<void> {
    const now = new Date(clock.now());
    for (let start = 0; start < ids.length; start += STEP) {
      const step = ids.slice(start, start + STEP);
      const rows = await trx('core_blobs').whereIn('id', step).whereNotNull('file').select('file');
      for (const { file } of rows) if (file) await touch(pathOf(file), now);
      await trx('core_blobs').whereIn('id', step).delete();
    }
  }

  async function close(): Promise<void> {
    const open = [...folders.values()];
    folders.clear();
    for (const folder of open) await (await folder).close();
  }
}

/** A name of its own, also for content that is there already. */
function nameOf(hash: Hash): string {
  return `${hash.digest('hex').slice(0, 48)}-${randomUUID().slice(0, 8)}`;
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
