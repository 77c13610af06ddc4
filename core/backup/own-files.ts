/** Files that an operator laid into the data folder, when a backup takes the place of what is there: none of them is lost. */
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { REPLACED } from '../installation.ts';
import { SECRETS_FILE } from '../security/secrets.ts';
import { syncFolder } from '../write-once.ts';
import { ownEntries } from './files.ts';

/**
 * Certificates, keys and texts that stand aside go back to their place; where the backup has another one of that name, they lie
 * beside it under a name of their own, which is given. May be cut off, and done again.
 */
export async function saveOwnFiles(aside: string, dataDir: string): Promise<string[]> {
  const kept: string[] = [];
  for (const name of await ownEntries(aside)) {
    if (name === SECRETS_FILE) continue;
    const [former, place] = [join(aside, name), join(dataDir, name)];
    if (!existsSync(place)) await rename(former, place);
    else if (!(await isSame(former, place))) {
      const free = freeName(dataDir, name);
      await rename(former, join(dataDir, free));
      kept.push(free);
    }
  }
  syncFolder(dataDir);
  return kept;
}

function freeName(folder: string, name: string): string {
  for (let count = 1; ; count++) {
    const free = `${name}${REPLACED}${count === 1 ? '' : `-${count}`}`;
    if (!existsSync(join(folder, free))) return free;
  }
}

/** Whether nothing is lost of a file, or of a folder, when the other one stays. */
async function isSame(one: string, other: string): Promise<boolean> {
  const isFolder = (await stat(one)).isDirectory();
  if (!existsSync(other) || (await stat(other)).isDirectory() !== isFolder) return false;
  if (!isFolder) return (await readFile(one)).equals(await readFile(other));
  for (const name of await readdir(one)) if (!(await isSame(join(one, name), join(other, name)))) return false;
  return true;
}
