/** Makes one file of each of the packages whose modules a start spends most on (core/loading/quick-imports.ts). */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { bundlesFolder } from '#core/loading/quick-imports.ts';

/**
 * As they are imported. One that is left out is itself: what has native parts or files of its own beside it, and what is
 * small. Packages that look at each other's classes stand here together, or not at all.
 */
const PACKAGES = [
  ...['typebox', 'typebox/value', 'knex', 'koa', '@koa/router', '@koa/cors', '@koa/send', 'awilix/browser'],
  ...['ajv', 'ajv/dist/2020.js', 'ajv-formats', 'yaml', 'uuid', 'prom-client', 'rate-limiter-flexible'],
  ...['entities', 'postal-mime', 'ws'],
];
/** Drivers, which Knex asks for by name, and what others ask for in case it is there. */
const EXTERNAL =
  /^(?:sqlite3|better-sqlite3|pg|pg-query-stream|pg-native|mysql2?|oracledb|tedious|mariadb|bufferutil|utf-8-validate)(?:\/|$)/;
const ENTRY = '\0entry:';
const DRAFT = 'draft-';

/** Gives the folder; makes it when it is not there, and removes those of other versions. Several may do so at once. */
export async function bundlePackages(): Promise<URL> {
  const folder = bundlesFolder();
  if (existsSync(folder)) return folder;
  const path = fileURLToPath(folder);
  const all = dirname(path);
  mkdirSync(all, { recursive: true });
  const draft = mkdtempSync(join(all, DRAFT));
  const input = Object.fromEntries(PACKAGES.map((name) => [fileOf(name), ENTRY + name]));
  const bundle = await rolldown({
    input,
    platform: 'node',
    external: EXTERNAL,
    // What packages do is their affair.
    logLevel: 'silent',
    plugins: [
      {
        name: 'entries',
        resolveId: (id) => (id.startsWith(ENTRY) ? id : null),
        load: async (id) => (id.startsWith(ENTRY) ? entry(id.slice(ENTRY.length)) : null),
      },
    ],
  });
  await bundle.write({
    dir: draft,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    // Without spaces and comments, which V8 would keep in memory; names stay, so stacks can be read.
    minify: { compress: false, mangle: false, codegen: true },
  });
  await bundle.close();
  const files = Object.fromEntries(PACKAGES.map((name) => [name, `${fileOf(name)}.mjs`]));
  writeFileSync(join(draft, 'packages.json'), JSON.stringify(files, null, 1));
  try {
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { recursive: true });
    // Whoever made the same meanwhile was first, and runs from it.
    if (!existsSync(folder)) throw error;
  }
  for (const name of readdirSync(all))
    if (name !== basename(path) && !name.startsWith(DRAFT)) rmSync(join(all, name), { recursive: true, force: true });
  return folder;
}

/** What Node gives to who imports the package, name by name: of CommonJS it finds the names itself. */
async function entry(name: string): Promise<string> {
  const names = Object.keys(await import(name)).filter((one) => /^[A-Za-z_$][\w$]*$/.test(one));
  return `export { ${names.join(', ')} } from '${name}';`;
}

function fileOf(name: string): string {
  return name.replace(/\.js$/, '').replaceAll(/[^\w-]+/g, '-');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await bundlePackages();
