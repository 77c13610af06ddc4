/**
 * `patchbay backup FILE` and `patchbay restore FILE`: one .tar.gz with a consistent snapshot of the database,
 * the files that it points to, and the secrets without which sealed data is lost.
 */
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { create, extract } from 'tar';
import { ConfigError } from '../config/load.ts';
import { migrateUp } from '../database/migrations.ts';
import { dumpPostgres, loadPostgres } from '../database/postgres-dump.ts';
import { createLog } from '../observability/log.ts';
import { createPlatform, prepare } from '../platform.ts';
import { coreVersion } from '../plugins.ts';
import { withPlatform } from './with-platform.ts';

const SQLITE_FILE = 'database.sqlite3';
const POSTGRES_FILE = 'database.ndjson';

interface Manifest {
  patchbay: string;
  client: 'sqlite' | 'pg';
  created_at: string;
}

export async function backup(file: string): Promise<void> {
  const target = resolve(file);
  if (existsSync(target)) throw new ConfigError(`${file} exists already; a backup never overwrites`);
  const staging = await mkdtemp(join(dirname(target), '.patchbay-backup-'));
  try {
    await withPlatform('read', async ({ services }) => {
      const { db, coreConfig, clock } = services;
      const manifest: Manifest = {
        patchbay: coreVersion(),
        client: db.client === 'pg' ? 'pg' : 'sqlite',
        created_at: new Date(clock.now()).toISOString(),
      };
      await writeFile(join(staging, 'manifest.json'), JSON.stringify(manifest, null, 2));
      // The database first: files that it points to stay for an hour after their row is gone, so none is missing.
      if (db.client === 'pg') await dumpPostgres(db, join(staging, POSTGRES_FILE));
      else await db.write.raw('vacuum into ?', [join(staging, SQLITE_FILE)]);
      const files = join(coreConfig.dataDir, 'files');
      if (existsSync(files)) await copyFiles(files, join(staging, 'files'));
      for (const name of await secretFiles(coreConfig.dataDir)) {
        await copyFile(join(coreConfig.dataDir, name), join(staging, name));
      }
    });
    await create({ gzip: true, cwd: staging, file: target, mode: 0o600 }, ['.']);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  process.stdout.write(`Wrote ${file}. It holds the secrets: keep it as safe as the data folder.\n`);
}

export async function restore(file: string): Promise<void> {
  const { coreConfig } = await prepare({});
  const { dataDir } = coreConfig;
  const source = resolve(file);
  if (!existsSync(source)) throw new ConfigError(`There is no file ${file}`);
  if (existsSync(dataDir) && (await readdir(dataDir)).length > 0) {
    throw new ConfigError(`${dataDir} is not empty; restore never overwrites. Move it away or name another dataDir`);
  }
  const staging = await mkdtemp(join(tmpdir(), 'patchbay-restore-'));
  try {
    await extract({ file: source, cwd: staging, strict: true });
    const manifest = await readManifest(staging, file);
    const isPostgres = coreConfig.database.client === 'pg';
    if ((manifest.client === 'pg') !== isPostgres) {
      throw new ConfigError(`${file} is of ${manifest.client}, but database.client is ${coreConfig.database.client}`);
    }
    const databaseFile = resolve(coreConfig.database.connection ?? join(dataDir, 'patchbay.sqlite3'));
    if (!isPostgres && existsSync(databaseFile)) {
      throw new ConfigError(`${databaseFile} exists; restore never overwrites`);
    }
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    for (const name of await secretFiles(staging)) await copyFile(join(staging, name), join(dataDir, name));
    if (existsSync(join(staging, 'files')))
      await cp(join(staging, 'files'), join(dataDir, 'files'), { recursive: true });
    if (isPostgres) await restorePostgres(join(staging, POSTGRES_FILE));
    else await copyFile(join(staging, SQLITE_FILE), databaseFile);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  process.stdout.write(`Restored ${file} into ${dataDir}.\n`);
}

async function restorePostgres(file: string): Promise<void> {
  const platform = await createPlatform({ log: createLog({ level: 'warn' }) });
  try {
    await migrateUp(platform.services.db, platform.migrations);
    await loadPostgres(platform.services.db, file);
  } finally {
    await platform.stop();
  }
}

async function readManifest(folder: string, file: string): Promise<Manifest> {
  try {
    return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  } catch (error) {
    throw new ConfigError(`${file} is not a backup of Patchbay`, { cause: error });
  }
}

/** Files that only this installation has: the master secret, certificates. */
async function secretFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name === 'secrets.json' || name.endsWith('.pem'));
}

/** A file that vanishes meanwhile was deleted by a sweep, so no row of the snapshot points to it. */
async function copyFiles(from: string, to: string): Promise<void> {
  for (const folder of await readdir(from)) {
    if (folder === 'incoming') continue;
    await mkdir(join(to, folder), { recursive: true });
    for (const name of await readdir(join(from, folder))) {
      await copyFile(join(from, folder, name), join(to, folder, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
  }
}
