/**
 * Makes the files from which the launcher starts the server: a thousand modules of ours become some forty, which Node finds,
 * reads and links in half the time, and which take less memory (docs/decisions/0031). Whoever runs `core/main.ts`
 * itself runs the modules, and so do all other commands, the threads and the tests.
 */
import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExistingRawSourceMap, Plugin } from 'rolldown';
import { parse } from 'yaml';
import { writeBundle } from './bundling.ts';
import { serverFolder, serverSources } from './server-sources.mjs';
import { root } from './setup.mjs';

const MAIN = 'main';
const MAIN_ID = '\0main';
const DEFAULTS = 'config/default.yaml';
const MADE_DEFAULTS = 'core/config/made-defaults.ts';
/** What is imported by a path that is known only at run time. */
const IMPORTED_BY_PATH =
  /^(?:plugins\/[\w-]+\/index|(?:core\/database|plugins\/[\w-]+)\/migrations\/[\w-]+|package\/plugin)\.ts$/;

/** Gives the file to start; makes it when it is not there. */
export async function bundleServer(): Promise<string> {
  const folder = serverFolder();
  const entries = serverSources().filter((file) => IMPORTED_BY_PATH.test(file));
  await writeBundle(folder, {
    input: {
      [MAIN]: MAIN_ID,
      ...Object.fromEntries(entries.map((file) => [nameOf(file), join(root, file)])),
    },
    // Packages, which are bundled by themselves, and Node's own.
    isExternal: (id) => !isAbsolute(id) && !/^[.#\0]/.test(id),
    plugins: [mainEntry, defaults, ownFiles],
    // A map is read when somebody looks at an error: without the texts, which lie in the checkout.
    output: { sourcemap: true, sourcemapExcludeSources: true, keepNames: true },
    more(draft) {
      const files = Object.fromEntries(entries.map((file) => [file, `${nameOf(file)}.mjs`]));
      writeFileSync(join(draft, 'files.json'), JSON.stringify(files, null, 1));
    },
  });
  return join(folder, `${MAIN}.mjs`);
}

/** All files lie in one folder, from which the way to the sources is the same. */
function nameOf(file: string): string {
  return file.replace(/\.ts$/, '').replaceAll('/', '.');
}

/** The command line, told where it runs from. */
const mainEntry: Plugin = {
  name: 'main',
  resolveId: (id) => (id === MAIN_ID ? id : null),
  load: (id) =>
    id === MAIN_ID
      ? [
          `import { runFrom } from '#core/loading/quick-imports.ts';`,
          `import { showSources } from '#core/loading/source-places.ts';`,
          `const here = new URL('.', import.meta.url);`,
          'showSources(here);',
          'runFrom(here);',
          `await import('#core/main.ts');`,
        ].join('\n')
      : null,
};

/** The defaults of the configuration, which are YAML. */
const defaults: Plugin = {
  name: 'defaults',
  load(id) {
    if (id !== join(root, MADE_DEFAULTS)) return null;
    const text = readFileSync(join(root, DEFAULTS), 'utf8');
    const values = JSON.stringify(JSON.stringify(parse(text)));
    return `export const madeDefaults = { sha256: '${hash('sha256', text)}', values: JSON.parse(${values}) };`;
  },
};

/** `#core/x.ts` by package.json; and what lies beside a module is still found there. */
const ownFiles: Plugin = {
  name: 'own-files',
  resolveId: (id) => (id.startsWith('#') ? join(root, id.slice(1)) : null),
  transform(code, id) {
    if (!id.startsWith(root) || !code.includes('import.meta.url')) return null;
    const path = relative(root, id).replaceAll(sep, '/');
    const changed = code.replaceAll('import.meta.url', `new URL('../../../${path}', import.meta.url).href`);
    return { code: changed, map: sameLines(code, id) };
  },
};

/** A source map that says of each line that it is the one that it was. */
function sameLines(source: string, file: string): ExistingRawSourceMap {
  const [first, next] = ['AAAA', 'AACA'];
  const mappings = source.split('\n').map((_, line) => (line === 0 ? first : next));
  return { version: 3, names: [], sources: [file], sourcesContent: [source], mappings: mappings.join(';') };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(await bundleServer());
