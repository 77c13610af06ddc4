/** A logical dump of a PostgreSQL database: one line of JSON per row, out of one snapshot. */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Knex } from 'knex';
import { ConfigError } from '../config/load.ts';
import type { Database } from './database.ts';

/** Ledgers that migrations themselves write. */
const OWN_TABLES = ['core_migrations', 'core_migrations_lock'];
const ROWS_PER_FETCH = 500;

/** Writes every table's rows to the file, all as of one moment. */
export async function dumpPostgres(db: Database, file: string): Promise<void> {
  const output = createWriteStream(file, { mode: 0o600 });
  await db.read.transaction(
    async (trx) => {
      for (const table of await tablesOf(trx)) await dumpTable(trx, table, output);
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
  output.end();
  await once(output, 'close');
}

async function dumpTable(trx: Knex.Transaction, table: string, output: NodeJS.WritableStream): Promise<void> {
  await trx.raw('declare dump no scroll cursor for select row_to_json(t)::text as row from ?? t', [table]);
  for (;;) {
    const { rows }: { rows: { row: string }[] } = await trx.raw(`fetch ${ROWS_PER_FETCH} from dump`);
    for (const { row } of rows) {
      // readline takes these two for line ends; inside JSON they may be escaped.
      const safe = row.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029');
      if (!output.write(`${JSON.stringify({ table })}\t${safe}\n`)) await once(output, 'drain');
    }
    if (rows.length < ROWS_PER_FETCH) break;
  }
  await trx.raw('close dump');
}

/** Fills empty, migrated tables from a dump, in one transaction. Refuses tables that hold rows. */
export async function loadPostgres(db: Database, file: string): Promise<void> {
  await db.transaction(async (trx) => {
    const tables = await tablesOf(trx);
    for (const table of tables) {
      if (await trx(table).first()) throw new ConfigError(`The table ${table} is not empty; restore never overwrites`);
    }
    // Rows come in the order of tables, not of foreign keys.
    await trx.raw(`set local session_replication_role = replica`);
    for await (const line of createInterface({ input: createReadStream(file) })) {
      const [head = '', row = ''] = line.split('\t', 2);
      const { table }: { table: string } = JSON.parse(head);
      if (!tables.includes(table)) throw new ConfigError(`The backup holds ${table}, which no enabled plugin has`);
      await trx.raw('insert into ?? select * from json_populate_record(null::??, ?)', [table, table, row]);
    }
    for (const table of tables) await resetSequence(trx, table);
  });
}

/** The next generated id comes after the highest restored one. */
async function resetSequence(trx: Knex.Transaction, table: string): Promise<void> {
  const { rows }: { rows: { name: string | null }[] } = await trx.raw(
    `select pg_get_serial_sequence(quote_ident(?), 'id') as name
     where exists (select 1 from information_schema.columns
                   where table_schema = current_schema() and table_name = ? and column_name = 'id')`,
    [table, table],
  );
  const name = rows[0]?.name;
  if (name) await trx.raw('select setval(?, (select coalesce(max(id), 0) + 1 from ??), false)', [name, table]);
}

async function tablesOf(trx: Knex.Transaction): Promise<string[]> {
  const { rows }: { rows: { name: string }[] } = await trx.raw(
    `select table_name as name from information_schema.tables
     where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`,
  );
  return rows.map(({ name }) => name).filter((name) => !OWN_TABLES.includes(name));
}
