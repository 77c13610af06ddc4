/** The files of an installation beside its database, copied to another data folder; what is there already is not copied again. */
import { copyFile, cp, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemClock } from '../clock.ts';
import { openDatabase } from '../database/database.ts';
import { ConfigError, codeOf } from '../errors.ts';
import type { Side } from '../move/move.ts';
import type { Logger } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { SECRETS_FILE } from '../security/secrets.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { syncFolder } from '../write-once.ts';
import { BLOBS_FOLDER, localEntries, ownEntries, placeOfFile, placeOfSegment } from './files.ts';

const ROWS_AT_ONCE = 5_000;

/** Throws when the folder is that of another installation: its secrets would be written over. */
export async function refuseOther(dataDir: string, to: string): Promise<void> {
  const secrets = (folder: string) => readFile(join(folder, SECRETS_FILE)).catch(() => null);
  const [own, there] = [await secrets(dataDir), await secrets(to)];
  if (there === null || own?.equals(there)) return;
  throw new ConfigError(`${to} is the data folder of another installation. Name an empty one`);
}

async function notIn(store: ObjectStore | null, places: readonly string[]): Promise<string[]> {
  const missing = new Map(places.map((place) => [basename(place), place]));
  if (store === null || missing.size === 0) return [...missing.values()];
  for await (const page of store.pages()) for (const { name } of page) missing.delete(name);
  return [...missing.values()];
}

/** Gives how many files rows point to. Throws when one of them is missing. */
export async function copyDataFolder({
  source: { config },
  dataDir,
  store,
  to,
  log,
}: {
  source: Side;
  dataDir: string;
  /** What it holds stays there, for both. */
  store: ObjectStore | null;
  to: string;
  log: Logger;
}): Promise<number> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of [...(await ownEntries(dataDir)), ...(await localEntries(dataDir))]) {
    await cp(join(dataDir, name), join(to, name), { recursive: true });
  }
  const db = await openDatabase({ config, dataDir, log, clock: systemClock(), metrics: createMetrics() });
  const missing: string[] = [];
  let copied = 0;
  try {
    const segments: { segment: string }[] = await db.read('core_blobs').whereNotNull('segment').distinct('segment');
    for (const { segment } of segments) await copy(placeOfSegment(segment));
    for (let after: number | null = 0; after !== null; ) after = await copySome(after);
  } finally {
    await db.close();
  }
  const nowhere = await notIn(store, missing);
  if (nowhere.length > 0)
    throw new ConfigError(`Files to which rows point are missing: ${nowhere.slice(0, 5).join(', ')}`);
  syncFolder(to);
  return copied;

  async function copySome(after: number): Promise<number | null> {
    const rows: { id: number; file: string | null }[] = await db
      .read('core_blobs')
      .where('id', '>', after)
      .whereNotNull('file')
      .orderBy('id')
      .limit(ROWS_AT_ONCE)
      .select('id', 'file');
    for (const { file } of rows) if (file) await copy(placeOfFile(file));
    return rows.at(-1)?.id ?? null;
  }

  async function copy(place: string): Promise<void> {
    const [from, target] = [join(dataDir, BLOBS_FOLDER, place), join(to, BLOBS_FOLDER, place)];
    try {
      copied++;
      const [here, there] = [await stat(from), await stat(target).catch(() => null)];
      if (there?.size === here.size) return;
      await mkdir(dirname(target), { recursive: true });
      await copyFile(from, `${target}.copying`);
      await rename(`${target}.copying`, target);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      missing.push(place);
    }
  }
}
