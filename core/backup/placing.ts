/** What a restore does with a backup that was unpacked and checked: onto the disk, to its place, and away again. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RESTORING } from '../installation.ts';
import { BLOBS_FOLDER, ownEntries } from './files.ts';

const SYNCED_AT_ONCE = 16;

/** What was unpacked is on the disk before the restore is said to be done. */
export async function syncAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile() || entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(Array.from({ length: SYNCED_AT_ONCE }, syncSome));

  async function syncSome(): Promise<void> {
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
      const handle = await open(path, 'r');
      await handle.sync().finally(() => handle.close());
    }
  }
}

export async function moveFiles(content: string, dataDir: string): Promise<void> {
  const names = [...(await ownEntries(content)), ...(existsSync(join(content, BLOBS_FOLDER)) ? [BLOBS_FOLDER] : [])];
  for (const name of names) await rename(join(content, name), join(dataDir, name));
}

/** The database lies elsewhere perhaps, where renaming does not reach: it is copied beside its place first. */
export async function moveDatabase(from: string, target: string, marker: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const isNear = dirname(target) === dirname(marker);
  const beside = isNear ? from : `${target}.restoring`;
  if (!isNear) await copyFile(from, beside);
  const handle = await open(beside, 'r');
  await handle.sync();
  await handle.close();
  await rename(beside, target);
}

/** What a restore that was cut off has left. Nothing has run on it: while the marker is there, nothing starts. */
export async function removeCutOff(dataDir: string): Promise<void> {
  const database = (await readdir(dataDir)).filter((name) => name.startsWith('patchbay.sqlite3'));
  for (const name of [...(await ownEntries(dataDir)), BLOBS_FOLDER, ...database]) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
  await rm(join(dataDir, RESTORING), { recursive: true, force: true });
}
