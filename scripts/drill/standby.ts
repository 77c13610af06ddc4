/** A PostgreSQL with a synchronous standby: what the primary has acknowledged, both have. */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startPostgres, type TestPostgres } from '#core/testing/postgres.ts';

export interface PrimaryAndStandby {
  primary: TestPostgres;
  standby: TestPostgres;
}

const SETTINGS = [
  'wal_level=replica',
  'max_wal_senders=4',
  'wal_keep_size=256',
  'synchronous_commit=on',
  'autovacuum=on',
];
const POLL_MS = 50;
const LONGEST_MS = 60_000;

export async function startPrimaryAndStandby(): Promise<PrimaryAndStandby> {
  const primary = await startPostgres({ settings: SETTINGS });
  const client = new pg.Client({ connectionString: primary.url });
  await client.connect();
  try {
    // PostgreSQL manual, "Making a Base Backup Using the Low Level API".
    await client.query("select pg_backup_start('standby', true)");
    const copy = `${primary.data}-copy`;
    cpSync(primary.data, copy, { recursive: true });
    const { rows } = await client.query('select labelfile from pg_backup_stop(true)');
    const standby = await startPostgres({
      settings: SETTINGS,
      fill(data) {
        cpSync(copy, data, { recursive: true });
        rmSync(join(data, 'postmaster.pid'), { force: true });
        writeFileSync(join(data, 'backup_label'), rows[0]?.labelfile);
        writeFileSync(join(data, 'standby.signal'), '');
        const { hostname, port } = new URL(primary.url);
        const way = `host=${hostname} port=${port} user=postgres application_name=standby`;
        writeFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${way}'\n`);
      },
    });
    rmSync(copy, { recursive: true });
    await client.query("alter system set synchronous_standby_names = 'standby'");
    await client.query('select pg_reload_conf()');
    await isSynchronous(client);
    return { primary, standby };
  } finally {
    await client.end();
  }
}

async function isSynchronous(client: pg.Client): Promise<void> {
  for (const until = Date.now() + LONGEST_MS; Date.now() < until; await sleep(POLL_MS)) {
    const { rows } = await client.query("select 1 from pg_stat_replication where sync_state = 'sync'");
    if (rows.length > 0) return;
  }
  throw new Error('The standby did not become synchronous');
}

/** Makes the standby the primary. */
export async function promote(standby: TestPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: standby.url });
  await client.connect();
  await client.query('select pg_promote()');
  await client.end();
}
