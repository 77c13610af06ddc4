/** The files of an installation beside its database: raw mail, secrets, certificates, texts of one's own. */
import { existsSync } from 'node:fs';
import { copyFile, cp, link, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../errors.ts';
import { SECRETS_FILE } from '../security/secrets.ts';

export const BLOBS_FOLDER = 'files';
/** Texts of system mail that the operator wrote. */
const TEXTS_FOLDER = 'mail-templates';

/** What a backup takes from the data folder besides the database and its files. */
export async function ownEntries(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name === SECRETS_FILE || name === TEXTS_FOLDER || name.endsWith('.pem'));
}

export async function copyEntries(from: string, to: string): Promise<void> {
  for (const name of await ownEntries(from)) await cp(join(from, name), join(to, name), { recursive: true });
}

/** Takes the files over that rows point to; gives the names of those that are not there. */
export async function copyBlobs(
  names: readonly string[],
  from: string,
  to: string,
  copied: (done: number) => void = () => {},
): Promise<string[]> {
  const missing: string[] = [];
  for (const [index, name] of names.entries()) {
    copied(index);
    const place = join(BLOBS_FOLDER, name.slice(0, 2), name);
    await mkdir(dirname(join(to, place)), { recursive: true });
    try {
      await linkOrCopy(join(from, place), join(to, place));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      missing.push(name);
    }
  }
  return missing;
}

/** Files never change once they are there, so that a second name is as good as a copy, and takes no room. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  try {
    await link(from, to);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw error;
    await copyFile(from, to);
  }
}
