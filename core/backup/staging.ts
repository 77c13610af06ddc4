/**
 * Folders for backups that are made, looked into or brought here. Who makes one holds a lock in it, of which the operating system
 * knows whether its holder lives: what a process left that was killed holds secrets, and goes with the next start or backup.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type InstanceLock, lockInstance } from '../database/instance-lock.ts';
import { codeOf } from '../errors.ts';

export interface Staging {
  folder: string;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

/** Beginnings of their names: beside backups, and in the data folder. */
const BESIDE_BACKUPS = '.patchbay-backup-';
const INCOMING = '.incoming-';
const LOCK = 'lock';
/** Where nothing can be locked, and of versions that locked nothing: it cannot be under way any more. */
const STALE_MS = 20 * 3600 * 1000;
/** Whoever looks whether a folder was left may have its lock for a moment. */
const TRIES = 3;

/** A folder beside the target. Removes those that were left by others. */
export async function stagingFor(target: string): Promise<Staging> {
  return made(dirname(target), BESIDE_BACKUPS);
}

/** A folder in the data folder for a backup that is brought here. Removes those that were left by others. */
export async function stagingForIncoming(dataDir: string): Promise<Staging> {
  return made(dataDir, INCOMING);
}

/** Of processes that are gone. */
export async function removeAbandoned(folder: string): Promise<void> {
  await removeLeft(folder, BESIDE_BACKUPS);
}

export async function removeAbandonedIncoming(dataDir: string): Promise<void> {
  await removeLeft(dataDir, INCOMING);
}

async function made(parent: string, prefix: string): Promise<Staging> {
  await removeLeft(parent, prefix);
  for (let tries = 1; ; tries++) {
    const folder = await mkdtemp(join(parent, prefix));
    const lock = locked(folder);
    if (lock || tries >= TRIES) return { folder, remove: () => remove(folder, lock) };
    await rm(folder, { recursive: true, force: true });
  }
}

async function removeLeft(folder: string, prefix: string): Promise<void> {
  const names = await readdir(folder).catch(noneWhenMissing);
  for (const name of names.filter((one) => one.startsWith(prefix))) {
    const path = join(folder, name);
    if (await isAbandoned(path)) await rm(path, { recursive: true, force: true });
  }
}

async function remove(folder: string, lock: InstanceLock | null): Promise<void> {
  lock?.release();
  await rm(folder, { recursive: true, force: true });
}

async function isAbandoned(folder: string): Promise<boolean> {
  if (existsSync(join(folder, LOCK))) {
    const lock = locked(folder);
    lock?.release();
    if (lock) return true;
  }
  const found = await stat(folder).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > STALE_MS;
}

function locked(folder: string): InstanceLock | null {
  try {
    return lockInstance([join(folder, LOCK)], folder);
  } catch {
    return null;
  }
}

function noneWhenMissing(error: unknown): string[] {
  if (codeOf(error) === 'ENOENT') return [];
  throw error;
}
