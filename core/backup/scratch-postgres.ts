/**
 * An empty PostgreSQL database for a rehearsal, on the server of ours. A schema beside our tables would not do: what a
 * migration does not find in it, it would find among those that are in use.
 */
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { DatabaseConfig } from '../database/connect.ts';
import { openClient } from '../database/postgres.ts';
import { withDatabase } from '../database/postgres-address.ts';
import { codeOf, messageOf } from '../errors.ts';

/** The server gives us none: its message is a sentence for operators. */
export class ScratchRefused extends Error {}

const PREFIX = 'patchbay_rehearsal_';
/** `insufficient_privilege` */
const NOT_ALLOWED = '42501';
const FEWEST_CONNECTIONS = 4;

/** Throws `ScratchRefused` when the server does not let us make one. It is dropped at the end, and those that a crash left before. */
export async function withScratchDatabase<T>(
  config: DatabaseConfig,
  work: (config: DatabaseConfig) => Promise<T>,
): Promise<T> {
  // A pooler knows the databases that it was told of, and a new one is not among them.
  const address = config.direct ?? config.connection ?? '';
  if (!/^postgres(ql)?:\/\//.test(address)) {
    throw new ScratchRefused(
      'database.connection is not written as an address (postgres://…), which a rehearsal needs',
    );
  }
  const client = await openClient(address);
  try {
    const name = await makeDatabase(client);
    const connection = withDatabase(address, name);
    try {
      return await work({ ...config, connection, direct: null, poolSize: FEWEST_CONNECTIONS });
    } finally {
      await client.query(`drop database if exists ${name} with (force)`);
    }
  } finally {
    await client.end().catch(() => {});
  }
}

async function makeDatabase(client: pg.Client): Promise<string> {
  const { rows } = await client.query('select current_database() as own');
  const mark = `Rehearsal of backups of ${rows[0]?.own}`;
  await dropLeft(client, mark);
  const name = PREFIX + randomBytes(8).toString('hex');
  try {
    await client.query(`create database ${name}`);
  } catch (error) {
    if (codeOf(error) === NOT_ALLOWED) {
      throw new ScratchRefused(
        'The database user may not make a database, so nothing was restored. Allow it: alter role … createdb',
      );
    }
    throw new ScratchRefused(`No database could be made for the rehearsal: ${messageOf(error)}`);
  }
  await client.query(`comment on database ${name} is ${client.escapeLiteral(mark)}`);
  return name;
}

/** Of rehearsals that were cut off. One runs at a time, so none of these is in use. */
async function dropLeft(client: pg.Client, mark: string): Promise<void> {
  const { rows }: { rows: { datname: string }[] } = await client.query(
    "select datname from pg_database where datname like 'patchbay\\_rehearsal\\_%' and shobj_description(oid, 'pg_database') = $1",
    [mark],
  );
  for (const { datname } of rows) {
    await client.query(`drop database if exists ${client.escapeIdentifier(datname)} with (force)`).catch(() => {});
  }
}
