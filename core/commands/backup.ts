/**
 * `patchbay backup FILE`: one .tar.gz with a consistent snapshot of the database, the files that it points to, and the
 * secrets without which sealed data is lost. Written beside and renamed: there is never half a backup under its name.
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { create } from 'tar';
import { copyBlobs, copyEntries } from '../backup/files.ts';
import { MANIFEST_FILE, type Manifest } from '../backup/manifest.ts';
import { type Snapshot, takeSnapshot } from '../backup/snapshot.ts';
import { ConfigError } from '../config/config-error.ts';
import { codeOf, messageOf } from '../errors.ts';
import type { Platform } from '../platform.ts';
import { coreVersion } from '../plugins.ts';
import { SECRETS_FILE } from '../security/secrets.ts';
import { withPlatform } from './with-platform.ts';

const STAGING = '.patchbay-backup-';
/** Folders of backups that were killed hold secrets: they go with the next backup, once they cannot be under way. */
const STALE_MS = 24 * 3600 * 1000;
const CUT_OFF_BY = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function backup(file: string): Promise<void> {
  const target = resolve(file);
  if (existsSync(target)) throw new ConfigError(`${file} exists already; a backup never overwrites`);
  if (!existsSync(dirname(target))) throw new ConfigError(`There is no folder ${dirname(target)}`);
  await withPlatform('read', async (platform) => {
    await removeStale(dirname(target));
    const staging = await mkdtemp(join(dirname(target), STAGING));
    const interrupted = () => void rm(staging, { recursive: true, force: true }).finally(() => process.exit(1));
    for (const signal of CUT_OFF_BY) process.once(signal, interrupted);
    try {
      const { manifest, missing, files } = await collect(platform, join(staging, 'content'));
      await pack(join(staging, 'content'), join(staging, 'archive'), target);
      process.stdout.write(summary(file, manifest, files));
      if (missing.length > 0) warnOf(missing);
    } catch (error) {
      if (!/^E[A-Z]+$/.test(codeOf(error))) throw error;
      throw new ConfigError(`The backup could not be written: ${messageOf(error)}`, { cause: error });
    } finally {
      for (const signal of CUT_OFF_BY) process.off(signal, interrupted);
      await rm(staging, { recursive: true, force: true });
    }
  });
}

async function collect({ services, plugins }: Platform, folder: string) {
  const { db, coreConfig, clock, secrets } = services;
  await mkdir(folder, { mode: 0o700 });
  // The database first: files that it points to stay for an hour after their row is gone, so none is missing.
  const snapshot = await takeSnapshot(db, folder);
  const missing = await copyBlobs(snapshot.files, coreConfig.dataDir, folder);
  await copyEntries(coreConfig.dataDir, folder);
  const manifest: Manifest = {
    patchbay: coreVersion(),
    client: db.client === 'pg' ? 'pg' : 'sqlite',
    created_at: new Date(clock.now()).toISOString(),
    id: randomUUID(),
    migrations: [...snapshot.migrations],
    secret_fingerprint: secrets.fingerprint,
    holds_secret: existsSync(join(folder, SECRETS_FILE)) && !process.env.PATCHBAY_SECRET,
    contents: contentsOf(snapshot, plugins),
  };
  await writeFile(join(folder, MANIFEST_FILE), JSON.stringify(manifest, null, 2));
  return { manifest, missing, files: snapshot.files.length - missing.length };
}

/** Rows of the tables that plugins want counted. */
function contentsOf({ rows }: Snapshot, plugins: Platform['plugins']): Record<string, number> {
  const counted = plugins.flatMap(({ plugin }) => Object.entries(plugin.contents ?? {}));
  return Object.fromEntries(counted.map(([noun, table]) => [noun, rows.get(table) ?? 0]));
}

async function pack(folder: string, archive: string, target: string): Promise<void> {
  await create({ gzip: true, cwd: folder, file: archive, mode: 0o600 }, ['.']);
  const handle = await open(archive, 'r');
  await handle.sync();
  await handle.close();
  await rename(archive, target);
}

function summary(file: string, { contents, holds_secret }: Manifest, files: number): string {
  const counts = Object.entries({ ...contents, files }).map(([noun, count]) => `${count.toLocaleString('en')} ${noun}`);
  const secret = holds_secret
    ? 'It holds the secrets: keep it as safe as the data folder.'
    : 'The master secret is not in it, but in PATCHBAY_SECRET: without that, what is sealed cannot be opened again.';
  return `Wrote ${file}: ${counts.join(', ')}.\n${secret}\n`;
}

function warnOf(missing: readonly string[]): void {
  process.exitCode = 1;
  process.stderr.write(
    `patchbay: ${missing.length} files to which the database points are missing, so they are not in the backup ` +
      `(${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ', …' : ''}). Everything else is.\n`,
  );
}

async function removeStale(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(STAGING)) continue;
    const found = await stat(join(folder, name)).catch(() => null);
    if (found && Date.now() - found.mtimeMs > STALE_MS) await rm(join(folder, name), { recursive: true, force: true });
  }
}
