/** The PostgreSQL side of a move: one connection of its own, outside of the pool, whose sessions end while nothing is said. */
import { once } from 'node:events';
import type pg from 'pg';
import { COUNTED_COLUMNS, OWN_TABLES } from '../database/postgres-dump.ts';
import { ConfigError, messageOf } from '../errors.ts';
import { type Column, fromPostgres, kindOfPostgres, type Value } from './kinds.ts';
import {
  ASIDE,
  type AsidePart,
  type Cursor,
  NOTES,
  type Note,
  PREPARED,
  quoted,
  type Reader,
  type ReadRow,
  type TableShape,
  type Writer,
} from './shapes.ts';

const ROWS_PER_FETCH = 1_000;
const LONGEST_COMPLAINT = 300;
/** As the session writes and reads values. */
const SESSION: Readonly<Record<string, string>> = {
  timezone: "'UTC'",
  datestyle: "'ISO, YMD'",
  intervalstyle: "'postgres'",
  bytea_output: "'hex'",
  extra_float_digits: '1',
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
};
/** Notes are lost with the rows that they tell of, so nothing has to be on the disk before the next. */
const QUICK = { synchronous_commit: 'off' };

/** Everything as PostgreSQL writes it. */
const AS_TEXT = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig;

export async function openPostgresReader(client: pg.Client): Promise<Reader> {
  await client.query(settingsOf(SESSION));
  // Of one moment, whoever else may be there.
  await client.query('begin isolation level repeatable read read only');
  return {
    shapes: () => shapesOf(client),
    rows: (table, columns, after) => rowsOf(client, table, columns, after),
    count: (table) => countOf(client, table),
    async givenNumbers() {
      const numbers = new Map<string, bigint>();
      for (const { table, sequence } of await sequencesOf(client)) {
        const [row] = await ask(client, `select case when is_called then last_value end from ${sequence}`);
        if (row?.[0] != null) numbers.set(table, BigInt(row[0]));
      }
      return numbers;
    },
    async close() {
      await client.query('rollback').catch(() => {});
      await client.end().catch(() => {});
    },
  };
}

/** `isWithin`: in a transaction of the caller, on a connection that is the caller's, where nothing is committed. */
export async function openPostgresWriter(client: pg.ClientBase, { isWithin = false } = {}): Promise<Writer> {
  await client.query(isWithin ? settingsOf(SESSION, 'set local') : settingsOf({ ...SESSION, ...QUICK }));
  const within = (work: () => Promise<void>) => (isWithin ? work() : inTransaction(client, work));
  return {
    shapes: () => shapesOf(client),
    rows: (table, columns, after) => {
      const read = () => rowsOf(client, table, columns, after);
      return isWithin ? read() : inReadOnly(client, read);
    },
    count: (table) => countOf(client, table),
    async notes() {
      const [found] = await ask(client, `select to_regclass(quote_ident(current_schema()) || '.${NOTES}')`);
      if (found?.[0] == null) return new Map();
      const rows = await ask(client, `select name, value from ${NOTES}`);
      return new Map(rows.map(([name, value]) => [String(name), JSON.parse(String(value))]));
    },
    async write(table, columns, rows, note) {
      await within(async () => {
        await copyIn(client, table, columns, rows);
        await put(client, note);
      });
    },
    note: (note) => put(client, note),
    async begin(begun) {
      await within(async () => {
        await client.query(`create table ${NOTES} (name text primary key, value text not null)`);
        await put(client, begun);
      });
    },
    async prepare(tables) {
      await within(async () => {
        for (const [place, { part, takeAway, bringBack }] of (await toPutAside(client)).entries()) {
          await client.query(takeAway);
          await put(client, { name: ASIDE[part] + String(place).padStart(6, '0'), value: bringBack });
        }
        const all = tables.map(quoted).join(', ');
        if (all !== '') await client.query(`truncate table ${all}`);
        await put(client, { name: PREPARED, value: true });
      });
    },
    async complete(part, said) {
      const asked = `select name, value from ${NOTES} where name like $1 order by name`;
      const aside = await ask(client, asked, [`${ASIDE[part]}%`]);
      for (const [name, value] of aside) {
        const statement: string = JSON.parse(String(value));
        said(statement);
        await within(async () => {
          await client.query(statement).catch((error: unknown) => {
            throw new ConfigError(`${statement} was refused: ${messageOf(error)}`, { cause: error });
          });
          await client.query(`delete from ${NOTES} where name = $1`, [name]);
        });
      }
    },
    async setGivenNumbers(numbers) {
      for (const { table, column, sequence } of await sequencesOf(client)) {
        const given = numbers.get(table) ?? 0n;
        await client.query(
          `select setval($1::regclass, greatest((select coalesce(max(${quoted(column)}), 0) from ${quoted(table)}), $2::bigint) + 1, false)`,
          [sequence, String(given)],
        );
      }
    },
    // It says so itself when they are brought back.
    danglingKeys: async () => null,
    async finish() {
      await client.query('analyze');
      // The last, with which it is done.
      await client.query(`drop table ${NOTES}`);
    },
    close: async () => (isWithin ? undefined : (client as pg.Client).end().catch(() => {})),
  };
}

async function* inReadOnly(client: pg.ClientBase, read: () => AsyncIterable<ReadRow[]>): AsyncGenerator<ReadRow[]> {
  await client.query('begin isolation level repeatable read read only');
  try {
    yield* read();
  } finally {
    await client.query('rollback');
  }
}

async function shapesOf(client: pg.ClientBase): Promise<TableShape[]> {
  const rows = await ask(
    client,
    `select c.relname, a.attname, t.typname, a.atttypmod, a.attgenerated <> ''
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       join pg_type t on t.oid = coalesce(nullif((select d.typbasetype from pg_type d where d.oid = a.atttypid), 0), a.atttypid)
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      order by c.relname, a.attnum`,
  );
  const tables = new Map<string, TableShape>();
  for (const [table = null, name, type, modifier, isGenerated] of rows) {
    const shape = tables.get(String(table)) ?? { name: String(table), columns: [], holdsWords: false };
    const isWords = type === 'tsvector';
    shape.holdsWords ||= isWords;
    const kind = kindOfPostgres(String(type));
    const scale = kind === 'decimal' && Number(modifier) >= 4 ? (Number(modifier) - 4) & 0x7ff : null;
    shape.columns.push({ name: String(name), kind, scale, isDerived: isWords || isGenerated === 't' });
    tables.set(shape.name, shape);
  }
  return [...tables.values()];
}

async function* rowsOf(
  client: pg.ClientBase,
  table: string,
  columns: readonly Column[],
  after: Cursor,
): AsyncGenerator<ReadRow[]> {
  const key = await keyOf(client, table);
  const names = columns.map(({ name }) => `moved.${quoted(name)}`);
  const written = key.map(({ name }) => `${name}::text`);
  const places = key.map(({ type }, place) => `$${place + 1}::${type}`);
  const order = key.map(({ name }) => name).join(', ');
  const where = after ? `where (${order}) > (${places.join(', ')})` : '';
  const sql = `select ${[...written, ...names].join(', ')} from ${quoted(table)} as moved ${where} order by ${order}`;
  await client.query(`declare moving no scroll cursor for ${sql}`, after ?? []);
  try {
    for (;;) {
      const rows = await ask(client, `fetch ${ROWS_PER_FETCH} from moving`);
      if (rows.length === 0) return;
      yield rows.map((row) => ({
        values: columns.map((column, place) => fromPostgres(row[key.length + place] ?? null, column)),
        cursor: row.slice(0, key.length).map(String),
      }));
      if (rows.length < ROWS_PER_FETCH) return;
    }
  } finally {
    await client.query('close moving');
  }
}

/** The primary key; where there is none, where rows lie, which stays while nobody writes. */
async function keyOf(client: pg.ClientBase, table: string): Promise<{ name: string; type: string }[]> {
  const rows = await ask(
    client,
    `select a.attname, format_type(a.atttypid, a.atttypmod)
       from pg_index i
       cross join lateral unnest(i.indkey) with ordinality as k(attnum, place)
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
      where i.indisprimary and i.indrelid = $1::regclass order by k.place`,
    [quoted(table)],
  );
  if (rows.length === 0) return [{ name: 'moved.ctid', type: 'tid' }];
  return rows.map(([name, type]) => ({ name: `moved.${quoted(String(name))}`, type: String(type) }));
}

async function countOf(client: pg.ClientBase, table: string): Promise<number> {
  const [row] = await ask(client, `select count(*) from ${quoted(table)}`);
  return Number(row?.[0] ?? 0);
}

interface Aside {
  part: AsidePart;
  takeAway: string;
  bringBack: string;
}

/** In the order in which they come back. Constraints that keep rows apart stay: they are how rows are found. */
async function toPutAside(client: pg.ClientBase): Promise<Aside[]> {
  const indexes = await ask(
    client,
    `select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid),
            exists (select 1 from pg_attribute a where a.attrelid = i.indexrelid and a.atttypid = 'tsvector'::regtype)
              or exists (select 1 from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any(i.indkey)
                           and a.atttypid = 'tsvector'::regtype)
       from pg_index i join pg_class c on c.oid = i.indrelid
      where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and i.indrelid <> '${NOTES}'::regclass
        and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)
      order by 1`,
  );
  const keys = await ask(
    client,
    `select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
       from pg_constraint where contype = 'f' and conparentid = 0 and connamespace = current_schema()::regnamespace order by 1, 2`,
  );
  const triggers = await ask(
    client,
    `select distinct tgrelid::regclass::text from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where not tgisinternal and c.relnamespace = current_schema()::regnamespace`,
  );
  return [
    ...indexes.map(([name, definition, isOfWords]) => ({
      part: isOfWords === 't' ? ('words' as const) : ('rows' as const),
      takeAway: `drop index ${name}`,
      bringBack: String(definition),
    })),
    ...keys.map(([table, name, definition]) => ({
      part: 'rows' as const,
      takeAway: `alter table ${table} drop constraint ${name}`,
      bringBack: `alter table ${table} add constraint ${name} ${definition}`,
    })),
    ...triggers.map(([table]) => ({
      part: 'rows' as const,
      takeAway: `alter table ${table} disable trigger user`,
      bringBack: `alter table ${table} enable trigger user`,
    })),
  ];
}

async function sequencesOf(client: pg.ClientBase): Promise<{ table: string; column: string; sequence: string }[]> {
  const rows = await ask(client, COUNTED_COLUMNS);
  return rows.flatMap(([table, column, sequence]) =>
    sequence == null || OWN_TABLES.includes(String(table))
      ? []
      : [{ table: String(table), column: String(column), sequence }],
  );
}

async function copyIn(
  client: pg.ClientBase,
  table: string,
  columns: readonly Column[],
  rows: readonly Value[][],
): Promise<void> {
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  // Servers that move nothing do without it.
  const { from: copyFrom } = await import('pg-copy-streams');
  const stream = client.query(copyFrom(`copy ${quoted(table)} (${names}) from stdin`));
  const done = once(stream, 'finish');
  try {
    stream.end(rows.map(lineOf).join(''));
    await done;
  } catch (error) {
    throw refused(table, error);
  }
}

/** Where it stopped is in PostgreSQL's own words, with the value. */
function refused(table: string, error: unknown): Error {
  const where =
    error instanceof Error && 'where' in error ? ` (${String(error.where).slice(0, LONGEST_COMPLAINT)})` : '';
  return new ConfigError(
    `PostgreSQL does not take what is in ${table}: ${messageOf(error)}${where}. ` +
      'Correct it in the source, and run the same command again: it continues where it stopped',
    { cause: error },
  );
}

const SPECIAL = /[\\\n\r\t]/g;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function lineOf(row: readonly Value[]): string {
  return `${row.map((value) => (value === null ? '\\N' : value.replace(SPECIAL, (one) => ESCAPED[one] ?? one))).join('\t')}\n`;
}

async function put(client: pg.ClientBase, { name, value }: Note): Promise<void> {
  await client.query(
    `insert into ${NOTES} (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value`,
    [name, JSON.stringify(value)],
  );
}

async function inTransaction(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

async function ask(client: pg.ClientBase, text: string, values: unknown[] = []): Promise<Value[][]> {
  const { rows } = await client.query<Value[]>({ text, values, rowMode: 'array', types: AS_TEXT });
  return rows;
}

function settingsOf(settings: Readonly<Record<string, string>>, set = 'set'): string {
  return Object.entries(settings)
    .map(([name, value]) => `${set} ${name} = ${value}`)
    .join('; ');
}
