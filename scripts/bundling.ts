/** What both bundles have in common (bundle-packages.ts, bundle-server.ts): how files are made, and how they come to their folder. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type OutputOptions, type Plugin, rolldown } from 'rolldown';

const DRAFT = 'draft-';
/** A draft that is older was left by somebody who was cut off. */
const DRAFT_MS = 600_000;
/** Of other sources. */
const MOST_KEPT = 5;
const HTTP = /^(?:node:)?http$/;
const QUICK_HTTP = '\0http';

export interface BundleOptions {
  /** What is imported from outside, by the names of the files that are made of it. */
  input: Record<string, string>;
  isExternal(id: string): boolean;
  plugins: Plugin[];
  output?: OutputOptions;
  /** Other files of the folder. */
  more(draft: string): void;
}

/** Makes the folder when it is not there, and removes the oldest of its siblings, which are of other sources. Several may do so at once. */
export async function writeBundle(path: string, options: BundleOptions): Promise<void> {
  if (existsSync(path)) return;
  const all = dirname(path);
  mkdirSync(all, { recursive: true });
  const draft = mkdtempSync(join(all, DRAFT));
  try {
    await make(draft, options);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Whoever made the same meanwhile was first, and runs from it.
    if (!existsSync(path)) throw error;
  }
  removeOld(all, basename(path));
}

async function make(folder: string, { input, isExternal, plugins, output, more }: BundleOptions): Promise<void> {
  const bundle = await rolldown({
    input,
    external: (id) => !HTTP.test(id) && isExternal(id),
    platform: 'node',
    // What packages do is their affair.
    logLevel: 'silent',
    plugins: [...plugins, quickHttp],
  });
  await bundle.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    // Without spaces and comments, which V8 would keep in memory; names stay, so stacks can be read.
    minify: { compress: false, mangle: false, codegen: true },
    // V8 keeps a text in twice the memory when one of its characters is beyond Latin-1.
    charset: 'ascii',
    comments: false,
    ...output,
  });
  await bundle.close();
  more(folder);
}

/** Who was started from an earlier folder may still load from it what is first used now. */
function removeOld(all: string, present: string): void {
  const madeAt = (name: string) => statSync(join(all, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isBeingMade = (name: string) => name.startsWith(DRAFT) && Date.now() - madeAt(name) < DRAFT_MS;
  const others = readdirSync(all).filter((name) => name !== present && !isBeingMade(name));
  const oldest = others.sort((one, other) => madeAt(other) - madeAt(one)).slice(MOST_KEPT);
  for (const name of oldest) rmSync(join(all, name), { recursive: true, force: true });
}

/**
 * A module of Node's that is imported shows all of its names at once, and to show `WebSocket` Node's `http` loads a whole HTTP
 * client: a tenth of a second and 14 MB. What is taken from it by name has none of that.
 */
const quickHttp: Plugin = {
  name: 'quick-http',
  resolveId: (id) => (HTTP.test(id) ? QUICK_HTTP : null),
  load(id) {
    if (id !== QUICK_HTTP) return null;
    const all = Object.getOwnPropertyDescriptors(process.getBuiltinModule('node:http'));
    const names = Object.keys(all).filter((name) => 'value' in (all[name] ?? {}));
    return [
      `const http = process.getBuiltinModule('node:http');`,
      'export default http;',
      ...names.map((name) => `export const ${name} = http.${name};`),
    ].join('\n');
  },
};
