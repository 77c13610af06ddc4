/** Migrations of core and of every plugin, forward and back, on Knex's migrator. */
import { existsSync, readdirSync } from 'node:fs';
import type { Knex } from 'knex';
import { ConfigError } from '../errors.ts';
import type { Database } from './database.ts';

/** Where migrations come from: core first, then the plugins in the order of their `requires`. */
export interface MigrationSource {
  /** `core` or the plugin's name; stands before the file's name in the ledger. */
  owner: string;
  folder: URL;
  /** The module that tells of its tables that are made of others (core/move/derived.ts). */
  derived?: URL;
}

export interface Migration {
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}

export const LEDGER = 'core_migrations';

interface MigrationFile {
  name: string;
  url: URL;
}

/** Any number, the same in all versions: who starts on a PostgreSQL database holds this lock meanwhile. */
const START_LOCK = 7_230_915_364;

/**
 * Processes that start at one moment take turns on PostgreSQL, so that each finds what the one before has made: tables,
 * the first administrator. A server that dies meanwhile takes its lock with it.
 */
export async function inTurn<T>(db: Database, work: () => Promise<T>): Promise<T> {
  if (db.client !== 'pg') return work();
  const connection = await db.rawConnection();
  try {
    await connection.query('select pg_advisory_lock($1)', [START_LOCK]);
    return await work();
  } finally {
    await connection.end().catch(() => {});
  }
}

/** Runs what is new, of `only` when that is given; gives the names. To be called `inTurn`, or in a transaction. */
export async function migrateUp(
  db: Database | Knex.Transaction,
  sources: readonly MigrationSource[],
  only?: ReadonlySet<string>,
): Promise<string[]> {
  const connection = 'write' in db ? db.write : db;
  const files = filesOfAll(sources, only);
  if (await haveRun(connection, files)) return [];
  const [, names] = await connection.migrate.latest(settings(files));
  return names;
}

/** What most starts find, by two statements instead of the twenty with which Knex finds it. */
async function haveRun(db: Knex, files: readonly MigrationFile[]): Promise<boolean> {
  const completed = new Set(await completedMigrations(db));
  return files.length > 0 && files.every(({ name }) => completed.has(name));
}

/** Knex asks a view of PostgreSQL's over everything that anybody may see. */
export async function hasTable(db: Knex, table: string): Promise<boolean> {
  if (db.client.config.client !== 'pg') return db.schema.hasTable(table);
  const place = "quote_ident(current_schema()) || '.' || quote_ident(?)";
  const { rows } = await db.raw<{ rows: { found: boolean }[] }>(`select to_regclass(${place}) is not null as found`, [
    table,
  ]);
  return rows[0]?.found ?? false;
}

/** Names of all migrations that there are. */
export function migrationNames(sources: readonly MigrationSource[]): string[] {
  return sources.flatMap(filesOf).map(({ name }) => name);
}

/**
 * Takes back the last `count` migrations, of `owner` alone when it is named, newest first; gives the names. Throws a
 * ConfigError when the last one is of a plugin that is not on: another one must not be taken back in its place.
 */
export async function migrateDown(
  db: Database,
  sources: readonly MigrationSource[],
  count: number,
  owner?: string,
): Promise<string[]> {
  const names: string[] = [];
  for (let step = 0; step < count; step++) {
    const name = (await completedMigrations(db.write)).findLast((one) => !owner || ownerOf(one) === owner);
    if (!name) break;
    if (!sources.some((source) => source.owner === ownerOf(name))) {
      throw new ConfigError(
        owner
          ? `${name} was last, and its plugin is not enabled. Enable it, or delete all its tables: --drop ${owner}`
          : `${name} was last, and its plugin is not enabled. Enable it, or name whose migrations to take back: --plugin NAME`,
      );
    }
    await db.write.migrate.down({ ...settings(filesOfAll(sources)), name } as Knex.MigratorConfig);
    names.push(name);
  }
  return names;
}

/** Names of the migrations that have run, oldest first; none in a database without a ledger. */
export async function completedMigrations(db: Knex): Promise<string[]> {
  if (!(await hasTable(db, LEDGER))) return [];
  const rows: { name: string }[] = await db(LEDGER).orderBy('id').select('name');
  return rows.map(({ name }) => name);
}

/** `core`, or the plugin whose migration this is. */
export function ownerOf(migration: string): string {
  return migration.slice(0, migration.indexOf('/'));
}

/** The plugin whose tables begin so, of those that are given; of two, the one with the longer name. */
export function ownerOfTable(table: string, owners: readonly string[]): string | undefined {
  const mine = owners.filter((owner) => table.startsWith(`${owner.replaceAll('-', '_')}_`));
  return mine.sort((one, other) => other.length - one.length)[0];
}

/** Names of migrations that have not run yet. */
export async function pendingMigrations(db: Database, sources: readonly MigrationSource[]): Promise<string[]> {
  const [, pending] = await db.write.migrate.list(settings(filesOfAll(sources)));
  return pending.map((entry: MigrationFile | { file: string }) => ('name' in entry ? entry.name : entry.file));
}

function filesOfAll(sources: readonly MigrationSource[], only?: ReadonlySet<string>): MigrationFile[] {
  return sources.flatMap(filesOf).filter(({ name }) => !only || only.has(name));
}

function settings(files: MigrationFile[]): Knex.MigratorConfig {
  return {
    tableName: LEDGER,
    // The tables of a disabled plugin stay, so the ledger may name files that are not in the list.
    disableMigrationsListValidation: true,
    migrationSource: {
      getMigrations: async () => files,
      getMigrationName: (file: MigrationFile) => file.name,
      getMigration: (file: MigrationFile): Promise<Migration> => explained(file, () => import(file.url.href)),
    },
  };
}

/** The migration, whose errors say which one it is; they stay what they are, for who knows them by their code. */
async function explained({ name }: MigrationFile, load: () => Promise<Migration>): Promise<Migration> {
  const { up, down, ...others } = await load().catch(named);
  return { ...others, up: (db) => up(db).catch(named), down: (db) => down(db).catch(named) };

  function named(error: unknown): never {
    if (error instanceof Error) error.message = `The migration ${name} failed: ${error.message}`;
    throw error;
  }
}

/** Throws a ConfigError for a folder that is not there. */
export function checkSources(sources: readonly MigrationSource[]): void {
  for (const { owner, folder } of sources) {
    if (!existsSync(folder))
      throw new ConfigError(`The migrations folder of ${owner} does not exist: ${folder.pathname}`);
  }
}

function filesOf({ owner, folder }: MigrationSource): MigrationFile[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}-[a-z0-9-]+\.(ts|js|mjs)$/.test(file))
    .sort()
    .map((file) => ({
      name: `${owner}/${file.replace(/\.\w+$/, '')}`,
      url: new URL(file, `${folder.href.replace(/\/?$/, '/')}`),
    }));
}
