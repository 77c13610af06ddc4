/**
 * Whether the built pages are those of the sources: a hash of all of them, kept beside what was built. Plain JavaScript,
 * because the launcher asks on whatever Node there is.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from './setup.mjs';

/** Where the hash of what was built stands. */
export const stamp = join(root, 'plugins', 'admin', 'dist', 'sources.txt');
/** Made from the server's own document: types alone, nothing of it is in the pages. */
export const clientTypesFile = join(root, 'plugins', 'admin', 'web', 'client', 'openapi.d.ts');

/** True when somebody has to build: in a checkout whose pages are not there, or of other sources. */
export function isWebOld() {
  if (!existsSync(join(root, 'plugins', 'admin', 'web'))) return false;
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hashOfSources();
}

export function hashOfSources() {
  const plugins = readdirSync(join(root, 'plugins')).map((name) => join(root, 'plugins', name, 'ui'));
  const folders = [join(root, 'plugins', 'admin', 'web'), ...plugins.sort()].filter((folder) => existsSync(folder));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .sort(),
  );
  const hash = createHash('sha256');
  for (const file of [...files, join(root, 'package-lock.json')]) {
    if (file === clientTypesFile) continue;
    hash.update(file.slice(root.length).replaceAll(sep, '/')).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}
