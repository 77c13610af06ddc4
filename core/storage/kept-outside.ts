/**
 * Small texts that lie outside of the database, since they say what is to be found in it: in the bucket, where every replica finds
 * them, or in the data folder.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../errors.ts';
import type { ObjectStore } from './object-store.ts';

export interface KeptOutside {
  /** What is told of the place. */
  place: string;
  /** How often one text should be written at most: each time is a request that is paid for. */
  paceMs: number;
  /** Null when there is none. Throws `unavailable` while the bucket does not answer. */
  read(name: string): Promise<string | null>;
  write(name: string, text: string): Promise<void>;
}

const PACE_MS = 10_000;

export function createKeptOutside({ dataDir, store }: { dataDir: string; store: ObjectStore | null }): KeptOutside {
  const folder = keptInFolder(dataDir);
  if (!store?.takesNew) return folder;
  return {
    place: store.label,
    paceMs: PACE_MS,
    // From before there was a bucket.
    read: async (name) => (await store.readNote(name)) ?? folder.read(name),
    write: (name, text) => store.writeNote(name, text),
  };
}

export function keptInFolder(folder: string): KeptOutside {
  return {
    place: folder,
    paceMs: 0,
    async read(name) {
      try {
        return await readFile(join(folder, name), 'utf8');
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw error;
      }
    },
    async write(name, text) {
      const file = join(folder, name);
      const temporary = `${file}.${randomUUID()}`;
      // Synced before it has its name: after a loss of power there would be a file of that name without its bytes.
      await writeFile(temporary, text, { mode: 0o600, flush: true });
      await rename(temporary, file);
    },
  };
}
