/** Databases for tests: SQLite lies in the data folder; on PostgreSQL each platform gets one of its own. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Tree } from '../config/tree.ts';
import { parsePostgresAddress } from '../database/postgres-address.ts';

/** Which database this process tests. */
export const testDatabase: 'sqlite3' | 'pg' = process.env.PATCHBAY_TEST_DATABASE === 'pg' ? 'pg' : 'sqlite3';

/** An empty database. What startPlatform makes itself has its tables already (templates.ts). */
export async function freshDatabase(): Promise<Tree> {
  if (testDatabase !== 'pg') return { client: 'sqlite3', connection: null };
  const name = databaseName();
  await administer(`create database ${name}`);
  return { client: 'pg', connection: databaseUrl(name) };
}

/** A database whose owner is no superuser and has no other right, as managed services give. */
export async function ownedDatabase(): Promise<Tree> {
  const database = await freshDatabase();
  if (database.client !== 'pg') return database;
  const url = new URL(String(database.connection));
  const name = url.pathname.slice(1);
  await administer(`create role ${name} login`);
  await administer(`alter database ${name} owner to ${name}`);
  url.username = name;
  return { ...database, connection: url.href };
}

export async function dropDatabase(database: Tree): Promise<void> {
  if (database.client !== 'pg') return;
  const [server = ''] = parsePostgresAddress(String(database.connection)).servers;
  const name = new URL(server).pathname.slice(1);
  await administer(`drop database if exists ${name} with (force)`);
}

/** A new name that needs no quotes. */
export function databaseName(): string {
  return `test_${randomBytes(8).toString('hex')}`;
}

export function databaseUrl(name: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return url.href;
}

let server: pg.Pool | undefined;

/** Runs one statement as the superuser of the test server; gives its rows. */
export async function administer(statement: string): Promise<pg.QueryResultRow[]> {
  server ??= openServer();
  return (await server.query<pg.QueryResultRow>(statement)).rows;
}

function openServer(): pg.Pool {
  const pool = new pg.Pool({ connectionString: serverUrl(), max: 2, allowExitOnIdle: true });
  // An idle connection ends when the server does; the next statement opens another.
  pool.on('error', () => {});
  return pool;
}

function serverUrl(): string {
  const url = process.env.PATCHBAY_TEST_PG_URL;
  if (!url)
    throw new Error(
      'PATCHBAY_TEST_PG_URL is not set: run the tests with `patchbay test --pg`, which starts PostgreSQL',
    );
  return url;
}
