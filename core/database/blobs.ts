/**
 * Blobs: raw mail and files. Up to 64 KiB they are rows, so that many of them cost one fsync;
 * bigger ones are files named by the hash of their content, fsynced before a row points to them.
 */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from './database.ts';
import { insertMany } from './insert-many.ts';

/** Table `core_blobs`. */
export interface BlobRow {
  id: number;
  size_bytes: number;
  /** Content, or null when it is a file. */
  content: Buffer | null;
  /** SHA-256 in hex of a file's content. */
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
  /** Inserts rows inside the caller's transaction; gives their ids in order. */
  insert(trx: Transaction, blobs: readonly StoredBytes[]): Promise<number[]>;
  /** All bytes. For what has a known bound; use `stream` for the rest. Throws when there is no such blob. */
  read(id: number): Promise<Buffer>;
  /** All bytes of several small blobs, by id; those that are files or larger than 64 KiB are left out. */
  readRows(ids: readonly number[]): Promise<Map<number, Buffer>>;
  stream(id: number): Promise<{ sizeBytes: number; stream: Readable }>;
  /** Deletes rows inside the caller's transaction. Their files go later, by `sweep`. */
  remove(trx: Transaction, ids: readonly number[]): Promise<void>;
  /** Deletes files that no row has pointed to for an hour. */
  sweep(): Promise<number>;
}

export interface BlobWriter {
  /** Gives a promise when the writer has to catch up with the disk, nothing while all is in memory. */
  write(chunk: Buffer): Promise<void> | undefined;
  finish(): Promise<StoredBytes>;
  /** Forgets what was written. */
  abort(): Promise<void>;
}

const MAX_ROW_BYTES = 64 * 1024;
/** A file without a row is kept this long: a backup or a transaction may still be about to point to it. */
const ORPHAN_AGE_MS = 60 * 60 * 1000;

export function createBlobs({ db, clock, dataDir }: { db: Database; clock: Clock; dataDir: string }): Blobs {
  const root = join(dataDir, 'files');
  const pathOf = (hash: string): string => join(root, hash.slice(0, 2), hash);
  return { writer, insert, read, readRows, stream, remove, sweep };

  function writer(): BlobWriter {
    let chunks: Buffer[] = [];
    let sizeBytes = 0;
    let spill: { path: string; handle: FileHandle; hash: Hash } | null = null;

    return {
      write(chunk) {
        sizeBytes += chunk.length;
        chunks.push(chunk);
        return sizeBytes > MAX_ROW_BYTES ? flush() : undefined;
      },
      async finish() {
        if (!spill) return { sizeBytes, content: Buffer.concat(chunks, sizeBytes) };
        await flush();
        await spill.handle.datasync();
        await spill.handle.close();
        const file = spill.hash.digest('hex');
        await putInPlace(spill.path, file);
        return { sizeBytes, file };
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
      spill ??= { ...(await openTemporary()), hash: createHash('sha256') };
      for (const chunk of waiting) spill.hash.update(chunk);
      await spill.handle.writev(waiting);
    }
  }

  async function openTemporary(): Promise<{ path: string; handle: FileHandle }> {
    const folder = join(root, 'incoming');
    await mkdir(folder, { recursive: true });
    const path = join(folder, randomUUID());
    return { path, handle: await open(path, 'wx', 0o600) };
  }

  /** The name becomes durable with its folder, so both are synced before anyone may point to it. */
  async function putInPlace(temporary: string, hash: string): Promise<void> {
    const folder = join(root, hash.slice(0, 2));
    await mkdir(folder, { recursive: true });
    await rename(temporary, pathOf(hash));
    const directory = await open(folder, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
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
    const { stream: source } = await stream(id);
    const chunks: Buffer[] = [];
    for await (const chunk of source) chunks.push(chunk);
    return Buffer.concat(chunks);
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

  async function remove(trx: Transaction, ids: readonly number[]): Promise<void> {
    for (let start = 0; start < ids.length; start += 500) {
      await trx('core_blobs')
        .whereIn('id', ids.slice(start, start + 500))
        .delete();
    }
  }

  async function sweep(): Promise<number> {
    let swept = 0;
    for (const folder of await foldersIn(root)) {
      for (const file of await readdir(join(root, folder))) {
        const path = join(root, folder, file);
        if (clock.now() - (await stat(path)).mtimeMs < ORPHAN_AGE_MS) continue;
        if (folder !== 'incoming' && (await db.read('core_blobs').where({ file }).first('id'))) continue;
        await rm(path, { force: true });
        swept++;
      }
    }
    return swept;
  }
}

async function foldersIn(root: string): Promise<string[]> {
  try {
    return await readdir(root);
  } catch {
    return [];
  }
}
