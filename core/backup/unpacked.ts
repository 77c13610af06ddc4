/** A backup that was unpacked, and everything that can be known of it before anything is put in place. */
import { createReadStream, existsSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadEntry } from 'tar';
import type { CoreConfig } from '../config/schema.ts';
import { damageOf } from '../database/integrity.ts';
import type { MigrationSource } from '../database/migrations.ts';
import { ConfigError, messageOf } from '../errors.ts';
import { createSecrets, SECRETS_FILE } from '../security/secrets.ts';
import { decrypted, isEncrypted } from './encryption.ts';
import { checkMigrations, type Manifest, migrationsOf, POSTGRES_FILE, readManifest, SQLITE_FILE } from './manifest.ts';
import { readSnapshot } from './snapshot.ts';

const PLAIN = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'Link']);

/**
 * What is encrypted is opened by one of the identities while it is read. A backup holds files and folders, and nothing else: an
 * archive with links, devices or ways out of the folder is none. `signal` ends it, before a small file has filled the disk.
 */
export async function unpack(
  source: string,
  content: string,
  identities: readonly string[] = [],
  signal?: AbortSignal,
): Promise<void> {
  try {
    const stream = createReadStream(source);
    const plain = (await isEncrypted(source)) ? await opened(stream, identities) : stream;
    const foreign: string[] = [];
    const { extract } = await import('tar');
    const unpacking = extract({ cwd: content, strict: true, preserveOwner: false, filter: onlyPlain(foreign) });
    await pipeline(plain, unpacking, { ...(signal && { signal }) });
    if (foreign[0] !== undefined) throw new Error(foreign[0]);
  } catch (error) {
    throw new ConfigError(`${source} cannot be unpacked: ${messageOf(error)}`, { cause: error });
  }
}

async function opened(stream: Readable, identities: readonly string[]): Promise<Readable> {
  if (identities.length > 0) return decrypted(stream, identities);
  stream.destroy();
  throw new Error('It is encrypted. The key that opens it is needed: --identity FILE');
}

/** What is left out is said at the end: an error within the reader would be nobody's. */
function onlyPlain(foreign: string[]) {
  return (path: string, entry: ReadEntry | Stats): boolean => {
    const isPlain = !('type' in entry) || PLAIN.has(String(entry.type));
    if (!isPlain && foreign.length < 1) foreign.push(`${path} is a ${entry.type}, which no backup holds`);
    return isPlain;
  };
}

/** Everything that can be known before anything is put in place. Throws a ConfigError. */
export async function checked(
  content: string,
  file: string,
  { database, dataDir }: Pick<CoreConfig, 'database' | 'dataDir'>,
  { sources, without }: { sources: readonly MigrationSource[]; without: readonly string[] },
): Promise<Manifest> {
  const manifest = await readManifest(content, file);
  const isPostgres = database.client === 'pg';
  const isDump = manifest.client === 'pg';
  const snapshot = join(content, isDump ? POSTGRES_FILE : SQLITE_FILE);
  if (!existsSync(snapshot)) throw new ConfigError(`${file} holds no database`);
  const damage = isDump ? null : await damageOf(snapshot);
  if (damage) throw new ConfigError(`The database in ${file} is damaged: ${damage}`);
  checkMigrations(
    isDump ? migrationsOf(manifest, sources) : readSnapshot(snapshot).migrations,
    sources,
    // A file is put in place as it is, with all that is in it.
    isPostgres || isDump,
    without,
  );
  checkSecret(content, manifest, dataDir);
  return manifest;
}

/** The secret that will be used must be the one that sealed what is in the backup. */
function checkSecret(content: string, manifest: Manifest, dataDir: string): void {
  const isGiven = process.env.PATCHBAY_SECRET !== undefined && process.env.PATCHBAY_SECRET !== '';
  if (!isGiven && !existsSync(join(content, SECRETS_FILE))) {
    throw new ConfigError(
      'The backup does not hold its master secret: set PATCHBAY_SECRET to the one that it was made with',
    );
  }
  const { fingerprint } = createSecrets({ dataDir: content, env: process.env, whenMissing: 'refuse' });
  if (manifest.secret_fingerprint === undefined || manifest.secret_fingerprint === fingerprint) return;
  throw new ConfigError(
    `The master secret is not the one of this backup, so nothing was put into ${dataDir}. ` +
      'Set PATCHBAY_SECRET to the one that it was made with, or unset it when the backup holds it',
  );
}
