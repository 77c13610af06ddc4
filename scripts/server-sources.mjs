/**
 * What the server is made of, and where the files lie that `bundle-server.ts` made of it: a folder for each state of the
 * sources, known by a hash of all of them. Plain JavaScript, because the launcher asks on whatever Node there is.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from './setup.mjs';

const ROOMS = ['core', 'package', 'plugins'];
/** Pages have a build of their own, and templates are written as they are. */
const NOT_OF_THE_SERVER = /^(?:plugins\/(?:[\w-]+\/ui|admin\/(?:web|dist))|package\/new-plugin(?:-ui)?)\//;

/** What else the files are made of and by. */
const MADE_BY = ['config/default.yaml', 'package-lock.json', 'scripts/bundle-server.ts', 'scripts/bundling.ts'];

/** Paths from the root, with `/`, in order. */
export function serverSources() {
  return ROOMS.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) =>
        join(entry.parentPath ?? entry.path, entry.name)
          .slice(root.length + 1)
          .replaceAll(sep, '/'),
      ),
  )
    .filter((file) => !NOT_OF_THE_SERVER.test(file))
    .sort();
}

/** Of the present sources; it may not be there yet. */
export function serverFolder() {
  const hash = createHash('sha256');
  for (const file of [...serverSources(), ...MADE_BY])
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)));
  return join(root, 'node_modules', '.patchbay-server', hash.digest('hex'));
}
