/** Migrations of core and of every plugin, forward and back, on Knex's migrator. */
import { existsSync, readdirSync } from 'node:fs';
import type { Knex } from 'knex';
import type { Database } from './database.ts';

/** Where migrations come from: core first, then the plugins in the order of their `requires`. */
export interface MigrationSource {
  /** `core` or the plugin's name; stands before the file's name in the ledger. */
  owner: string;
  folder: URL;
}

export interface Migration {
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}

interface MigrationFile {
  name: string;
  url: URL;
}

/** Runs what is new; gives the names. Two processes that start at once take turns by Knex's lock. */
export async function migrateUp(db: Database, sources: readonly MigrationSource[]): Promise<string[]> {
  const [, names] = await db.write.migrate.latest(settings(sources));
  return names;
}

/** Takes back the last `count` migrations, newest first; gives the names. */
export async function migrateDown(db: Database, sources: readonly MigrationSource[], count: number): Promise<string[]> {
  const names: string[] = [];
  for (let step = 0; step < count; step++) {
    const [, undone] = await db.write.migrate.down(settings(sources));
    if (undone.length === 0) break;
    names.push(...undone);
  }
  return names;
}

/** Names of migrations that have not run yet. */
export async function pendingMigrations(db: Database, sources: readonly MigrationSource[]): Promise<string[]> {
  const [, pending] = await db.write.migrate.list(settings(sources));
  return pending.map((entry: MigrationFile | { file: string }) => ('name' in entry ? entry.name : entry.file));
}

function settings(sources: readonly MigrationSource[]): Knex.MigratorConfig {
  const files = sources.flatMap(filesOf);
  return {
    tableName: 'core_migrations',
    // The tables of a disabled plugin stay, so the ledger may name files that are not in the list.
    disableMigrationsListValidation: true,
    migrationSource: {
      getMigrations: async () => files,
      getMigrationName: (file: MigrationFile) => file.name,
      getMigration: (file: MigrationFile): Promise<Migration> => import(file.url.href),
    },
  };
}

function filesOf({ owner, folder }: MigrationSource): MigrationFile[] {
  if (!existsSync(folder)) throw new Error(`The migrations folder of ${owner} is not there: ${folder.pathname}`);
  return readdirSync(folder)
    .filter((file) => /^\d{4}-[a-z0-9-]+\.(ts|js|mjs)$/.test(file))
    .sort()
    .map((file) => ({
      name: `${owner}/${file.replace(/\.\w+$/, '')}`,
      url: new URL(file, `${folder.href.replace(/\/?$/, '/')}`),
    }));
}
