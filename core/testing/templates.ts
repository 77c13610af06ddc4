/**
 * Databases that are migrated already, one for each set of migrations. A platform of a test starts on a copy and finds
 * nothing left to migrate; what migrating does is tested where a test brings its own database (test/core/history.test.ts).
 */
import { createHash } from 'node:crypto';
import { constants, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '../clock.ts';
import type { Tree } from '../config/tree.ts';
import { prepare } from '../configuration.ts';
import { openDatabase } from '../database/database.ts';
import { type MigrationSource, migrateUp } from '../database/migrations.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { migrationSourcesOf } from '../plugins.ts';
import { administer, databaseName, databaseUrl, testDatabase } from './databases.ts';

let ownFolder: string | undefined;
/** Templates that this process knows, by the plugins that they are for: a file, or the name of a PostgreSQL database. */
const known = new Map<string, Promise<string>>();

/** A database with the tables of these plugins: on SQLite in the data folder, on PostgreSQL one of its own. */
export async function migratedDatabase(plugins: Tree, dataDir: string): Promise<Tree> {
  const wanted = JSON.stringify(plugins);
  const found = known.get(wanted) ?? template(plugins);
  known.set(wanted, found);
  if (testDatabase !== 'pg') {
    // A file system that can do so shares the blocks.
    await copyFile(await found, join(dataDir, 'patchbay.sqlite3'), constants.COPYFILE_FICLONE);
    return { client: 'sqlite3', connection: null };
  }
  const name = databaseName();
  // Copying files is half the work of writing their pages to the log, as the default strategy does.
  await administer(`create database ${name} template ${await found} strategy file_copy`);
  return { client: 'pg', connection: databaseUrl(name) };
}

/** The same for the same migrations, in whichever process of this run. */
async function template(plugins: Tree): Promise<string> {
  const loaded = await prepare({ env: {}, overrides: { plugins } });
  const sources = migrationSourcesOf(loaded.plugins.map(({ plugin }) => plugin));
  const name = `template_${hashOf(sources)}`;
  return testDatabase === 'pg' ? templateDatabase(name, sources) : templateFile(name, sources);
}

function hashOf(sources: readonly MigrationSource[]): string {
  const hash = createHash('sha256');
  for (const { owner, folder } of sources) {
    for (const file of readdirSync(folder).sort()) {
      hash.update(`${owner}/${file}\n`).update(readFileSync(new URL(file, `${folder.href.replace(/\/?$/, '/')}`)));
    }
  }
  return hash.digest('hex').slice(0, 32);
}

/** Processes that make one template at the same moment each make a draft, and the name is given once. */
async function templateFile(name: string, sources: readonly MigrationSource[]): Promise<string> {
  const folder = templatesFolder();
  const file = join(folder, `${name}.sqlite3`);
  if (existsSync(file)) return file;
  const draft = mkdtempSync(join(folder, 'draft-'));
  await migrate({ client: 'sqlite3', connection: null }, draft, sources);
  renameSync(join(draft, 'patchbay.sqlite3'), file);
  rmSync(draft, { recursive: true });
  return file;
}

async function templateDatabase(name: string, sources: readonly MigrationSource[]): Promise<string> {
  const isThere = async () => (await administer(`select 1 from pg_database where datname = '${name}'`)).length > 0;
  if (await isThere()) return name;
  const draft = databaseName();
  await administer(`create database ${draft}`);
  await migrate({ client: 'pg', connection: databaseUrl(draft) }, tmpdir(), sources);
  try {
    await administer(`alter database ${draft} rename to ${name}`);
  } catch (error) {
    await administer(`drop database ${draft}`);
    if (!(await isThere())) throw error;
  }
  return name;
}

async function migrate(database: Tree, dataDir: string, sources: readonly MigrationSource[]): Promise<void> {
  const { coreConfig } = await prepare({ env: {}, overrides: { database, dataDir } });
  const db = await openDatabase({
    config: coreConfig.database,
    dataDir,
    log: createLog({ level: 'silent' }),
    clock: manualClock(Date.now()),
    metrics: createMetrics(),
  });
  try {
    await migrateUp(db, sources);
  } finally {
    await db.close();
  }
}

/** Of the whole run when `npm test` has made one, else of this process. */
function templatesFolder(): string {
  if (process.env.PATCHBAY_TEST_TEMPLATES) return process.env.PATCHBAY_TEST_TEMPLATES;
  if (ownFolder) return ownFolder;
  const made = mkdtempSync(join(tmpdir(), 'patchbay-templates-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  ownFolder = made;
  return made;
}
