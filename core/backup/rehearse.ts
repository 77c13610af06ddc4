/** Restores a backup beside the server into an empty place, opens it and looks whether all is there. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { DatabaseConfig } from '../database/connect.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { type MigrationSource, migrateUp } from '../database/migrations.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { createSecrets } from '../security/secrets.ts';
import { isEncrypted, isOpenedBy } from './encryption.ts';
import { absentPlugins, type Manifest, migrationsOf, readManifest, SQLITE_FILE } from './manifest.ts';
import { makeSqliteFile } from './other-kind.ts';
import { restorePostgres } from './restore-postgres.ts';
import type { RehearsalCheck } from './restored.ts';
import { ScratchRefused, withScratchDatabase } from './scratch-postgres.ts';
import { readSnapshot } from './snapshot.ts';
import { checked, unpack } from './unpacked.ts';
import type { BackupStep } from './write-backup.ts';

export interface RehearsedBackup {
  archive: string;
  /** An empty folder, which the caller removes. */
  staging: string;
  database: DatabaseConfig;
  sources: readonly { owner: string; folder: string; derived?: string }[];
  /** Tables whose rows are counted, by noun. */
  counted: Record<string, string>;
  /** Modules of plugins, by plugin. */
  checks: readonly { plugin: string; module: string }[];
  /** Keys of encrypted ones. */
  identities: readonly string[];
}

export interface RehearsalResult {
  /** `impossible`: it could not be tried, which says nothing of the backup. */
  outcome: 'passed' | 'failed' | 'impossible';
  problem: string | null;
  /** Rows that were counted, by noun. */
  contents: Record<string, number>;
}

type Step = (state: BackupStep) => void;
const log = createLog({ level: 'warn' });

/** Throws when the backup cannot be restored. */
export async function rehearse(backup: RehearsedBackup, step: Step): Promise<RehearsalResult> {
  const { archive, staging, database } = backup;
  const content = join(staging, 'content');
  await mkdir(content, { mode: 0o700 });
  step({ message: 'Unpacking' });
  if ((await isEncrypted(archive)) && !(await isOpenedBy(archive, backup.identities))) {
    const problem = 'It is encrypted for someone else: the server has no key that opens it';
    return { outcome: 'impossible', problem, contents: {} };
  }
  await unpack(archive, content, backup.identities);
  const sources = backup.sources.map(({ owner, folder, derived }) => ({
    owner,
    folder: new URL(folder),
    ...(derived !== undefined && { derived: new URL(derived) }),
  }));
  const without = absentPlugins((await readManifest(content, archive)).migrations ?? [], sources);
  const manifest = await checked(content, archive, { database, dataDir: staging }, { sources, without });
  step({ message: 'Restoring' });
  return database.client === 'pg'
    ? intoScratchDatabase(backup, content, manifest, sources, step)
    : intoCopy(backup, content, manifest, sources, step);
}

async function intoCopy(
  backup: RehearsedBackup,
  content: string,
  manifest: Manifest,
  sources: readonly MigrationSource[],
  step: Step,
): Promise<RehearsalResult> {
  const file = join(content, SQLITE_FILE);
  if (manifest.client === 'pg') await makeSqliteFile(content, manifest, sources);
  const { rows } = readSnapshot(file);
  const contents = await countedIn(backup.counted, manifest, (table) => rows.get(table) ?? 0);
  const db = await open({ ...backup.database, connection: file }, content);
  try {
    await migrateUp(db, sources);
    return await verdict(backup, content, manifest, contents, db, step);
  } finally {
    await db.close();
  }
}

async function intoScratchDatabase(
  backup: RehearsedBackup,
  content: string,
  manifest: Manifest,
  sources: readonly MigrationSource[],
  step: Step,
): Promise<RehearsalResult> {
  try {
    return await withScratchDatabase(backup.database, async (config) => {
      const db = await open(config, content);
      try {
        const known = { ...manifest, migrations: migrationsOf(manifest, sources) };
        await restorePostgres(db, { content, files: content }, known, sources);
        const contents = await countedIn(backup.counted, manifest, (table) => countOf(db, table));
        return await verdict(backup, content, manifest, contents, db, step);
      } finally {
        await db.close();
      }
    });
  } catch (error) {
    if (error instanceof ScratchRefused) return { outcome: 'impossible', problem: error.message, contents: {} };
    throw error;
  }
}

/** The rows of what the manifest counts, as far as the plugins that are on know its tables. */
async function countedIn(
  counted: Record<string, string>,
  { contents = {} }: Manifest,
  count: (table: string) => number | Promise<number>,
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const noun of Object.keys(contents)) {
    const table = counted[noun];
    if (table !== undefined) found[noun] = await count(table);
  }
  return found;
}

async function verdict(
  { checks }: RehearsedBackup,
  content: string,
  { contents: expected = {} }: Manifest,
  contents: Record<string, number>,
  db: Database,
  step: Step,
): Promise<RehearsalResult> {
  const odd = Object.keys(contents).find((noun) => contents[noun] !== expected[noun]);
  if (odd !== undefined) {
    const problem = `It holds ${contents[odd]} ${odd}, and says that there are ${expected[odd]}`;
    return { outcome: 'failed', problem, contents };
  }
  step({ message: 'Checking' });
  const secrets = createSecrets({ dataDir: content, env: process.env, whenMissing: 'refuse' });
  for (const { plugin, module } of checks) {
    const { check }: { check: RehearsalCheck } = await import(module);
    const problem = await check({ db, dataDir: content, secrets, log });
    if (problem !== null) return { outcome: 'failed', problem: `${plugin}: ${problem}`, contents };
  }
  return { outcome: 'passed', problem: null, contents };
}

async function countOf(db: Database, table: string): Promise<number> {
  const row: { count?: unknown } | undefined = await db.read(table).count({ count: '*' }).first();
  return Number(row?.count ?? 0);
}

function open(config: DatabaseConfig, dataDir: string): Promise<Database> {
  return openDatabase({ config, dataDir, log, clock: systemClock(), metrics: createMetrics() });
}
