/** A logical dump of a PostgreSQL database: one line of JSON per row, out of one snapshot. */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Knex } from 'knex';
import { ConfigError } from '../errors.ts';
import { BYTES_ROWS } from './blob-rows.ts';
import type { Database, Transaction } from './database.ts';
import { completedMigrations } from './migrations.ts';

/** Ledgers that migrations themselves write. */
export const OWN_TABLES = ['core_migrations', 'core_migrations_lock'];
const ROWS_PER_FETCH = 500;
/** Rows that are inserted by one statement: so many, or so many characters. */
const ROWS_PER_INSERT = 500;
const CHARACTERS_PER_INSERT = 4 * 1024 * 1024;

export interface Dumped {
  rows: Map<string, number>;
  /** What blobs point to. */
  files: string[];
  segments: string[];
  migrations: string[];
  /** How far each sequence has come. */
  sequences: Record<string, string>;
  /** Tables of other schemas, which are not in it. */
  elsewhere: string[];
}

/** Writes every table's rows to the file, all as of one moment; gives how many, and what else is known of that moment. */
export async function dumpPostgres(db: Database, file: string): Promise<Dumped> {
  const output = createWriteStream(file, { mode: 0o600 });
  const failed = once(output, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => {});
  const rows = new Map<string, number>();
  const dumping = db.read.transaction(
    async (trx) => {
      for (const table of await tablesOf(trx)) rows.set(table, await dumpTable(trx, table, output));
      const files: { file: string }[] = await trx('core_blobs').whereNotNull('file').select('file');
      const segments: { segment: string }[] = await trx('core_blobs').whereNotNull('segment').distinct('segment');
      return {
        rows,
        files: files.map((row) => row.file),
        segments: segments.map((row) => row.segment),
        migrations: await completedMigrations(trx),
        sequences: await sequencesOf(trx),
        elsewhere: await tablesElsewhere(trx),
      };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
  const dumped = await Promise.race([dumping, failed]);
  output.end();
  await Promise.race([once(output, 'close'), failed]);
  return dumped;
}

async function dumpTable(trx: Knex.Transaction, table: string, output: NodeJS.WritableStream): Promise<number> {
  let count = 0;
  const given = table === 'core_installation' ? 'where name not like ?' : '';
  await trx.raw(`declare dump no scroll cursor for select row_to_json(t)::text as row from ?? t ${given}`, [
    table,
    ...(given ? [BYTES_ROWS] : []),
  ]);
  for (;;) {
    const { rows }: { rows: { row: string }[] } = await trx.raw(`fetch ${ROWS_PER_FETCH} from dump`);
    for (const { row } of rows) {
      // readline takes these two for line ends; inside JSON they may be escaped.
      const safe = row.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029');
      if (!output.write(`${JSON.stringify({ table })}\t${safe}\n`)) await once(output, 'drain');
    }
    count += rows.length;
    if (rows.length < ROWS_PER_FETCH) break;
  }
  await trx.raw('close dump');
  return count;
}

export interface LoadOptions {
  /** Of the dump: how far sequences had come that no column tells of. */
  sequences?: Record<string, string>;
  /** Whether the rows of a table that is not there are left out; else they are an error. */
  isLeftOut(table: string): boolean;
}

/**
 * Fills tables, which must be those of the dump and empty, inside the caller's transaction. Rows come in the order of
 * tables: foreign keys are taken away meanwhile and checked when they are put back, which the owner of the tables may do.
 * Gives how many rows of which tables were left out.
 */
export async function loadPostgres(
  trx: Transaction,
  file: string,
  { sequences = {}, isLeftOut }: LoadOptions,
): Promise<Map<string, number>> {
  const leftOut = new Map<string, number>();
  // What migrations themselves put in is in the dump as well, as it was.
  for (const table of await tablesOf(trx)) await trx.raw('truncate table ?? cascade', [table]);
  const keys = await takeForeignKeys(trx);
  const columns = await columnsOf(trx);
  let batch: { table: string; rows: string[]; characters: number } = { table: '', rows: [], characters: 0 };
  const { createInterface } = await import('node:readline');
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const tab = line.indexOf('\t');
    const { table }: { table: string } = JSON.parse(line.slice(0, tab));
    if (!columns.has(table) && isLeftOut(table)) {
      leftOut.set(table, (leftOut.get(table) ?? 0) + 1);
      continue;
    }
    const isFull = batch.rows.length >= ROWS_PER_INSERT || batch.characters >= CHARACTERS_PER_INSERT;
    if (table !== batch.table || isFull) {
      await insert(trx, batch.table, batch.rows, columns);
      batch = { table, rows: [], characters: 0 };
    }
    batch.rows.push(line.slice(tab + 1));
    batch.characters += line.length;
  }
  await insert(trx, batch.table, batch.rows, columns);
  for (const { table, name, definition } of keys) {
    await trx.raw(`alter table ${table} add constraint ?? ${definition}`, [name]);
  }
  await resetSequences(trx);
  await moveSequences(trx, sequences);
  return leftOut;
}

/** Columns that the rows do not have get their defaults; columns that the table does not have are of a newer version. */
async function insert(
  trx: Transaction,
  table: string,
  rows: readonly string[],
  columns: ReadonlyMap<string, Columns>,
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const known = columns.get(table);
  if (!known) throw new ConfigError(`The backup holds the table ${table}, which no enabled plugin has`);
  // What is generated is in the row as well, and is generated again.
  const names = Object.keys(JSON.parse(first)).filter((name) => !known.generated.has(name));
  const strange = names.find((name) => !known.written.has(name));
  if (strange) throw new ConfigError(`The backup is of another version: ${table} has no column ${strange}`);
  const list = names.map(() => '??').join(', ');
  await trx.raw(
    `insert into ?? (${list}) overriding system value select ${list} from json_populate_recordset(null::??, ?::json)`,
    [table, ...names, ...names, table, `[${rows.join(',')}]`],
  );
}

interface ForeignKey {
  /** Quoted where it has to be. */
  table: string;
  name: string;
  definition: string;
}

async function takeForeignKeys(trx: Transaction): Promise<ForeignKey[]> {
  const { rows }: { rows: ForeignKey[] } = await trx.raw(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace`,
  );
  for (const { table, name } of rows) await trx.raw(`alter table ${table} drop constraint ??`, [name]);
  return rows;
}

interface Columns {
  written: Set<string>;
  generated: Set<string>;
}

async function columnsOf(trx: Transaction): Promise<Map<string, Columns>> {
  const { rows }: { rows: { table: string; column: string; is_generated: boolean }[] } = await trx.raw(
    `select table_name as table, column_name as column, is_generated <> 'NEVER' as is_generated
     from information_schema.columns where table_schema = current_schema()`,
  );
  const columns = new Map<string, Columns>();
  for (const { table, column, is_generated } of rows) {
    const found = columns.get(table) ?? { written: new Set(), generated: new Set() };
    (is_generated ? found.generated : found.written).add(column);
    columns.set(table, found);
  }
  return columns;
}

/** Columns that count up (`table`, `column`), and by which `sequence`; also by one that no column owns. */
export const COUNTED_COLUMNS = `
  select table_name as table, column_name as column,
    pg_get_serial_sequence(quote_ident(table_name), column_name) as sequence
    from information_schema.columns
    where table_schema = current_schema() and is_identity = 'YES'
  union
  select t.relname, a.attname, s.oid::regclass::text
    from pg_attrdef d
    join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
    join pg_class s on s.oid = p.refobjid and s.relkind = 'S'
    join pg_class t on t.oid = d.adrelid and t.relnamespace = current_schema()::regnamespace
    join pg_attribute a on a.attrelid = t.oid and a.attnum = d.adnum`;

/** The next generated number of each column comes after the highest restored one. */
async function resetSequences(trx: Transaction): Promise<void> {
  const { rows }: { rows: { table: string; column: string; sequence: string | null }[] } =
    await trx.raw(COUNTED_COLUMNS);
  for (const { table, column, sequence } of rows) {
    if (!sequence || OWN_TABLES.includes(table)) continue;
    await trx.raw('select setval(?, (select coalesce(max(??), 0) + 1 from ??), false)', [sequence, column, table]);
  }
}

async function sequencesOf(trx: Knex.Transaction): Promise<Record<string, string>> {
  const { rows }: { rows: { name: string; value: string }[] } = await trx.raw(
    `select sequencename as name, last_value::text as value from pg_sequences
     where schemaname = current_schema() and last_value is not null`,
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** Numbers that were given stay given: also those of rows that are gone, and of sequences of which no column tells. */
async function moveSequences(trx: Transaction, sequences: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(await sequencesThere(trx, Object.keys(sequences)))) {
    const given = sequences[name];
    if (given !== undefined && BigInt(given) >= BigInt(value)) {
      await trx.raw('select setval(quote_ident(?)::regclass, ?::bigint)', [name, given]);
    }
  }
}

async function sequencesThere(trx: Transaction, names: string[]): Promise<Record<string, string>> {
  const { rows }: { rows: { name: string; value: string }[] } = await trx.raw(
    `select sequencename as name, coalesce(last_value, 0)::text as value from pg_sequences
     where schemaname = current_schema() and sequencename = any(?)`,
    [names],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

async function tablesElsewhere(trx: Knex.Transaction): Promise<string[]> {
  const { rows }: { rows: { name: string }[] } = await trx.raw(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema <> current_schema()
       and table_schema <> 'information_schema' and table_schema not like 'pg\\_%' order by 1`,
  );
  return rows.map(({ name }) => name);
}

/** All tables but the ledgers of migrations. */
export async function tablesOf(db: Knex): Promise<string[]> {
  const { rows }: { rows: { name: string }[] } = await db.raw(
    `select table_name as name from information_schema.tables
     where table_schema = current_schema() and table_type = 'BASE TABLE' order by 1`,
  );
  return rows.map(({ name }) => name).filter((name) => !OWN_TABLES.includes(name));
}
