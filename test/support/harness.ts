/** Starts the real platform for a test: temporary folder, free ports, its own database, a clock that the test moves. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import knex from 'knex';
import { manualClock } from '#core/clock.ts';
import { merge, type Tree } from '#core/config/load.ts';
import { createLog } from '#core/observability/log.ts';
import { createPlatform, type Platform } from '#core/platform.ts';
import type { Plugin } from '#core/plugin.ts';
import { connect } from '#core/wire.ts';
import { type Client, createClient } from './client.ts';
import { type Insides, insidesOf } from './insides.ts';

export type TestClock = ReturnType<typeof manualClock>;

export interface TestPlatform {
  platform: Platform;
  /** Of the platform and of all plugins. */
  services: Insides;
  clock: TestClock;
  url: string;
  port: number;
  dataDir: string;
  /** Adds jobs, functions and the like of a plugin that only this test has. */
  declare(parts: Partial<Plugin>): void;
  /** A client without credentials. */
  http: Client;
  stop(): Promise<void>;
  /** Stops, and starts again on the same data. */
  restart(): Promise<TestPlatform>;
}

export interface TestOptions {
  /** Parts of `plugins:`; only these are enabled. `['auth']` is short for `{ auth: {} }`. */
  plugins?: readonly string[] | Tree;
  /** Other parts of the configuration. */
  config?: Tree;
  clock?: TestClock;
  /** Keep data of an earlier platform. */
  dataDir?: string;
  database?: Tree;
  logLevel?: string;
  /** A configuration file under all this. */
  configFile?: string;
}

const BUILT_IN = ['auth', 'billing', 'licensing', 'mail', 'workflows'];

export async function startPlatform(options: TestOptions = {}): Promise<TestPlatform> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'patchbay-test-')));
  const database = options.database ?? (await freshDatabase());
  const clock = options.clock ?? manualClock(Date.now());
  const overrides = merge(
    {
      http: { port: 0 },
      dataDir,
      database,
      mailer: { transport: 'log' },
      plugins: pluginsOf(options.plugins ?? []),
    },
    options.config ?? {},
  );
  const log = createLog({ level: options.logLevel ?? process.env.PATCHBAY_TEST_LOG ?? 'silent' });
  const platform = await createPlatform({
    env: options.configFile ? { PATCHBAY_CONFIG: options.configFile } : {},
    overrides,
    clock,
    log,
    checkResponses: true,
    guardConnections: true,
  });
  const port = await platform.start();
  const url = `http://127.0.0.1:${port}`;

  return {
    platform,
    services: insidesOf(platform),
    clock,
    url,
    port,
    dataDir,
    declare: (parts) => connect({ name: 'test', summary: 'Parts of a test', ...parts }, platform.services),
    http: createClient(url),
    async stop() {
      await platform.stop();
      assert.deepEqual(platform.services.db.violations, [], 'a second connection was asked for inside a transaction');
      await rm(dataDir, { recursive: true, force: true });
      await dropDatabase(database);
    },
    async restart() {
      await platform.stop();
      return startPlatform({ ...options, dataDir, database, clock });
    },
  };
}

/** Which database this run of the tests is about. */
export const testDatabase: 'sqlite3' | 'pg' = process.env.PATCHBAY_TEST_DATABASE === 'pg' ? 'pg' : 'sqlite3';

/** SQLite lies in the data folder; on PostgreSQL each platform gets a database of its own. */
export async function freshDatabase(): Promise<Tree> {
  if (testDatabase !== 'pg') return { client: 'sqlite3', connection: null };
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer((db) => db.raw('create database ??', [name]));
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { client: 'pg', connection: url.href };
}

/** A database whose owner is no superuser and has no other right, as managed services give. */
export async function ownedDatabase(): Promise<Tree> {
  const database = await freshDatabase();
  if (database.client !== 'pg') return database;
  const url = new URL(String(database.connection));
  const name = url.pathname.slice(1);
  await administer(async (db) => {
    await db.raw('create role ?? login', [name]);
    await db.raw('alter database ?? owner to ??', [name, name]);
  });
  url.username = name;
  return { ...database, connection: url.href };
}

export async function dropDatabase(database: Tree): Promise<void> {
  if (database.client !== 'pg') return;
  const name = new URL(String(database.connection)).pathname.slice(1);
  await administer((db) => db.raw('drop database if exists ?? with (force)', [name]));
}

async function administer(work: (db: knex.Knex) => Promise<unknown>): Promise<void> {
  const db = knex({ client: 'pg', connection: serverUrl(), pool: { min: 0, max: 1 } });
  try {
    await work(db);
  } finally {
    await db.destroy();
  }
}

function serverUrl(): string {
  const url = process.env.PATCHBAY_TEST_PG_URL;
  if (!url) throw new Error('PATCHBAY_TEST_PG_URL is not set: run the tests with `npm test`, which starts PostgreSQL');
  return url;
}

/** People of tests make their accounts themselves; by default nobody may. */
const IN_TESTS: Record<string, Tree> = { auth: { registration: 'open' } };

/** Everything named is enabled; every other built-in plugin is switched off. */
function pluginsOf(plugins: readonly string[] | Tree): Tree {
  const off = Object.fromEntries(BUILT_IN.map((name) => [name, { enabled: false }]));
  const named = Array.isArray(plugins)
    ? Object.fromEntries(plugins.map((name: string) => [name, {}]))
    : (plugins as Tree);
  const on = Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name, { ...IN_TESTS[name], ...(value as Tree), enabled: true }]),
  );
  return { ...off, ...on };
}
