/**
 * Segments: files to which blobs are appended one behind the other. All that waits at one moment is one write, durable when it
 * returns, so that a hundred mails cost one sync and make no file. A process appends to files of its own, which are begun
 * anew from time to time: what nobody has appended to for an hour never grows again (see segment-sweep.ts).
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Clock } from '../clock.ts';
import { codeOf } from '../errors.ts';
import { isOutOfSpace } from './database-errors.ts';
import { readWhole, type SegmentPlace } from './segment-place.ts';

export interface Segments {
  /** Appends the bytes with all that others append at this moment; resolves when they are durable. */
  append(chunks: readonly Buffer[], sizeBytes: number): Promise<Placed>;
  /** Where the bytes lie, for who reads them in a thread. */
  placeOf(placed: Placed): SegmentPlace;
  /** Throws when they are damaged, and ENOENT when the segment is gone. */
  read(placed: Placed): Promise<Buffer>;
  /** Whether this process may still append to it, or has done so lately: nobody deletes it. */
  isRecent(segment: string): boolean;
  /** Folder of the segments. */
  folder: string;
  close(): Promise<void>;
}

/** Where a blob lies. */
export interface Placed {
  segment: string;
  offset: number;
  sizeBytes: number;
  /** CRC-32 of its bytes: tells torn and damaged bytes from those that were written. */
  checksum: number;
}

interface Waiting {
  chunks: readonly Buffer[];
  sizeBytes: number;
  resolve(placed: Placed): void;
  reject(error: unknown): void;
}

interface Current {
  name: string;
  handle: FileHandle;
  size: number;
  /** As the clock's `elapsed`, which nobody sets. */
  begunAt: number;
}

/** Its folder, beside those of files. */
export const SEGMENTS = 'segments';
const MOST_BYTES = 64 * 1024 * 1024;
const LONGEST_MS = 30 * 60_000;
const RECENT_MS = 2 * 3600_000;
/** Of one write. */
const GROUP_BYTES = 8 * 1024 * 1024;
/** A write returns when its bytes, and how long the file is, are on the disk (open(2), O_DSYNC): one trip, not two. */
const DURABLE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_DSYNC;

/** Whether a file of this size, last written to at this time, may still be appended to by any process. */
export function mayGrow({ size, mtimeMs }: { size: number; mtimeMs: number }): boolean {
  return size < MOST_BYTES && Date.now() - mtimeMs < RECENT_MS;
}

export function createSegments({ root, clock }: { root: string; clock: Clock }): Segments {
  const folder = join(root, SEGMENTS);
  const queue: Waiting[] = [];
  /** When each segment of this process was begun. */
  const recent = new Map<string, number>();
  let current: Current | null = null;
  let running: Promise<void> | null = null;

  return { append, placeOf, read, isRecent, folder, close };

  function append(chunks: readonly Buffer[], sizeBytes: number): Promise<Placed> {
    return new Promise((resolve, reject) => {
      queue.push({ chunks, sizeBytes, resolve, reject });
      running ??= run();
    });
  }

  async function run(): Promise<void> {
    while (queue.length > 0) await writeGroup(nextGroup());
    running = null;
  }

  function nextGroup(): Waiting[] {
    let bytes = 0;
    const end = queue.findIndex(({ sizeBytes }, index) => {
      bytes += sizeBytes;
      return index > 0 && bytes > GROUP_BYTES;
    });
    return queue.splice(0, end < 0 ? queue.length : end);
  }

  async function writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      let placed = await written(group);
      while (placed === null) placed = await written(group);
      for (const [waiting, place] of placed) waiting.resolve(place);
    } catch (error) {
      await takeBack(error);
      for (const { reject } of group) reject(error);
    }
  }

  /**
   * Null when the file is no longer there: a replica whose clock is hours ahead, or that ran while this machine stood still,
   * takes a segment without rows for one that is left over.
   */
  async function written(group: readonly Waiting[]): Promise<[Waiting, Placed][] | null> {
    const isNew = current === null;
    const segment = await segmentToWrite();
    const writing = Promise.all([
      writeAll(segment.handle, group, segment.size),
      isNew || hasName(join(folder, segment.name)),
    ]);
    const placed = placesIn(segment, group);
    const [bytes, isThere] = await writing;
    if (!isThere) {
      await putAway();
      return null;
    }
    segment.size += bytes;
    return placed;
  }

  /**
   * What came after the last whole group is in no row. A disk that is full gets it back, since the database needs the room,
   * and the segment stays: a new one for each mail that is refused would be a file each.
   */
  async function takeBack(error: unknown): Promise<void> {
    const isWhole = await current?.handle.truncate(current.size).then(
      () => true,
      () => false,
    );
    if (!isWhole || !isOutOfSpace(error)) await putAway();
  }

  async function segmentToWrite(): Promise<Current> {
    if (current && (current.size >= MOST_BYTES || clock.elapsed() - current.begunAt > LONGEST_MS)) await putAway();
    current ??= await begin();
    return current;
  }

  /** Its name becomes durable before anything may point to it. */
  async function begin(): Promise<Current> {
    await mkdir(folder, { recursive: true });
    const name = `${Date.now().toString(36)}-${randomBytes(5).toString('hex')}`;
    const handle = await open(join(folder, name), DURABLE, 0o600);
    try {
      for (const one of [folder, root]) await syncFolder(one);
    } catch (error) {
      await handle.close();
      throw error;
    }
    const begunAt = clock.elapsed();
    for (const [known, at] of recent) if (begunAt - at > RECENT_MS) recent.delete(known);
    recent.set(name, begunAt);
    return { name, handle, size: 0, begunAt };
  }

  async function putAway(): Promise<void> {
    const last = current;
    current = null;
    await last?.handle.close().catch(() => {});
  }

  function placeOf({ segment, offset, sizeBytes, checksum }: Placed): SegmentPlace {
    return { path: join(folder, segment), offset, sizeBytes, checksum };
  }

  function read(placed: Placed): Promise<Buffer> {
    return readWhole(placeOf(placed));
  }

  function isRecent(segment: string): boolean {
    const begunAt = recent.get(segment);
    return begunAt !== undefined && clock.elapsed() - begunAt < RECENT_MS;
  }

  async function close(): Promise<void> {
    while (running) await running;
    await putAway();
  }
}

/** Where each will lie; worked out while they are written. */
function placesIn({ name, size }: Current, group: readonly Waiting[]): [Waiting, Placed][] {
  let offset = size;
  return group.map((waiting) => {
    const { chunks, sizeBytes } = waiting;
    const placed = { segment: name, offset, sizeBytes, checksum: checksumOf(chunks) };
    offset += sizeBytes;
    return [waiting, placed];
  });
}

function checksumOf(chunks: readonly Buffer[]): number {
  return chunks.reduce((sum, chunk) => crc32(chunk, sum), 0);
}

/** A disk that fills up takes a part and says nothing until the next call. */
async function writeAll(handle: FileHandle, group: readonly Waiting[], position: number): Promise<number> {
  const expected = group.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const { bytesWritten } = await handle.writev(
    group.flatMap(({ chunks }) => chunks),
    position,
  );
  if (bytesWritten === expected) return expected;
  throw Object.assign(new Error('The disk took only a part of a segment'), { code: 'ENOSPC' });
}

function hasName(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error) => codeOf(error) !== 'ENOENT',
  );
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
