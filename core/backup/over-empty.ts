/**
 * A backup in the place of an installation in which nobody is yet, while no server runs on it. What was there stands aside in
 * `.before-restore` until the backup is in its place: who is killed at any point finds, at the next start, either the one whole
 * or the other. On PostgreSQL the tables go and come in one transaction.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { systemClock } from '../clock.ts';
import type { CoreConfig } from '../config/schema.ts';
import { type Database, openDatabase, type Transaction } from '../database/database.ts';
import { lockInstance } from '../database/instance-lock.ts';
import { hasTable, inTurn, type MigrationSource, ownerOfTable } from '../database/migrations.ts';
import { BYTES_OWNER } from '../database/object-sweep.ts';
import { OWN_TABLES, tablesOf } from '../database/postgres-dump.ts';
import { ConfigError } from '../errors.ts';
import { LISTENER } from '../events/postgres-listener.ts';
import { databaseFile, type InstallationRow, lockFiles, REPLACED, RESTORING } from '../installation.ts';
import { createLog, type Logger } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { syncFolder } from '../write-once.ts';
import { BLOBS_FOLDER, localEntries, ownEntries } from './files.ts';
import { readManifest, SQLITE_FILE } from './manifest.ts';
import { makeSqliteFile } from './other-kind.ts';
import { saveOwnFiles } from './own-files.ts';
import { moveDatabase, moveFiles } from './placing.ts';
import { isRestored, markedId, openPostgresAlone, restorePostgres } from './restore-postgres.ts';
import { putInto } from './snapshot.ts';

/** Whether nobody has begun to use an installation. */
export type IsUnused = (db: Knex) => Promise<boolean>;

export interface Replacement {
  /** What was unpacked and checked, on the disk of the data folder. */
  content: string;
  sources: readonly MigrationSource[];
  isUnused: IsUnused;
  log: Logger;
}

/** Written once all of the old stands aside: what lies in the data folder after that is of the backup. */
const COMPLETE = 'complete';
const BESIDE_DATABASE = ['', '-wal', '-shm'];
/** Connections of a server that has just ended are known to PostgreSQL for a moment more. */
const GONE_TRIES = 30;
const GONE_PAUSE_MS = 100;

/** Throws why it was not done; then everything is as it was. */
export async function replaceUnused(coreConfig: CoreConfig, replacement: Replacement): Promise<void> {
  const lock = lockWhole(coreConfig);
  try {
    await put(coreConfig, replacement);
  } catch (error) {
    // An answer of the database that got lost is none: it may have done it.
    if ((await settle(coreConfig, replacement.log)) === 'old') throw error;
  } finally {
    lock.release();
  }
}

/** At the start of a server: ends what was begun by one that was killed. */
export async function settleReplacement(coreConfig: CoreConfig, log: Logger): Promise<void> {
  if (!existsSync(join(coreConfig.dataDir, REPLACED))) return;
  const lock = lockWhole(coreConfig);
  try {
    await settle(coreConfig, log);
  } finally {
    lock.release();
  }
}

/** Servers, restores and replicas that share the folder keep out of each other's way. */
function lockWhole(coreConfig: CoreConfig) {
  const { dataDir } = coreConfig;
  return lockInstance(lockFiles(dataDir, databaseFile(coreConfig) ?? join(dataDir, 'patchbay.sqlite3')), dataDir);
}

async function put(coreConfig: CoreConfig, { content, sources, isUnused, log }: Replacement): Promise<void> {
  const { dataDir } = coreConfig;
  const target = databaseFile(coreConfig);
  const manifest = await readManifest(content, 'The backup');
  if (target) {
    const staying = await mustBeUnused(coreConfig, isUnused);
    if (manifest.client === 'pg') await makeSqliteFile(content, manifest, sources);
    putInto(join(content, SQLITE_FILE), staying);
  }
  const marker = join(dataDir, RESTORING);
  await mkdir(join(dataDir, REPLACED), { mode: 0o700 });
  await mkdir(marker, { mode: 0o700 });
  await rename(content, join(marker, 'content'));
  syncFolder(dataDir);
  for (const [place, aside] of await places(coreConfig)) await rename(place, aside);
  await writeFile(join(dataDir, REPLACED, COMPLETE), '');
  syncFolder(join(dataDir, REPLACED));
  await moveFiles(join(marker, 'content'), dataDir);
  if (target) await moveDatabase(join(marker, 'content', SQLITE_FILE), target, marker);
  else {
    const db = await openPostgresAlone(coreConfig);
    try {
      const folders = { content: join(marker, 'content'), files: dataDir };
      await inTurn(db, () =>
        restorePostgres(db, folders, manifest, sources, (trx) => makeRoom(trx, sources, isUnused)),
      );
    } finally {
      await db.close();
    }
  }
  await rm(marker, { recursive: true });
  syncFolder(dataDir);
  await saveOwn(coreConfig, log);
  await removeReplaced(coreConfig);
}

async function saveOwn({ dataDir }: CoreConfig, log: Logger): Promise<void> {
  const kept = await saveOwnFiles(join(dataDir, REPLACED), dataDir);
  if (kept.length > 0)
    log.warn(
      { kept, folder: dataDir },
      'The backup brought other files of these names: yours lie beside them, look which are right',
    );
}

/** Which of both it is now. */
async function settle(coreConfig: CoreConfig, log: Logger): Promise<'old' | 'new'> {
  const { dataDir } = coreConfig;
  const marker = join(dataDir, RESTORING);
  if (!existsSync(join(dataDir, REPLACED))) return 'old';
  const isDone = !existsSync(marker) || (!databaseFile(coreConfig) && (await isRestored(coreConfig, markedId(marker))));
  if (isDone) {
    // Without a marker nothing was begun yet, or all is done: in both cases what is in place is whole.
    const isNew = existsSync(join(dataDir, REPLACED, COMPLETE));
    await rm(marker, { recursive: true, force: true });
    if (isNew) await saveOwn(coreConfig, log);
    await removeReplaced(coreConfig);
    return isNew ? 'new' : 'old';
  }
  await takeBack(coreConfig);
  return 'old';
}

async function takeBack(coreConfig: CoreConfig): Promise<void> {
  const { dataDir } = coreConfig;
  const complete = join(dataDir, REPLACED, COMPLETE);
  if (existsSync(complete)) {
    const target = databaseFile(coreConfig);
    const placed = [...(await ownEntries(dataDir)), ...(await localEntries(dataDir)), BLOBS_FOLDER].map((name) =>
      join(dataDir, name),
    );
    const database = target === null ? [] : [...BESIDE_DATABASE, '.restoring'].map((end) => target + end);
    for (const path of [...placed, ...database]) await rm(path, { recursive: true, force: true });
    await unlink(complete);
  }
  for (const [place, aside] of await places(coreConfig, join(dataDir, REPLACED)))
    if (existsSync(aside)) await rename(aside, place);
  syncFolder(dataDir);
  await rm(join(dataDir, RESTORING), { recursive: true, force: true });
  await removeReplaced(coreConfig);
}

/** What is of the installation, with where it stands aside: as `folder` has it. */
async function places(coreConfig: CoreConfig, folder = coreConfig.dataDir): Promise<[place: string, aside: string][]> {
  const { dataDir } = coreConfig;
  const target = databaseFile(coreConfig);
  const blobs = existsSync(join(folder, BLOBS_FOLDER)) ? [BLOBS_FOLDER] : [];
  const files = [...(await ownEntries(folder)), ...(await localEntries(folder)), ...blobs];
  const beside = target === null ? [] : BESIDE_DATABASE.map((end) => [target + end, asideOf(target) + end] as const);
  return [
    ...files.map((name): [string, string] => [join(dataDir, name), join(dataDir, REPLACED, name)]),
    ...beside
      .filter((pair) => pair.some((path) => existsSync(path)))
      .map(([one, other]): [string, string] => [one, other]),
  ];
}

function asideOf(database: string): string {
  return `${database}${REPLACED}`;
}

async function removeReplaced(coreConfig: CoreConfig): Promise<void> {
  const target = databaseFile(coreConfig);
  if (target) for (const end of BESIDE_DATABASE) await rm(asideOf(target) + end, { force: true });
  await rm(join(coreConfig.dataDir, REPLACED), { recursive: true, force: true });
}

/** Gives what stays of it. */
async function mustBeUnused({ database, dataDir }: CoreConfig, isUnused: IsUnused): Promise<InstallationRow[]> {
  const log = createLog({ level: 'warn' });
  const db: Database = await openDatabase({
    config: database,
    dataDir,
    log,
    clock: systemClock(),
    metrics: createMetrics(),
  });
  try {
    if (!(await isUnused(db.read))) throw inUse();
    return await stayingIn(db.read);
  } finally {
    await db.close();
  }
}

/** The bucket knows the installation by this name. Nobody has begun to use it, so nothing there is anybody's. */
async function stayingIn(db: Knex): Promise<InstallationRow[]> {
  return (await hasTable(db, 'core_installation')) ? db('core_installation').where({ name: BYTES_OWNER }) : [];
}

/** Of tables that are ours; others that somebody keeps in the same schema stay. */
async function makeRoom(
  trx: Transaction,
  sources: readonly MigrationSource[],
  isUnused: IsUnused,
): Promise<InstallationRow[]> {
  await mustBeAlone(trx);
  if (!(await isUnused(trx))) throw inUse();
  const staying = await stayingIn(trx);
  const owners = sources.map(({ owner }) => owner);
  const ours = (await tablesOf(trx)).filter((table) => ownerOfTable(table, owners));
  for (const table of [...ours, ...OWN_TABLES]) await trx.raw('drop table if exists ?? cascade', [table]);
  return staying;
}

async function mustBeAlone(trx: Transaction): Promise<void> {
  for (let tries = 0; ; tries++) {
    if ((await serversOn(trx)) === 0) return;
    if (tries >= GONE_TRIES) throw new ConfigError('Another server works on this database. Stop it first');
    await pause(GONE_PAUSE_MS);
  }
}

/** How many servers listen to what happens on this PostgreSQL database. */
export async function serversOn(db: Knex): Promise<number> {
  // In a transaction it would be what the first look has seen.
  await db.raw('select pg_stat_clear_snapshot()');
  const { rows } = await db.raw(
    'select count(*)::int as servers from pg_stat_activity where datname = current_database() and application_name = ?',
    [LISTENER],
  );
  return rows[0]?.servers ?? 0;
}

function inUse(): ConfigError {
  return new ConfigError('Somebody has begun to use this installation meanwhile; a restore never overwrites');
}
