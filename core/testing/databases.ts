/** Databases for tests: SQLite in the data folder, or one of its own for each platform on a PostgreSQL server. */
import { randomBytes } from 'node:crypto';
import knex from 'knex';
import type { Tree } from '../config/tree.ts';

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
  if (!url) {
    throw new Error(
      'PATCHBAY_TEST_PG_URL is not set: run the tests with `patchbay test --pg`, which starts PostgreSQL',
    );
  }
  return url;
}
