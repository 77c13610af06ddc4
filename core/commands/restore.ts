/**
 * `patchbay restore FILE`: a backup into an empty data folder, all of it or nothing. It is unpacked into `.restoring`
 * inside the folder and checked; then files are moved, the database comes last, and `.restoring` goes. While that is
 * there nothing starts, and another `restore` begins anew.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { identitiesIn } from '../backup/encryption.ts';
import { SQLITE_FILE } from '../backup/manifest.ts';
import { makeSqliteFile } from '../backup/other-kind.ts';
import { moveDatabase, moveFiles, removeCutOff, syncAll } from '../backup/placing.ts';
import { isRestored, markedId, openEmptyPostgres, restorePostgres } from '../backup/restore-postgres.ts';
import { checked, unpack } from '../backup/unpacked.ts';
import type { CoreConfig } from '../config/schema.ts';
import { prepare } from '../configuration.ts';
import type { Database } from '../database/database.ts';
import { lockInstance } from '../database/instance-lock.ts';
import type { MigrationSource } from '../database/migrations.ts';
import { ConfigError } from '../errors.ts';
import { databaseFile, lockFiles, RESTORING, refuseReplaced } from '../installation.ts';
import { migrationSourcesOf } from '../plugins.ts';
import { syncFolder } from '../write-once.ts';

/** What an empty folder may hold. */
const NOT_DATA = new Set(['lost+found', 'patchbay.lock', 'patchbay.lock-journal', RESTORING]);

export async function restore(
  file: string,
  { without = [], identity }: { without?: readonly string[]; identity?: string } = {},
): Promise<void> {
  const { coreConfig, plugins } = await prepare({});
  const { dataDir } = coreConfig;
  const source = resolve(file);
  if (!existsSync(source)) throw new ConfigError(`There is no file ${file}`);
  const identities = identity === undefined ? [] : identitiesOf(identity);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockInstance(lockFiles(dataDir, databaseFile(coreConfig) ?? join(dataDir, 'patchbay.sqlite3')), dataDir);
  try {
    const sources = migrationSourcesOf(plugins.map(({ plugin }) => plugin));
    await restoreInto(coreConfig, source, sources, { without, identities });
  } finally {
    lock.release();
  }
  process.stdout.write(`Restored ${file} into ${dataDir}.\n`);
}

function identitiesOf(file: string): string[] {
  if (!existsSync(file)) throw new ConfigError(`There is no file ${file}`);
  return identitiesIn(readFileSync(file, 'utf8'), file);
}

async function restoreInto(
  coreConfig: CoreConfig,
  source: string,
  sources: readonly MigrationSource[],
  { without, identities }: { without: readonly string[]; identities: readonly string[] },
): Promise<void> {
  const { dataDir } = coreConfig;
  const marker = join(dataDir, RESTORING);
  const isPostgres = coreConfig.database.client === 'pg';
  refuseReplaced(dataDir);
  if (existsSync(marker) && isPostgres && (await isRestored(coreConfig, markedId(marker)))) {
    // Cut off after the database had committed: nothing was missing but this.
    return rm(marker, { recursive: true });
  }
  if (existsSync(marker)) await removeCutOff(dataDir);
  const there = (await readdir(dataDir)).filter((name) => !NOT_DATA.has(name));
  if (there.length > 0) {
    throw new ConfigError(`${dataDir} is not empty; restore never overwrites. Move it away or name another dataDir`);
  }
  const target = databaseFile(coreConfig);
  if (target && existsSync(target)) throw new ConfigError(`${target} exists; restore never overwrites`);
  const content = join(marker, 'content');
  let db: Database | null = null;
  try {
    await mkdir(content, { recursive: true, mode: 0o700 });
    await unpack(source, content, identities);
    await syncAll(content);
    const manifest = await checked(content, source, coreConfig, { sources, without });
    if (isPostgres) db = await openEmptyPostgres(coreConfig);
    else if (manifest.client === 'pg') sayLeftOut(await makeSqliteFile(content, manifest, sources));
    await moveFiles(content, dataDir);
    if (db) sayLeftOut(await restorePostgres(db, { content, files: dataDir }, manifest, sources));
    else if (target) await moveDatabase(join(content, SQLITE_FILE), target, marker);
  } catch (error) {
    await removeCutOff(dataDir);
    if (target) await rm(`${target}.restoring`, { force: true });
    throw error;
  } finally {
    await db?.close();
  }
  await rm(marker, { recursive: true });
  syncFolder(dataDir);
}

function sayLeftOut(tables: ReadonlyMap<string, number>): void {
  const counts = [...tables].map(([table, rows]) => `${rows} rows of ${table}`);
  if (counts.length > 0) process.stdout.write(`Left out, as was asked for: ${counts.join(', ')}.\n`);
}
