/** The files of an installation beside its database: raw mail, secrets, certificates, texts of one's own. */

import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { copyFile, cp, link, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { mayGrow, SEGMENTS } from '../database/segments.ts';
import { codeOf } from '../errors.ts';
import { SECRETS_FILE } from '../security/secrets.ts';
import type { ObjectStore } from '../storage/object-store.ts';

export const BLOBS_FOLDER = 'files';

/** Where a file of its own, and a segment, lie below that folder. */
export const placeOfFile = (name: string): string => join(name.slice(0, 2), name);
export const placeOfSegment = (name: string): string => join(SEGMENTS, name);
/** One of a million is broken off: that is no reason to begin anew. */
const FETCHES = 3;
/** Texts of system mail that the operator wrote. */
const TEXTS_FOLDER = 'mail-templates';

/** What a backup takes from the data folder besides the database and its files. */
export async function ownEntries(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name === SECRETS_FILE || name === TEXTS_FOLDER || name.endsWith('.pem'));
}

/** What is of an installation alone, and in no backup: how far its log had come (`audit-heads.json`). */
export async function localEntries(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('-heads.json'));
}

export async function copyEntries(from: string, to: string): Promise<void> {
  for (const name of await ownEntries(from)) await cp(join(from, name), join(to, name), { recursive: true });
}

/**
 * Takes the files and segments over that rows point to, from the folder or from the bucket; gives those that are nowhere. Throws
 * `unavailable` when the bucket does not answer: what is not whole is no backup.
 */
export async function copyBlobs(
  places: readonly string[],
  { from, to, store }: { from: string; to: string; store: ObjectStore | null },
  copied: (done: number) => void = () => {},
): Promise<string[]> {
  const missing: string[] = [];
  for (const [index, place] of places.entries()) {
    copied(index);
    const [source, target] = [join(from, BLOBS_FOLDER, place), join(to, BLOBS_FOLDER, place)];
    await mkdir(dirname(target), { recursive: true });
    try {
      await linkOrCopy(source, target);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      if (!(await fetched(store, place, target))) missing.push(basename(place));
    }
  }
  return missing;
}

/** Segments are files of the folder alone. */
async function fetched(store: ObjectStore | null, place: string, target: string): Promise<boolean> {
  if (store === null || dirname(place) === SEGMENTS) return false;
  for (let tries = 1; ; tries++) {
    try {
      await fetchOne(store, basename(place), target);
      return true;
    } catch (error) {
      await rm(target, { force: true });
      if (codeOf(error) === 'ENOENT') return false;
      if (tries === FETCHES) throw error;
      await pause(tries * 1_000);
    }
  }
}

/** The name begins with the hash of the bytes: whatever else answers in the bucket's place is not taken for them. */
async function fetchOne(store: ObjectStore, name: string, target: string): Promise<void> {
  const hash = createHash('sha256');
  const source = await store.open(name);
  source.on('data', (chunk) => hash.update(chunk));
  await pipeline(source, createWriteStream(target, { mode: 0o600 }));
  if (!name.startsWith(`${hash.digest('hex').slice(0, 48)}-`))
    throw new Error(`${name} came with other bytes than it had`);
}

/**
 * Files never change once they are there, and of segments nothing does that is not deleted, for a day after it was: a second
 * name is as good as a copy, and takes no room. Only what is appended to is copied as far as it goes now: an archive says how
 * large a file is before it holds it.
 */
async function linkOrCopy(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  if (basename(dirname(from)) === SEGMENTS && mayGrow(await stat(from))) return copyFile(from, to);
  try {
    await link(from, to);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw error;
    await copyFile(from, to);
  }
}
