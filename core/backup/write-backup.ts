/**
 * One .tar.gz with a consistent snapshot of the database, the files that it points to, and the secrets without which
 * sealed data is lost. Written beside and renamed: there is never half a backup under its name.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../database/database.ts';
import { areOnTheirWay } from '../database/folder-move.ts';
import { coreErrors } from '../errors.ts';
import { SECRETS_FILE } from '../security/secrets.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { syncFolder } from '../write-once.ts';
import { encrypted } from './encryption.ts';
import { copyBlobs, copyEntries } from './files.ts';
import { MANIFEST_FILE, type Manifest } from './manifest.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

/** What a backup says of the platform that it is of. */
export interface BackupSource {
  dataDir: string;
  /** Version of Patchbay. */
  version: string;
  secretFingerprint: string;
  now: number;
  /** Tables whose rows are counted, by noun. */
  counted: Record<string, string>;
}

export interface Written {
  manifest: Manifest;
  /** Files that rows point to and that are not there. */
  missing: string[];
  /** Tables that are not in it, because they lie in another schema. */
  elsewhere: readonly string[];
  files: number;
}

export type BackupStep = { message: string; done?: number; total?: number };

interface Way {
  staging: string;
  target: string;
  recipient?: string | null;
  /** The bucket that has bytes which the folder has not. */
  store: ObjectStore | null;
}

export async function writeBackup(
  db: Database,
  source: BackupSource,
  { staging, target, recipient = null, store }: Way,
  step: (state: BackupStep) => void = () => {},
): Promise<Written> {
  const content = join(staging, 'content');
  const written = await collect(db, source, store, content, step);
  step({ message: 'Packing' });
  await pack(content, join(staging, 'archive'), target, recipient);
  return written;
}

async function collect(
  db: Database,
  source: BackupSource,
  store: ObjectStore | null,
  folder: string,
  step: (state: BackupStep) => void,
): Promise<Written> {
  await mkdir(folder, { mode: 0o700 });
  step({ message: 'Copying the database' });
  // The database first: files that it points to stay for an hour after their row is gone, so none is missing.
  const snapshot = await takeSnapshot(db, folder);
  const total = snapshot.files.length;
  const missing = await copyBlobs(snapshot.files, { from: source.dataDir, to: folder, store }, (done) =>
    step({ message: 'Copying files', done, total }),
  );
  if (missing.length > 0 && store && (await areOnTheirWay(db, source.now)))
    throw coreErrors.unavailable({
      message: `${missing.length} files lie in the folder of another replica still, which moves them`,
    });
  await copyEntries(source.dataDir, folder);
  const manifest: Manifest = {
    patchbay: source.version,
    client: db.client === 'pg' ? 'pg' : 'sqlite',
    created_at: new Date(source.now).toISOString(),
    id: randomUUID(),
    migrations: [...snapshot.migrations],
    ...(snapshot.sequences && { sequences: snapshot.sequences }),
    secret_fingerprint: source.secretFingerprint,
    holds_secret: existsSync(join(folder, SECRETS_FILE)) && !process.env.PATCHBAY_SECRET,
    contents: contentsOf(snapshot, source.counted),
  };
  await writeFile(join(folder, MANIFEST_FILE), JSON.stringify(manifest, null, 2));
  return { manifest, missing, elsewhere: snapshot.elsewhere ?? [], files: total - missing.length };
}

function contentsOf({ rows }: Snapshot, counted: Record<string, string>): Record<string, number> {
  return Object.fromEntries(Object.entries(counted).map(([noun, table]) => [noun, rows.get(table) ?? 0]));
}

/** The archive is never there unencrypted; what it is made of lies in the staging folder for as long as that takes. */
async function pack(folder: string, archive: string, target: string, recipient: string | null): Promise<void> {
  const { create } = await import('tar');
  const packed = Readable.from(create({ gzip: true, cwd: folder }, ['.']), { objectMode: false });
  const written = recipient === null ? packed : await encrypted(packed, recipient);
  await pipeline(written, createWriteStream(archive, { mode: 0o600 }));
  const handle = await open(archive, 'r');
  await handle.sync();
  await handle.close();
  await rename(archive, target);
  syncFolder(dirname(target));
}
