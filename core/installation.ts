/**
 * The installation that a process works on: its folder, the lock on it, its database and its master secret, opened in
 * this order, so that nothing is touched before it is known that it may be.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Clock } from './clock.ts';
import type { CoreConfig } from './config/schema.ts';
import { type Database, openDatabase } from './database/database.ts';
import { type InstanceLock, lockInstance } from './database/instance-lock.ts';
import { hasTable, LEDGER } from './database/migrations.ts';
import { explainedDatabaseError, untilItAnswers } from './database/wait-for-database.ts';
import { ConfigError } from './errors.ts';
import { NOTES } from './move/shapes.ts';
import type { Logger } from './observability/log.ts';
import type { Metrics } from './observability/metrics.ts';
import { createSecrets, type Secrets } from './security/secrets.ts';

/** Table `core_installation`. */
export interface InstallationRow {
  name: string;
  value: string;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_installation: InstallationRow;
    }
  }
}

/**
 * What a process is about to do. `serve` and `change` have SQLite for themselves and make what is missing; `read` runs
 * beside a server and finds everything or fails; `describe` touches nothing and works on a scratch database.
 */
export type Purpose = 'serve' | 'change' | 'read' | 'describe';

export interface Installation {
  db: Database;
  secrets: Secrets;
  /** After the migrations: notes whose database it is. Throws a ConfigError when another secret was faster. */
  claim(): Promise<void>;
  close(): Promise<void>;
}

export interface InstallationOptions {
  purpose: Purpose;
  coreConfig: CoreConfig;
  env: NodeJS.ProcessEnv;
  log: Logger;
  clock: Clock;
  metrics: Metrics;
  guardConnections?: boolean;
  /** SQLite: paths of extensions that readers load. */
  extensions?: readonly string[];
}

/** Stands in the data folder while a backup is being restored into it. */
export const RESTORING = '.restoring';
/** Beside it while that was begun in the page: what was there before, for the server that starts next. */
export const REPLACED = '.before-restore';
const FINGERPRINT = 'secret_fingerprint';

/** Throws a ConfigError for everything that the operator can mend. */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const { purpose, coreConfig, env } = options;
  const { dataDir } = coreConfig;
  if (purpose === 'describe') return openScratch(options);
  if (existsSync(join(dataDir, RESTORING))) {
    refuseReplaced(dataDir);
    throw new ConfigError(
      `A restore into ${dataDir} was cut off. Run it again, which begins anew, or delete the folder's content`,
    );
  }
  const file = databaseFile(coreConfig);
  if (purpose === 'read') mustExist(dataDir, file);
  else makeFolder(dataDir);
  const lock = purpose === 'read' || !file ? null : lockInstance(lockFiles(dataDir, file), dataDir);
  let db: Database | undefined;
  try {
    db = await openDatabase({ ...options, config: coreConfig.database, dataDir });
    if (!file) await untilItAnswers(coreConfig.database, { isPatient: purpose === 'serve', log: options.log });
    if (purpose === 'read' && !(await hasTable(db.read, LEDGER))) {
      throw new ConfigError(`The database of ${coreConfig.database.client} holds no tables of Patchbay`);
    }
    if (await hasTable(db.write, NOTES)) {
      throw new ConfigError(
        'A move into this database is not finished. Run `patchbay move` again with the former configuration: it continues where it stopped',
      );
    }
    const known = await fingerprintIn(db);
    const whenMissing = purpose === 'read' || known !== null ? 'refuse' : 'make';
    const secrets = createSecrets({ dataDir, env, whenMissing });
    if (known !== null) compare(known, secrets);
    return installation(db, secrets, lock);
  } catch (error) {
    await db?.close();
    lock?.release();
    throw explainedDatabaseError(error, coreConfig.database, file);
  }
}

/** Throws where a restore from the page was cut off, which nothing but a start ends or takes back. */
export function refuseReplaced(dataDir: string): void {
  if (!existsSync(join(dataDir, REPLACED))) return;
  throw new ConfigError(
    `A restore from the page into ${dataDir} was cut off. Start the server (\`patchbay start\`), which ends it or takes it back`,
  );
}

/** The SQLite file; null on PostgreSQL. */
export function databaseFile({ database, dataDir }: CoreConfig): string | null {
  return database.client === 'pg' ? null : resolve(database.connection ?? join(dataDir, 'patchbay.sqlite3'));
}

/** What has to be locked: the folder, and a database that lies elsewhere. */
export function lockFiles(dataDir: string, file: string): string[] {
  const isInside = file === join(dataDir, 'patchbay.sqlite3');
  return [join(dataDir, 'patchbay.lock'), ...(isInside ? [] : [`${file}.lock`])];
}

function installation(db: Database, secrets: Secrets, lock: InstanceLock | null): Installation {
  return {
    db,
    secrets,
    async claim() {
      await db
        .write('core_installation')
        .insert({ name: FINGERPRINT, value: secrets.fingerprint })
        .onConflict('name')
        .ignore();
      compare(await fingerprintIn(db), secrets);
    },
    async close() {
      await db.close();
      lock?.release();
    },
  };
}

async function openScratch(options: InstallationOptions): Promise<Installation> {
  const { coreConfig, env } = options;
  const scratch = mkdtempSync(join(tmpdir(), 'patchbay-describe-'));
  const config = { ...coreConfig.database, client: 'sqlite3' as const, connection: null };
  const db = await openDatabase({ ...options, config, dataDir: scratch });
  return {
    db,
    secrets: createSecrets({ dataDir: coreConfig.dataDir, env, whenMissing: 'pass over' }),
    claim: async () => {},
    async close() {
      await db.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

async function fingerprintIn(db: Database): Promise<string | null> {
  if (!(await hasTable(db.write, 'core_installation'))) return null;
  const row = await db.write('core_installation').where({ name: FINGERPRINT }).first();
  return row?.value ?? null;
}

function compare(known: string | null, { fingerprint }: Secrets): void {
  if (known === null || known === fingerprint) return;
  throw new ConfigError(
    'The master secret is not the one of this database: what it sealed could not be opened, and nothing was changed. ' +
      'Bring back its secrets.json or PATCHBAY_SECRET',
  );
}

function mustExist(dataDir: string, file: string | null): void {
  if (file !== null && !existsSync(file)) {
    throw new ConfigError(`There is no database: ${file} does not exist. Is dataDir (${dataDir}) the right folder?`);
  }
}

function makeFolder(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new ConfigError(`dataDir cannot be made: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}
