/**
 * Imports in a checkout without what makes them slow: most of a start is Node finding, reading and linking modules one by one.
 * `scripts/bundle-packages.ts` makes a file of each of the largest packages (TypeBox alone is seven hundred), and what this
 * checkout imports by their names is that file, once it was made. What it imports of its own is where it says. Packages among
 * each other, and what plugins of others import, go Node's way (docs/decisions/0029). A server that was started from files made
 * of our own modules (`scripts/bundle-server.ts`) finds in them also what is imported by a path: plugins and migrations.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ResolveFnOutput, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url).href;
/** Folders that run from here. Plugins of others bring packages of their own. */
const OWN = ['core/', 'package/', 'plugins/'].map((folder) => ROOT + folder);
const IS_CHECKOUT = import.meta.url.endsWith('.ts');

/** What the files are made by: `lacksBundles` of scripts/setup.mjs asks for the same. */
export const MADE_BY = ['package-lock.json', 'scripts/bundle-packages.ts', 'scripts/bundling.ts'];

/** Where the files are that were made of the packages in the lock file: a folder with `packages.json`, files by what is imported. */
export function bundlesFolder(): URL {
  const hash = createHash('sha256');
  for (const file of MADE_BY) hash.update(readFileSync(new URL(file, ROOT)));
  return new URL(`node_modules/.patchbay-packages/${hash.digest('hex')}/`, ROOT);
}

/** Of modules of ours, by their URLs: the files that were made of them, when this process runs from such files. */
let made = new Map<string, ResolveFnOutput>();
/** Folders in which all files were made, and import each other by `./name.mjs`. */
const madeFolders: string[] = [];
/** By the names of packages: the files that were made of them, once imports are quick. */
let bundles = new Map<string, ResolveFnOutput>();
let isQuick = false;

/** This process runs from files that were made of our modules, in this folder with `files.json`: files by modules. */
export function runFrom(folder: URL): void {
  made = filesIn(folder, 'files.json', (module) => ROOT + module);
  OWN.push(folder.href);
  madeFolders.push(folder.href);
  quickenImports();
}

/** What a module of ours is in this process: the file that was made of it, or itself. */
export function madeOf(url: string): ResolveFnOutput {
  return made.get(url) ?? { url };
}

/** The file that was made of a package, for who requires it. */
export function madeOfPackage(name: string): string | undefined {
  const url = bundles.get(name)?.url;
  return url === undefined ? undefined : fileURLToPath(url);
}

/** For all imports of this thread that follow. Twice is as good as once. */
export function quickenImports(): void {
  if (!IS_CHECKOUT || isQuick) return;
  isQuick = true;
  bundles = readBundles();
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const { parentURL, conditions } = context;
      const found = conditions.includes('import') ? (made.get(specifier) ?? ours(specifier, parentURL)) : undefined;
      return found ? { ...found, shortCircuit: true } : nextResolve(specifier, context);
    },
  });

  function ours(specifier: string, parentURL: string | undefined): ResolveFnOutput | undefined {
    if (parentURL === undefined) return undefined;
    const isMade = startsWithOne(parentURL, madeFolders);
    if (!isMade && !startsWithOne(parentURL, OWN)) return undefined;
    if (specifier.startsWith('node:')) return { url: specifier, format: 'builtin' };
    if (isMade && specifier.startsWith('./')) return { url: new URL(specifier, parentURL).href, format: 'module' };
    return ownFile(specifier, parentURL) ?? bundles.get(specifier);
  }
}

function readBundles(): Map<string, ResolveFnOutput> {
  try {
    const folder = bundlesFolder();
    const files = filesIn(folder, 'packages.json', (name) => name);
    madeFolders.push(folder.href);
    return files;
  } catch {
    // Installed without the packages that make them.
    return new Map();
  }
}

/** The files that a list in their folder names, by what they were made of. */
function filesIn(folder: URL, list: string, keyOf: (name: string) => string): Map<string, ResolveFnOutput> {
  const files: Record<string, string> = JSON.parse(readFileSync(new URL(list, folder), 'utf8'));
  return new Map(
    Object.entries(files).map(([name, file]) => [keyOf(name), { url: new URL(file, folder).href, format: 'module' }]),
  );
}

function startsWithOne(url: string, folders: readonly string[]): boolean {
  return folders.some((folder) => url.startsWith(folder));
}

/** `./x.ts`, `../x.ts`, and `#core/x.ts` by package.json; undefined for anything else. */
function ownFile(specifier: string, parentURL: string): ResolveFnOutput | undefined {
  if (!specifier.endsWith('.ts')) return undefined;
  const format = 'module-typescript';
  if (specifier.startsWith('#')) return { url: ROOT + specifier.slice(1), format };
  return specifier.startsWith('.') ? { url: new URL(specifier, parentURL).href, format } : undefined;
}
