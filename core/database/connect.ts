/** Opens the connections: on SQLite one writer and a pool of readers, on PostgreSQL one pool for both (postgres.ts). */
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import knex, { type Knex } from 'knex';
import type pg from 'pg';
import Type, { type Static } from 'typebox';
import type { Logger } from '../observability/log.ts';
import { knexLines, QUIET_ERRORS } from './knex-log.ts';
import { openPostgres } from './postgres.ts';
import { makeQuick } from './quick-client.ts';
import { cacheStatements, type PreparingConnection } from './statement-cache.ts';

export const DatabaseConfig = Type.Object(
  {
    client: Type.Union([Type.Literal('sqlite3'), Type.Literal('better-sqlite3'), Type.Literal('pg')], {
      default: 'sqlite3',
      description: 'sqlite3 is built in; better-sqlite3 has to be installed beside it; pg is PostgreSQL.',
    }),
    connection: Type.Union([Type.String(), Type.Null()], {
      default: null,
      description:
        'PostgreSQL: postgres://user:password@host:port/name, with a standby host:port,host:port. ' +
        'SQLite: a file; default dataDir/patchbay.sqlite3.',
    }),
    direct: Type.Union([Type.String(), Type.Null()], {
      default: null,
      description:
        'PostgreSQL behind a pooler (PgBouncer): the address of the server itself, for what needs a session of its own. ' +
        'A pooler in transaction mode is refused without it.',
    }),
    readers: Type.Integer({ default: 3, minimum: 1, maximum: 64, description: 'SQLite: reading connections.' }),
    poolSize: Type.Integer({
      default: 10,
      minimum: 4,
      maximum: 200,
      description: 'PostgreSQL: connections of this process, for everything that it does at once.',
    }),
    silenceSeconds: Type.Integer({
      default: 8,
      minimum: 1,
      maximum: 600,
      description:
        'PostgreSQL: after so long without a byte the server is asked whether it still works for the connection; ' +
        'one that it has forgotten is given up.',
    }),
    walLimitMb: Type.Integer({
      default: 64,
      minimum: 1,
      maximum: 65536,
      description: 'SQLite: size of the write-ahead log at which readers that hold it back are ended.',
    }),
    longestReadSeconds: Type.Integer({
      default: 30,
      minimum: 1,
      maximum: 3600,
      description: 'SQLite: a reader may be ended for the limit above once it has run this long.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'Where the data lives.' },
);
export type DatabaseConfig = Static<typeof DatabaseConfig>;

/** What upkeep needs of a raw SQLite connection (sqlite3 and better-sqlite3 differ). */
export interface RawConnection {
  close(callback?: (error: unknown) => void): void;
  interrupt?(): void;
}

export interface Connections {
  read: Knex;
  write: Knex;
  /** Moves the write-ahead log beside the writer; null on PostgreSQL. */
  keeper: Knex | null;
  /** A connection of one's own to PostgreSQL, outside of the pool and of any pooler. Throws on SQLite. */
  rawConnection(): Promise<pg.Client>;
  /** Path of the SQLite file; null on PostgreSQL. */
  file: string | null;
  config: DatabaseConfig;
  close(): Promise<void>;
}

/**
 * `extensions`: paths of SQLite's loadable extensions, for readers alone; whoever uses one asks the database whether it is
 * there, for what cannot be loaded is left out.
 */
export async function connect(
  config: DatabaseConfig,
  dataDir: string,
  log: Logger,
  extensions: readonly string[] = [],
): Promise<Connections> {
  if (config.client === 'pg') return connectPostgres(config, log);
  const file = resolve(config.connection ?? join(dataDir, 'patchbay.sqlite3'));
  mkdirSync(dirname(file), { recursive: true });
  const lines = knexLines(log);

  const write = knex({ ...sqliteOptions(config, file, lines), pool: pool(1, writerPragmas(config), config.client) });
  // The writer goes first: it makes the file and switches it to WAL before a reader opens it.
  await write.raw('select 1');
  const read = knex({
    ...sqliteOptions(config, file, lines),
    pool: pool(config.readers, READER_PRAGMAS, config.client, extensions),
  });
  const keeper = knex({ ...sqliteOptions(config, file, lines), pool: pool(1, KEEPER_PRAGMAS, config.client) });
  for (const one of [write, read]) makeQuick(one);
  return {
    read,
    write,
    keeper,
    rawConnection: () => Promise.reject(new Error('SQLite has no connections to a server')),
    file,
    config,
    async close() {
      await keeper.destroy();
      await read.destroy();
      await write.destroy();
    },
  };
}

/** How long a statement waits for a lock of another process. */
export const BUSY_TIMEOUT_MS = 10_000;

/** `auto_vacuum` works only before the first table is made, so it stands first. */
const WRITER_PRAGMAS = [
  'auto_vacuum=incremental',
  'journal_mode=wal',
  'synchronous=full',
  'foreign_keys=on',
  `busy_timeout=${BUSY_TIMEOUT_MS}`,
  // Upkeep moves the log into the database on a connection of its own; this is for when it cannot keep up.
  'wal_autocheckpoint=8000',
  'cache_size=-16000',
  'temp_store=memory',
];
/** The log is written over as far as it may stay, instead of growing anew each time: all it gets without the keeper. */
const KEPT_LOG_MB = 32;

/** Half of the limit at most, so that what stays is never taken for a log that readers hold back. */
function writerPragmas({ walLimitMb }: DatabaseConfig): string[] {
  const keptMb = Math.min(KEPT_LOG_MB, walLimitMb / 2);
  return [...WRITER_PRAGMAS, `journal_size_limit=${keptMb * 1024 * 1024}`];
}

const KEEPER_PRAGMAS = ['synchronous=full', `busy_timeout=${BUSY_TIMEOUT_MS}`, 'cache_size=-2000'];
const READER_PRAGMAS = [
  'query_only=on',
  `busy_timeout=${BUSY_TIMEOUT_MS}`,
  'cache_size=-8000',
  'temp_store=memory',
  'mmap_size=268435456',
];

function sqliteOptions(config: DatabaseConfig, filename: string, log: Knex.Logger): Knex.Config {
  return { client: config.client, connection: { filename }, useNullAsDefault: true, ...QUIET_ERRORS, log };
}

function pool(max: number, pragmas: string[], client: string, extensions: readonly string[] = []): Knex.PoolConfig {
  return {
    min: 1,
    max,
    afterCreate(connection: SqliteConnection, done: (error: Error | null, connection: SqliteConnection) => void) {
      const sql = pragmas.map((pragma) => `pragma ${pragma};`).join(' ');
      if (client === 'sqlite3') {
        cacheStatements(connection as SqliteConnection & PreparingConnection);
        return connection.exec(sql, (error) =>
          error ? done(error, connection) : loadExtensions(connection, extensions, () => done(null, connection)),
        );
      }
      try {
        connection.exec(sql);
        for (const path of extensions) passOver(() => connection.loadExtension(path));
        done(null, connection);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)), connection);
      }
    },
  };
}

/** One after another; what cannot be loaded (another platform, another libc) is left out. */
function loadExtensions(connection: SqliteConnection, [path, ...others]: readonly string[], done: () => void): void {
  if (path === undefined) done();
  else connection.loadExtension(path, () => loadExtensions(connection, others, done));
}

function passOver(work: () => void): void {
  try {
    work();
  } catch {}
}

interface SqliteConnection extends RawConnection {
  loadExtension(path: string, done?: (error: Error | null) => void): void;
  exec(sql: string, callback?: (error: Error | null) => void): void;
}

async function connectPostgres(config: DatabaseConfig, log: Logger): Promise<Connections> {
  if (!config.connection) throw new Error('database.client is pg, so database.connection must name the server');
  const { knex: database, rawConnection } = await openPostgres({ ...config, connection: config.connection }, log);
  return {
    read: database,
    write: database,
    keeper: null,
    rawConnection,
    file: null,
    config,
    close: () => database.destroy(),
  };
}
