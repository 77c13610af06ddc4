/**
 * A backup before a newer version changes the tables of an older one: what an update has done to a database no older version takes
 * back. What is new to the database only adds to it, as a plugin that was switched on does, and needs none.
 */
import { join } from 'node:path';
import type { Knex } from 'knex';
import {
  completedMigrations,
  hasTable,
  type MigrationSource,
  migrateUp,
  migrationNames,
  ownerOf,
} from '../database/migrations.ts';
import { ConfigError, messageOf } from '../errors.ts';
import type { Services } from '../plugin.ts';
import { coreVersion } from '../version.ts';
import type { Backups } from './backups.ts';

export interface Updating {
  services: Pick<Services, 'db' | 'coreConfig' | 'log'>;
  backups: Pick<Backups, 'makeBeforeUpdate' | 'list' | 'tidy'>;
  migrations: readonly MigrationSource[];
  /** The database was restored right before: the backup that it came from is the way back. */
  isRestored?: boolean;
}

/** Which version has migrated the database last. */
const VERSION = 'version';
/** Name of the backup that was made before an update which has not ended yet. */
const BACKUP = 'update_backup';
/** How many migrations the database had then. */
const COMPLETED = 'update_completed';
/** Older databases than this cannot be read whole by the backups of today. */
const READABLE = 'core/0014-segments';

/** Migrates the database; gives the names of what ran. Throws a ConfigError when there is to be a backup and cannot be one. */
export async function migrateWithBackup(updating: Updating): Promise<string[]> {
  const { services, backups, migrations, isRestored = false } = updating;
  const { db, coreConfig, log } = services;
  await backups
    .tidy()
    .catch((error) => log.warn({ reason: messageOf(error) }, 'What a backup left could not be removed'));
  const before = await factsOf(db.write);
  const isWanted = coreConfig.backups.beforeMigration && !isRestored;
  if (isWanted && (await isUpdate(db.write, migrations))) await secure(updating, before);
  const ran = await migrateUp(db, migrations);
  if (ran.length > 0) log.info({ migrations: ran }, 'Database migrated');
  await noteUpdated(db.write, before);
  return ran;
}

/**
 * Of an update that began and was cut off, the backup from before it is the way back. What such an update left is no way back: no
 * backup is made of it, and none is deleted for it, also where somebody has moved the one from before away.
 */
async function secure({ services, backups }: Updating, before: Facts): Promise<void> {
  const { db, coreConfig, log } = services;
  const from = before.get(VERSION) ?? null;
  const begun = before.get(BACKUP);
  const isThere = (await backups.list()).some(({ name }) => name === begun);
  const hasChanged = `${(await completedMigrations(db.write)).length}` !== before.get(COMPLETED);
  if (begun !== undefined && hasChanged && !isThere) {
    const { folder } = coreConfig.backups;
    const moved = `The backup from before this update, which was cut off half-way, is no longer in ${folder}. Keep it`;
    log.warn({ backup: begun, from, to: coreVersion() }, `${moved}. ${wayBack(begun, from)}`);
    return;
  }
  // Where nothing has changed since, another one is as good as one that was moved away.
  const file = join(coreConfig.backups.folder, begun !== undefined && isThere ? begun : await made());
  log.info({ backup: file, from, to: coreVersion() }, `A backup was made. ${wayBack(file, from)}`);

  async function made(): Promise<string> {
    log.info({ from, to: coreVersion() }, 'A backup is made before the database is migrated');
    try {
      const { name } = await backups.makeBeforeUpdate();
      await noteBegun(db.write, name);
      return name;
    } catch (error) {
      throw new ConfigError(
        `The database waits for a migration, and no backup could be made before it: ${messageOf(error)} ` +
          'Nothing was changed. Make room, or make a backup yourself and set backups.beforeMigration to false',
        { cause: error },
      );
    }
  }
}

async function noteBegun(db: Knex, name: string): Promise<void> {
  const completed = `${(await completedMigrations(db)).length}`;
  const facts = [
    { name: BACKUP, value: name },
    { name: COMPLETED, value: completed },
  ];
  await db('core_installation').insert(facts).onConflict('name').merge();
}

/** Whether something changes that was there: migrations of whoever has tables already. */
async function isUpdate(db: Knex, migrations: readonly MigrationSource[]): Promise<boolean> {
  const completed = new Set(await completedMigrations(db));
  if (!completed.has(READABLE)) return false;
  const owners = new Set([...completed].map(ownerOf));
  return migrationNames(migrations).some((name) => !completed.has(name) && owners.has(ownerOf(name)));
}

function wayBack(file: string, from: string | null): string {
  const former = from === null || from === coreVersion() ? 'the version that ran before' : `Patchbay ${from}`;
  return `To go back, install ${former}, start with an empty data folder (and an empty database), and run: patchbay restore ${file}`;
}

type Facts = ReadonlyMap<string, string>;

async function factsOf(db: Knex): Promise<Facts> {
  if (!(await hasTable(db, 'core_installation'))) return new Map();
  const rows = await db('core_installation').whereIn('name', [VERSION, BACKUP, COMPLETED]);
  return new Map(rows.map(({ name, value }) => [name, value]));
}

async function noteUpdated(db: Knex, before: Facts): Promise<void> {
  const value = coreVersion();
  if (before.get(VERSION) !== value)
    await db('core_installation').insert({ name: VERSION, value }).onConflict('name').merge();
  await db('core_installation').whereIn('name', [BACKUP, COMPLETED]).delete();
}
