/** `patchbay move --to ADDRESS`: the whole installation to the other kind of database, with the server stopped. */

import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { copyDataFolder, refuseOther } from '../backup/data-folder.ts';
import { absentPlugins } from '../backup/manifest.ts';
import { serversOn } from '../backup/over-empty.ts';
import type { RehearsalCheck } from '../backup/restored.ts';
import { systemClock } from '../clock.ts';
import type { CoreConfig } from '../config/schema.ts';
import type { DatabaseConfig } from '../database/connect.ts';
import type { Database } from '../database/database.ts';
import { lockInstance } from '../database/instance-lock.ts';
import { completedMigrations, type MigrationSource, pendingMigrations } from '../database/migrations.ts';
import { parsePostgresAddress } from '../database/postgres-address.ts';
import { ConfigError } from '../errors.ts';
import { databaseFile, lockFiles } from '../installation.ts';
import { type Moved, moveDatabase, type Side } from '../move/move.ts';
import { createLog } from '../observability/log.ts';
import { createOutbound } from '../outbound/outbound.ts';
import { createSecrets, type Secrets } from '../security/secrets.ts';
import { openStore } from '../storage/object-store.ts';
import { withPlatform } from './with-platform.ts';

export interface MoveOptions {
  to?: string;
  startOver?: boolean;
  without?: readonly string[];
  dataDir?: string;
}

/** What is known of the installation before it is locked. */
interface Known {
  coreConfig: CoreConfig;
  sources: readonly MigrationSource[];
  migrations: string[];
  checks: readonly { plugin: string; module: URL }[];
}

/** A line of what is under way, so often. */
const LINE_EVERY_MS = 5_000;
/** Of a server that is ending. */
const GONE_TRIES = 5;
const GONE_PAUSE_MS = 1_000;

export async function move(options: MoveOptions): Promise<void> {
  const to = options.to ?? process.env.PATCHBAY_MOVE_TO;
  if (!to) throw new ConfigError('Where to? --to postgres://user:password@host/name, or --to sqlite:FILE');
  const known = await lookedAt(options.without ?? []);
  const { coreConfig, sources, migrations } = known;
  const { dataDir } = coreConfig;
  const [source, target] = [sideOf(coreConfig, dataDir), targetOf(to, coreConfig, options.dataDir)];
  if ((source.file === null) === (target.file === null)) {
    throw new ConfigError(
      `The database is ${source.file === null ? 'PostgreSQL' : 'SQLite'} already. Between two of a kind its own tools copy, or a backup`,
    );
  }
  const folder = resolve(options.dataDir ?? dataDir);
  const copyTo = folder === resolve(dataDir) ? null : folder;
  if (copyTo !== null) await refuseOther(dataDir, copyTo);
  const files = source.file ?? target.file ?? join(dataDir, 'patchbay.sqlite3');
  const lock = lockInstance(lockFiles(dataDir, files), dataDir);
  const log = createLog({ level: 'warn' });
  const outbound = createOutbound({ config: { allow: [] }, log, clock: systemClock() });
  try {
    const secrets = createSecrets({ dataDir, env: process.env, whenMissing: 'refuse' });
    const store = openStore(coreConfig.storage, outbound);
    const lines = createLines();
    const moved = await moveDatabase({
      source,
      target,
      dataDir,
      store,
      sources,
      without: options.without ?? [],
      begun: { installation: secrets.fingerprint, migrations },
      startsOver: options.startOver ?? false,
      log,
      mustBeAlone,
      said: lines.said,
      report: lines.told,
      check: (db) => problemIn(db, known, secrets),
    });
    let copied = 0;
    if (copyTo !== null) {
      lines.said('Copying files');
      copied = await copyDataFolder({ source, dataDir, store, to: copyTo, log });
    }
    process.stdout.write(summary(moved, target, { to, dataDir: copyTo, copied }));
  } finally {
    await outbound.close();
    lock.release();
  }
}

/** Beside a server still, which reading does not disturb. */
async function lookedAt(without: readonly string[]): Promise<Known> {
  let known: Known | null = null;
  await withPlatform('read', async ({ services, plugins, migrations: sources, configuration }) => {
    const [pending] = await pendingMigrations(services.db, sources);
    if (pending) {
      throw new ConfigError(
        `The database is of an older version (${pending} has not run). Start the server once, or run \`patchbay migrate\``,
      );
    }
    const migrations = await completedMigrations(services.db.read);
    const absent = absentPlugins(migrations, sources).find((name) => !without.includes(name));
    if (absent) {
      throw new ConfigError(
        `The database holds data of the plugin '${absent}', which is not enabled. ` +
          `Enable it to move its data, or leave that behind: --without ${absent}`,
      );
    }
    const checks = plugins.flatMap(({ plugin: { name, rehearsal } }) =>
      rehearsal ? [{ plugin: name, module: rehearsal }] : [],
    );
    known = { coreConfig: configuration.coreConfig, sources, migrations: migrations.toSorted(), checks };
  });
  if (!known) throw new Error('The platform was not looked at');
  return known;
}

function sideOf(coreConfig: CoreConfig, dataDir: string): Side {
  return { config: coreConfig.database, file: databaseFile({ ...coreConfig, dataDir }) };
}

function targetOf(to: string, coreConfig: CoreConfig, dataDir = coreConfig.dataDir): Side {
  const [, scheme = '', rest = ''] = /^([a-z0-9]+):(.*)$/s.exec(to) ?? [];
  if (['pg', 'postgres', 'postgresql'].includes(scheme)) {
    const connection = `postgres:${rest}`;
    if (!rest.startsWith('//'))
      throw new ConfigError('--to is not written as an address: postgres://user:password@host/name');
    parsePostgresAddress(connection, '--to');
    return { config: { ...coreConfig.database, client: 'pg', connection }, file: null };
  }
  if (!['sqlite', 'sqlite3', 'file'].includes(scheme)) {
    throw new ConfigError(`--to is neither postgres://… nor sqlite:FILE`);
  }
  const path = rest.replace(/^\/\/(?=\/|$)/, '');
  const client: DatabaseConfig['client'] = 'sqlite3';
  const connection = path === '' ? null : resolve(path);
  const config = { ...coreConfig.database, client, connection };
  return { config, file: connection ?? join(resolve(dataDir), 'patchbay.sqlite3') };
}

/** A server that has just been told to stop may need a moment. */
async function mustBeAlone(db: Database): Promise<void> {
  for (let tries = 0; (await serversOn(db.read)) > 0; tries++) {
    if (tries >= GONE_TRIES) throw new ConfigError('A server works on this database. Stop all of them first');
    await pause(GONE_PAUSE_MS);
  }
}

/** What plugins look for in a restored backup is to be found here too: that the audit log is whole. */
async function problemIn(
  db: Database,
  { coreConfig: { dataDir }, checks }: Known,
  secrets: Secrets,
): Promise<string | null> {
  for (const { plugin, module } of checks) {
    const { check }: { check: RehearsalCheck } = await import(module.href);
    const problem = await check({ db, dataDir, secrets, log: createLog({ level: 'warn' }) });
    if (problem !== null) return `${plugin}: ${problem}`;
  }
  return null;
}

function createLines() {
  let last = 0;
  return {
    said(phase: string): void {
      last = Date.now();
      process.stdout.write(`${phase}\n`);
    },
    told(what: string, done: number, total: number): void {
      if (Date.now() - last < LINE_EVERY_MS) return;
      last = Date.now();
      const counts = [done, total].filter((count) => count > 0).map((count) => count.toLocaleString('en'));
      process.stdout.write(`  ${[what, counts.join(' of ')].filter(Boolean).join(': ')}\n`);
    },
  };
}

interface Reported {
  to: string;
  dataDir: string | null;
  copied: number;
}

function summary({ tables, left }: Moved, { config, file }: Side, { to, dataDir, copied }: Reported): string {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const lines = tables
    .filter((table) => table.rows > 0)
    .map(({ name, rows: count, sum }) => `  ${name}: ${count.toLocaleString('en')} rows, ${sum.slice(0, 16)}`);
  const client = file === null ? 'pg' : config.client;
  const connection = file === null ? shown(to) : config.connection;
  const written = [
    'database:',
    `  client: ${client}`,
    ...(connection === null ? [] : [`  connection: ${connection}`]),
    ...(dataDir === null ? [] : [`dataDir: ${dataDir}`]),
  ];
  return [
    ...lines,
    `Moved ${rows.toLocaleString('en')} rows of ${tables.length} tables; each was read again and is the same.`,
    ...(dataDir === null ? [] : [`Copied ${copied.toLocaleString('en')} files.`]),
    ...(left.length > 0 ? [`Left where they are, for no plugin has them: ${left.join(', ')}.`] : []),
    'Write this into the configuration, and start the server:',
    '',
    ...written.map((line) => `  ${line}`),
    '',
    'The database that it came from is as it was. Do not serve it again, or what comes in there is in one of both alone.',
    '',
  ].join('\n');
}

/** Without its password, which whoever typed it knows. */
function shown(address: string): string {
  return address
    .replace(/^(pg|postgresql):/, 'postgres:')
    .replace(/^(postgres:\/\/[^/?#@:]*):[^/?#@]*@/, '$1:PASSWORD@')
    .replace(/([?&]password=)[^&]*/, '$1PASSWORD');
}
