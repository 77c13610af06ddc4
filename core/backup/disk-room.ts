/** Whether what is about to be written has room: a disk that a backup fills stops the server that it is of. */
import { mkdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Services } from '../services.ts';
import { BLOBS_FOLDER } from './files.ts';

const MB = 1024 * 1024;
/** Real time: the disk fills by it, however a test moves the clock. */
const LOOK_MS = 1_000;

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/** What a backup takes at most while it is written: a copy of the database, and an archive in which nothing became smaller. */
export async function backupNeeds(services: Pick<Services, 'coreConfig' | 'db'>): Promise<number> {
  const { coreConfig } = services;
  const { databaseBytes, files } = await sizes(services);
  // Of files a second name is as good as a copy, but not on another disk.
  const isLinked = await isSameDisk(join(coreConfig.dataDir, BLOBS_FOLDER), coreConfig.backups.folder);
  return 2 * databaseBytes + (isLinked ? 1 : 2) * files;
}

/** What an unpacked backup takes. */
export async function rehearsalNeeds(services: Pick<Services, 'db'>): Promise<number> {
  const { databaseBytes, files } = await sizes(services);
  return databaseBytes + files;
}

/** A sentence when there is not so much room, and what is to stay free besides; else null. */
export async function lackOfRoom(folder: string, needed: number, leaveFreeMb: number): Promise<string | null> {
  const free = await freeBytes(folder);
  if (free >= needed + leaveFreeMb * MB) return null;
  const [needs, has] = [needed, free].map((bytes) => Math.ceil(bytes / MB));
  return `It needs ${needs} MB in ${folder}, where ${has} MB are free and ${leaveFreeMb} MB are to stay so (backups.leaveFreeMb)`;
}

/** Looks again and again while something is written: `signal` is aborted before the disk is full. */
export function watchRoom(folder: string, leaveFreeMb: number): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const look = async (): Promise<void> => {
    // What cannot be asked is no reason to stop.
    const free = await freeBytes(folder).catch(() => Number.POSITIVE_INFINITY);
    if (free < leaveFreeMb * MB) controller.abort();
  };
  const timer = setInterval(() => void look(), LOOK_MS);
  timer.unref();
  return { signal: controller.signal, end: () => clearInterval(timer) };
}

async function sizes({ db }: Pick<Services, 'db'>): Promise<{ databaseBytes: number; files: number }> {
  const { databaseBytes } = await db.size();
  const row: { bytes?: unknown } | undefined = await db
    .read('core_blobs')
    .where((placed) => placed.whereNotNull('file').orWhereNotNull('segment'))
    .sum({ bytes: 'size_bytes' })
    .first();
  return { databaseBytes, files: Number(row?.bytes ?? 0) };
}

async function isSameDisk(one: string, other: string): Promise<boolean> {
  await mkdir(one, { recursive: true });
  return (await stat(one)).dev === (await stat(other)).dev;
}
