/** Whether the server behind the configured address can be worked with, asked once at each start. */
import type pg from 'pg';
import { ConfigError } from '../errors.ts';
import type { DatabaseConfig } from './connect.ts';
import { openClient } from './postgres.ts';

/** A pooler in transaction mode may give a quiet session the same server a few times. */
const ROUNDS = 3;

/** Throws a ConfigError for what looks like PostgreSQL and cannot do what is relied on, and what the driver throws for one that does not answer. */
export async function assertUsableServer({ connection, direct }: DatabaseConfig): Promise<void> {
  const client = await openClient(connection ?? '');
  try {
    const { rows } = await client.query('select version() as version, pg_backend_pid() as pid');
    refuseOthers(String(rows[0]?.version));
    const isPooled = rows[0]?.pid !== (client as pg.Client & { processID: number | null }).processID;
    if (direct !== null) await assertSameServer(client, direct);
    else if (isPooled) await assertSessions(client, connection ?? '', 'database.connection');
  } finally {
    await client.end().catch(() => {});
  }
}

/** Its advisory locks say that they were taken and lock nothing, and nobody is told by LISTEN. */
function refuseOthers(version: string): void {
  if (!version.startsWith('CockroachDB')) return;
  throw new ConfigError(
    'The database is CockroachDB, whose advisory locks lock nothing: two replicas would do the same work twice. Use PostgreSQL',
  );
}

/** The direct address must keep its sessions, and lead to where the other one does. */
async function assertSameServer(pooled: pg.Client, direct: string): Promise<void> {
  const client = await openClient(direct);
  try {
    await assertSessions(client, direct, 'database.direct');
    const { rows } = await client.query(
      'select pid, backend_start::text as since, current_database() as name from pg_stat_activity where pid = pg_backend_pid()',
    );
    const { rows: seen } = await pooled.query(
      'select 1 from pg_stat_activity where pid = $1 and backend_start::text = $2 and current_database() = $3',
      [rows[0]?.pid, rows[0]?.since, rows[0]?.name],
    );
    if (seen.length === 0) {
      throw new ConfigError('database.direct leads to another database than database.connection');
    }
  } finally {
    await client.end().catch(() => {});
  }
}

/** Two connections that are open at once have each a process of the server to itself, the same all the time; in transaction mode they have not. */
async function assertSessions(client: pg.Client, address: string, key: string): Promise<void> {
  const other = await openClient(address);
  try {
    const [ownPids, otherPids] = [new Set<number>(), new Set<number>()];
    for (let round = 0; round < ROUNDS; round++) {
      ownPids.add(await processOf(client));
      otherPids.add(await processOf(other));
    }
    if (ownPids.size === 1 && otherPids.size === 1 && [...ownPids].every((pid) => !otherPids.has(pid))) return;
  } finally {
    await other.end().catch(() => {});
  }
  throw new ConfigError(
    key === 'database.direct'
      ? 'database.direct leads to a pooler in transaction mode; it must be the address of PostgreSQL itself'
      : 'The database is behind a pooler in transaction mode, which keeps no session for locks and notices. Name the address of ' +
          'PostgreSQL itself in database.direct, or set the pooler to session mode',
  );
}

async function processOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}
