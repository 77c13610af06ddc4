/** Starts the real platform for a test: temporary folder, free ports, its own database, a clock that the test moves. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../bind-plugins.ts';
import { type ManualClock, manualClock } from '../clock.ts';
import { merge, type Tree } from '../config/tree.ts';
import { createLog } from '../observability/log.ts';
import { createPlatform, type Platform } from '../platform.ts';
import type { Plugin } from '../plugin.ts';
import { builtInPlugins } from '../plugins.ts';
import type { Services } from '../services.ts';
import { type Client, createClient } from './client.ts';
import { dropDatabase, freshDatabase } from './databases.ts';
import { type Recording, recordEvents } from './recording.ts';
import { migratedDatabase } from './templates.ts';
import { warnings } from './warnings.ts';

export type TestClock = ManualClock;

/** `S` is what the test may use of the platform and of plugins: the scope of the plugin under test, say. */
export interface TestPlatform<S = Services> {
  platform: Platform;
  /** Of the platform and of all plugins: tests see through the walls between them. */
  services: S;
  clock: TestClock;
  url: string;
  port: number;
  dataDir: string;
  /** Adds jobs, functions and the like of a plugin that only this test has. */
  declare(parts: Partial<Plugin>): void;
  /** A client without credentials. */
  http: Client;
  /** Keeps what is announced from now on, of the types that the pattern finds. */
  record(types: RegExp): Promise<Recording>;
  stop(): Promise<void>;
  /** Stops, and starts again on the same data. */
  restart(): Promise<TestPlatform<S>>;
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
  /** The log goes here, and its last lines are kept as in production. */
  logTo?: { write(text: string): void };
  /** SQLite's file is read for damage every night, as in production: a process of its own for each day that time is moved. */
  checkNightly?: boolean;
  /** A configuration file under all this. */
  configFile?: string;
  /** Parts of a plugin that only this test has, there before anything starts, and after each restart. */
  parts?: Partial<Plugin>;
}

/** The least that argon2 takes: the real function, 0.1 ms instead of 20. */
const QUICK_HASHES = { memoryCost: 8, timeCost: 1 };

export async function startPlatform<S = Services>(options: TestOptions = {}): Promise<TestPlatform<S>> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'patchbay-test-')));
  const plugins = pluginsOf(options.plugins ?? []);
  const database = options.database ?? (await newDatabase(options, plugins, dataDir));
  const clock = options.clock ?? manualClock(Date.now());
  const overrides = merge(
    {
      http: { port: 0 },
      dataDir,
      database,
      // Tests move time by days: those of backups and alerts ask for them.
      backups: { schedule: null, rehearsal: null, beforeMigration: false },
      alerts: { to: [] },
      plugins,
    },
    options.config ?? {},
  );
  const level = options.logLevel ?? process.env.PATCHBAY_TEST_LOG;
  const log = level ? createLog({ level }) : createLog({ level: 'warn', destination: warnings });
  const platform = await createPlatform({
    env: options.configFile ? { PATCHBAY_CONFIG: options.configFile } : {},
    overrides,
    clock,
    ...(options.logTo ? { logTo: options.logTo } : { log }),
    checkResponses: true,
    guardConnections: true,
    checkNightly: options.checkNightly ?? false,
    passwordCost: QUICK_HASHES,
  });
  const declare = (parts: Partial<Plugin>): void =>
    connect({ name: 'test', summary: 'Parts of a test', ...parts }, platform.services);
  if (options.parts) declare(options.parts);
  const port = await platform.start();
  const url = `${platform.services.coreConfig.http.tls ? 'https' : 'http'}://127.0.0.1:${port}`;

  return {
    platform,
    services: insidesOf<S>(platform),
    clock,
    url,
    port,
    dataDir,
    declare,
    http: createClient(url),
    record: (types) => recordEvents(platform.services, types),
    async stop() {
      await platform.stop();
      assert.deepEqual(platform.services.db.violations, [], 'a second connection was asked for inside a transaction');
      // What a stop no longer waits for may write at this moment.
      await rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
      await dropDatabase(database);
    },
    async restart() {
      await platform.stop();
      return startPlatform<S>({ ...options, dataDir, database, clock });
    },
  };
}

/** With its tables, unless the test brings its own data, or a file that may name anything. */
async function newDatabase({ dataDir: kept, configFile }: TestOptions, plugins: Tree, dataDir: string): Promise<Tree> {
  return kept || configFile ? freshDatabase() : migratedDatabase(plugins, dataDir);
}

/** Every service of every plugin, under its name. What is not there, because its plugin is off, is undefined. */
export function insidesOf<S>({ services, scopes }: Platform): S {
  return Object.assign({}, services, ...[...scopes.values()].map((scope) => ({ ...scope })));
}

/** People of tests make their accounts themselves; by default nobody may. */
const IN_TESTS: Record<string, Tree> = { auth: { registration: 'open' } };

/** Everything named is enabled; every other built-in plugin is switched off. */
function pluginsOf(plugins: readonly string[] | Tree): Tree {
  const off = Object.fromEntries(builtInPlugins().map((name) => [name, { enabled: false }]));
  const named = Array.isArray(plugins)
    ? Object.fromEntries(plugins.map((name: string) => [name, {}]))
    : (plugins as Tree);
  const on = Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name, { ...IN_TESTS[name], ...(value as Tree) }]),
  );
  return { ...off, ...on };
}
