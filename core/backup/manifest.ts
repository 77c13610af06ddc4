/** The first file of a backup: what it is of, and what is in it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MigrationSource, migrationNames, ownerOf } from '../database/migrations.ts';
import { ConfigError } from '../errors.ts';

export interface Manifest {
  /** Version of Patchbay. */
  patchbay: string;
  client: 'sqlite' | 'pg';
  created_at: string;
  /** Tells this backup from others. Backups of older versions have none of what follows. */
  id?: string;
  /** Migrations that had run, oldest first. */
  migrations?: string[];
  /** Of the master secret that sealed what is sealed in it. */
  secret_fingerprint?: string;
  /** False when the master secret was in PATCHBAY_SECRET. */
  holds_secret?: boolean;
  /** PostgreSQL: how far each sequence had come. */
  sequences?: Record<string, string>;
  /** What plugins count: `{ mails: 4812 }`. */
  contents?: Record<string, number>;
}

export const MANIFEST_FILE = 'manifest.json';
export const SQLITE_FILE = 'database.sqlite3';
export const POSTGRES_FILE = 'database.ndjson';

/** What had run when backups did not say it yet. */
const BEFORE_MANIFESTS = [
  'core/0001-core',
  'core/0002-files-index',
  'auth/0001-accounts',
  'auth/0002-factors',
  'billing/0001-plans-and-usage',
  'billing/0002-period-worth',
  'licensing/0001-licences',
  'licensing/0002-products-and-offline-use',
  'mail/0001-mailboxes',
  'mail/0002-complete',
  'mail/0003-intake',
  'mail/0004-partial-indexes',
  'workflows/0001-workflows',
  'workflows/0002-correlations',
  'workflows/0003-packed-logs',
  'workflows/0004-tags',
  'workflows/0005-gathered-since',
];

/** Throws a ConfigError when the folder is not that of an unpacked backup. */
export async function readManifest(folder: string, file: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(join(folder, MANIFEST_FILE), 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file} is not a backup of Patchbay`, { cause: error });
  }
}

/** The migrations of the backup; of those without a list what an old version with these plugins had. */
export function migrationsOf({ migrations }: Manifest, sources: readonly MigrationSource[]): string[] {
  return migrations ?? BEFORE_MANIFESTS.filter((name) => sources.some(({ owner }) => owner === ownerOf(name)));
}

/**
 * Throws a ConfigError when the backup is of a newer version, or, where tables have to be made for it, when it holds
 * those of a plugin that is not on and not among those to restore `without`.
 */
export function checkMigrations(
  names: readonly string[],
  sources: readonly MigrationSource[],
  makesTables: boolean,
  without: readonly string[] = [],
): void {
  const known = new Set(migrationNames(sources));
  for (const name of names.filter((one) => !known.has(one))) {
    const owner = ownerOf(name);
    if (sources.some((source) => source.owner === owner)) {
      throw new ConfigError(`The backup is of a newer version (it has ${name}). Restore it with that version`);
    }
    if (makesTables && !without.includes(owner)) {
      throw new ConfigError(
        `The backup holds data of the plugin '${owner}', which is not enabled. ` +
          `Enable it to restore, or leave its data out: --without ${owner}`,
      );
    }
  }
}

/** Plugins of which something is in the database, and that are not on. */
export function absentPlugins(migrations: readonly string[], sources: readonly MigrationSource[]): string[] {
  const owners = new Set(migrations.map(ownerOf));
  return [...owners].filter((owner) => !sources.some((source) => source.owner === owner));
}
