/** For migrations: makes the ids of a plugin's tables, and what refers to them, 64 bits wide. SQLite's are already. */
import type { Knex } from 'knex';

/** Columns of 32 bits that hold ids, in the tables whose names begin with the prefix. */
const NARROW = `
  select table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
    from information_schema.columns
   where table_schema = current_schema() and data_type = ?
     and starts_with(table_name, ?) and (column_name in ('id', 'seq') or column_name like '%\\_id')
   order by table_name, column_name`;

export async function widenIds(db: Knex, prefix: string): Promise<void> {
  await alterIds(db, prefix, 'integer', 'bigint');
}

/** The way back, for as long as no id has needed the width. */
export async function narrowIds(db: Knex, prefix: string): Promise<void> {
  await alterIds(db, prefix, 'bigint', 'integer');
}

async function alterIds(db: Knex, prefix: string, from: string, to: string): Promise<void> {
  if (db.client.config.client !== 'pg') return;
  const { rows } = await db.raw(NARROW, [from, prefix]);
  for (const { table_name: table, column_name: column, sequence } of rows) {
    await db.raw(`alter table ?? alter column ?? type ${to}`, [table, column]);
    if (sequence) await db.raw(`alter sequence ${sequence} as ${to}`);
  }
}
