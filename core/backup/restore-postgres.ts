/**
 * A dump into an empty PostgreSQL database, with the rights of its owner: tables as the dump had them, its rows, and the
 * migrations since; all of it in one transaction.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { CoreConfig } from '../config/schema.ts';
import { type Database, openDatabase, type Transaction } from '../database/database.ts';
import { hasTable, type MigrationSource, migrateUp, ownerOfTable } from '../database/migrations.ts';
import { loadPostgres, tablesOf } from '../database/postgres-dump.ts';
import { explainedDatabaseError, untilItAnswers } from '../database/wait-for-database.ts';
import { ConfigError } from '../errors.ts';
import type { InstallationRow } from '../installation.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { absentPlugins, type Manifest, migrationsOf, POSTGRES_FILE } from './manifest.ts';
import { type LeftOut, loadSqliteFile, migrateFile } from './other-kind.ts';

const RESTORED = 'restored_from';

/** Throws a ConfigError when the server cannot be used, or has tables already. */
export async function openEmptyPostgres(coreConfig: CoreConfig): Promise<Database> {
  const db = await openPostgresAlone(coreConfig);
  const [table] = await tablesOf(db.read);
  if (!table) return db;
  await db.close();
  throw new ConfigError(`The database holds tables already (${table} …); restore never overwrites. Name an empty one`);
}

/**
 * What was unpacked in `content`, of either kind; `files` is the folder that has its `files/` by now. `empty` makes room in the same
 * transaction, and gives what stays of the installation that was there. Gives how many rows of tables were left out, because their plugin is not on.
 */
export async function restorePostgres(
  db: Database,
  { content, files }: { content: string; files: string },
  manifest: Manifest,
  sources: readonly MigrationSource[],
  empty: (trx: Transaction) => Promise<readonly InstallationRow[]> = async () => [],
): Promise<Map<string, number>> {
  const migrations = migrationsOf(manifest, sources);
  const absent = absentPlugins(migrations, sources);
  const owners = [...absent, ...sources.map(({ owner }) => owner)];
  const isLeftOut = (table: string): boolean => absent.includes(ownerOfTable(table, owners) ?? '');
  const isOfSqlite = manifest.client === 'sqlite';
  if (isOfSqlite) await migrateFile(content, sources);
  const loadDump = async (trx: Transaction): Promise<LeftOut> => {
    await migrateUp(trx, sources, new Set(migrations));
    const file = join(content, POSTGRES_FILE);
    const leftOut = await loadPostgres(trx, file, { sequences: manifest.sequences, isLeftOut });
    await migrateUp(trx, sources);
    return leftOut;
  };
  const loadFile = async (trx: Transaction): Promise<LeftOut> => {
    await migrateUp(trx, sources);
    return loadSqliteFile(trx, db, { content, files }, sources);
  };
  const load = async (trx: Transaction): Promise<LeftOut> => {
    const staying = await empty(trx);
    const leftOut = await (isOfSqlite ? loadFile(trx) : loadDump(trx));
    const rows = [...staying, ...(manifest.id ? [{ name: RESTORED, value: manifest.id }] : [])];
    for (const row of rows) await trx('core_installation').insert(row).onConflict('name').merge();
    return leftOut;
  };
  return db.transaction(load, { knowsOutcome: true });
}

/** Which backup the folder of a restore that was cut off is of. */
export function markedId(marker: string): string | null {
  try {
    return JSON.parse(readFileSync(join(marker, 'content', 'manifest.json'), 'utf8')).id ?? null;
  } catch {
    return null;
  }
}

/** Whether the database is that of this backup already. */
export async function isRestored(coreConfig: CoreConfig, id: string | null): Promise<boolean> {
  if (id === null) return false;
  const db = await openPostgresAlone(coreConfig);
  try {
    if (!(await hasTable(db.read, 'core_installation'))) return false;
    const row = await db.read('core_installation').where({ name: RESTORED }).first();
    return row?.value === id;
  } finally {
    await db.close();
  }
}

export async function openPostgresAlone({ database, dataDir }: CoreConfig): Promise<Database> {
  const log = createLog({ level: 'warn' });
  const db = await openDatabase({ config: database, dataDir, log, clock: systemClock(), metrics: createMetrics() });
  try {
    await untilItAnswers(database, { isPatient: false, log });
    return db;
  } catch (error) {
    await db.close();
    throw explainedDatabaseError(error, database, null);
  }
}
