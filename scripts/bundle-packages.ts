/** Makes one file of each of the packages whose modules a start spends most on (core/loading/quick-imports.ts). */
import { writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Plugin } from 'rolldown';
import { bundlesFolder } from '#core/loading/quick-imports.ts';
import { writeBundle } from './bundling.ts';

/**
 * As they are imported. One that is left out is itself: what has native parts or files of its own beside it, and what is
 * small. Packages that look at each other's classes stand here together, or not at all.
 */
const PACKAGES = [
  'typebox',
  'typebox/value',
  'knex',
  'koa',
  'find-my-way',
  '@koa/cors',
  '@koa/send',
  'awilix/browser',
  'ajv',
  'ajv/dist/2020.js',
  'ajv-formats',
  'yaml',
  'uuid',
  'prom-client',
  'rate-limiter-flexible',
  'entities',
  'postal-mime',
  'ws',
  'smtp-server',
  'commander',
  'pino',
  'semver/functions/satisfies.js',
  'semver/ranges/valid.js',
  'semver/functions/coerce.js',
  'semver/functions/gt.js',
  'semver/functions/valid.js',
  'cron-parser',
  'ipaddr.js',
  'otpauth',
  'tokenx',
  'eventsource-parser/stream',
];
/** Drivers, which Knex asks for by name, and what others ask for in case it is there. */
const EXTERNAL =
  /^(?:sqlite3|better-sqlite3|pg|pg-query-stream|pg-native|mysql2?|oracledb|tedious|mariadb|bufferutil|utf-8-validate)(?:\/|$)/;
const ENTRY = '\0entry:';
/** By which CommonJS has the default that Node gives it. */
const AS_MODULE = '.mjs';

/** What CommonJS requires of Node goes through Node's search, hooks and all, a hundred times in a start. */
const REQUIRED = /\brequire\((['"])(?<id>(?:node:)?[a-z_/]+)\1\)/g;
const OF_NODE: Plugin = {
  name: 'of-node',
  transform(code) {
    const changed = code.replace(REQUIRED, (call, _, id: string) =>
      isBuiltin(id) ? `globalThis.process.getBuiltinModule('${id}')` : call,
    );
    return changed === code ? null : { code: changed, map: null };
  },
};

/** Dialects of databases that Patchbay has none of are left where they are: a third of Knex. */
const FOREIGN_DIALECT = /^\.\/(?<name>cockroachdb|mariadb|mssql|mysql2?|oracle|oracledb|pgnative|redshift)$/;
const OF_KNEX: Plugin = {
  name: 'of-knex',
  resolveId(id, importer) {
    const name = importer?.endsWith('/knex/lib/dialects/index.js') && FOREIGN_DIALECT.exec(id)?.groups?.name;
    return name ? { id: `knex/lib/dialects/${name}/index.js`, external: true } : null;
  },
};

/** Gives the folder; makes it when it is not there. */
export async function bundlePackages(): Promise<URL> {
  const folder = bundlesFolder();
  const files = Object.fromEntries(PACKAGES.map((name) => [name, `${fileOf(name)}.mjs`]));
  await writeBundle(fileURLToPath(folder), {
    input: Object.fromEntries(PACKAGES.map((name) => [fileOf(name), ENTRY + name + AS_MODULE])),
    isExternal: (id) => EXTERNAL.test(id),
    plugins: [
      {
        name: 'entries',
        resolveId: (id) => (id.startsWith(ENTRY) ? id : null),
        load: async (id) => (id.startsWith(ENTRY) ? entry(id.slice(ENTRY.length, -AS_MODULE.length)) : null),
      },
      OF_NODE,
      OF_KNEX,
    ],
    more: (draft) => writeFileSync(join(draft, 'packages.json'), JSON.stringify(files, null, 1)),
  });
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
