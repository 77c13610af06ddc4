/** The SQLite side of a move: a file that this process has for itself, and no other library has open meanwhile. */
import { existsSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { ConfigError, messageOf } from '../errors.ts';
import { type Column, fromSqlite, type SqliteValue, toSqlite } from './kinds.ts';
import {
  ASIDE,
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

/** Rows that are handed on together: so many, or so many characters. */
const ROWS_AT_ONCE = 2_000;
const CHARACTERS_AT_ONCE = 4 * 1024 * 1024;
const CACHE_KB = 64 * 1024;

/** Triggers by which an index of parts of texts follows its table (database/substrings.ts): with them it is made as rows come. */
const FOLLOWS = /^(\w+)_substrings_in$/;

/** Of a move that has begun this file; none in every other file, whatever it is. */
export function notesOfFile(file: string): Map<string, unknown> {
  if (!existsSync(file)) return new Map();
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return notesOf(db);
  } catch {
    return new Map();
  } finally {
    db.close();
  }
}

export function openSqliteReader(file: string): Reader {
  const db = new DatabaseSync(file, { readOnly: true });
  return readerOn(db);
}

function readerOn(db: DatabaseSync): Reader {
  return {
    async shapes() {
      return shapesOf(db);
    },
    rows: (table, columns, after) => rowsOf(db, table, columns, after),
    async count(table) {
      return Number(db.prepare(`select count(*) as count from ${quoted(table)}`).get()?.count ?? 0);
    },
    async givenNumbers() {
      const hasAny = db.prepare("select 1 from sqlite_master where name = 'sqlite_sequence'").get();
      if (!hasAny) return new Map();
      const asked = exact(db, 'select name, seq from sqlite_sequence where seq is not null');
      return new Map(asked.all().map((row) => [String(cellOf(row, 0)), BigInt(String(cellOf(row, 1)))]));
    },
    async close() {
      db.close();
    },
  };
}

export function openSqliteWriter(file: string): Writer {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  // The first works only before there is a table (database/connect.ts).
  db.exec(
    `pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -${CACHE_KB}`,
  );
  const { shapes, rows, count, close } = readerOn(db);
  let last: { key: string; statement: StatementSync } | null = null;

  return {
    shapes,
    rows,
    count,
    close,
    async notes() {
      return notesOf(db);
    },
    async write(table, columns, values, note) {
      const statement = insertInto(table, columns);
      try {
        within(db, () => {
          for (const row of values) {
            statement.run(...columns.map((column, place) => toSqlite(row[place] ?? null, column)));
          }
          put(db, note);
        });
      } catch (error) {
        throw new ConfigError(`SQLite does not take what is in ${table}: ${messageOf(error)}`, { cause: error });
      }
    },
    async note(note) {
      put(db, note);
    },
    async begin(begun) {
      within(db, () => {
        db.exec(`create table ${NOTES} (name text primary key, value text not null)`);
        put(db, begun);
      });
    },
    async prepare(tables) {
      within(db, () => {
        for (const { name, type, sql } of toPutAside(db)) {
          db.exec(`drop ${type} ${quoted(name)}`);
          put(db, { name: `${ASIDE.rows}${type} ${name}`, value: sql });
        }
        // What migrations themselves put in is in the source as well, as it is now.
        for (const table of tables) db.exec(`delete from ${quoted(table)}`);
        for (const table of indexesOfWords(db)) db.exec(`insert into ${table} (${table}) values ('delete-all')`);
        put(db, { name: PREPARED, value: true });
      });
    },
    async complete(part, said) {
      const begin = ASIDE[part];
      const aside = db.prepare(`select name, value from ${NOTES} where name like ? order by name`).all(`${begin}%`);
      for (const { name, value } of aside) {
        said(String(name).slice(begin.length));
        within(db, () => {
          db.exec(JSON.parse(String(value)));
          db.prepare(`delete from ${NOTES} where name = ?`).run(String(name));
        });
      }
    },
    async setGivenNumbers(numbers) {
      const counted = new Set(
        db
          .prepare("select name from sqlite_master where type = 'table' and sql like '%autoincrement%'")
          .all()
          .map(({ name }) => String(name)),
      );
      within(db, () => {
        for (const [table, number] of numbers) {
          if (!counted.has(table)) continue;
          const known = db.prepare('select seq from sqlite_sequence where name = ?').get(table);
          if (!known) db.prepare('insert into sqlite_sequence (name, seq) values (?, ?)').run(table, number);
          else if (BigInt(String(known.seq)) < number) {
            db.prepare('update sqlite_sequence set seq = ? where name = ?').run(number, table);
          }
        }
      });
    },
    async danglingKeys() {
      const [found] = db.prepare('pragma foreign_key_check').all();
      return found ? `${found.table} refers to rows of ${found.parent} that are not there` : null;
    },
    async finish() {
      db.exec(`drop table ${NOTES}`);
      db.exec('pragma wal_checkpoint(truncate)');
    },
  };

  function insertInto(table: string, columns: readonly Column[]): StatementSync {
    const names = columns.map(({ name }) => quoted(name)).join(', ');
    const key = `${table} (${names})`;
    if (last?.key === key) return last.statement;
    const places = columns.map(() => '?').join(', ');
    last = { key, statement: db.prepare(`insert into ${quoted(table)} (${names}) values (${places})`) };
    return last.statement;
  }
}

function notesOf(db: DatabaseSync): Map<string, unknown> {
  if (!db.prepare('select 1 from sqlite_master where name = ?').get(NOTES)) return new Map();
  const rows = db.prepare(`select name, value from ${NOTES}`).all();
  return new Map(rows.map(({ name, value }) => [String(name), JSON.parse(String(value))]));
}

/** Tables that hold rows themselves: no indexes of words, and nothing of SQLite's own. */
function shapesOf(db: DatabaseSync): TableShape[] {
  const tables = db
    .prepare(
      "select name from pragma_table_list where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\'",
    )
    .all();
  return tables.map(({ name }) => ({
    name: String(name),
    holdsWords: false,
    columns: db
      .prepare('select name, type, hidden from pragma_table_xinfo(?) where hidden <> 1')
      .all(String(name))
      .map((column) => ({
        name: String(column.name),
        declared: String(column.type),
        kind: null,
        scale: null,
        isDerived: Number(column.hidden) > 1,
      })),
  }));
}

async function* rowsOf(
  db: DatabaseSync,
  table: string,
  columns: readonly Column[],
  after: Cursor,
): AsyncGenerator<ReadRow[]> {
  const key = keyOf(db, table);
  const names = columns.map(({ name }) => quoted(name));
  const place = after ? `where (${key.join(', ')}) > (${key.map(() => '?').join(', ')})` : '';
  const sql = `select ${[...key, ...names].join(', ')} from ${quoted(table)} ${place} order by ${key.join(', ')}`;
  const given = (after ?? []).map((text) => boundOf(JSON.parse(text)));
  let rows: ReadRow[] = [];
  let characters = 0;
  for (const row of exact(db, sql).iterate(...given)) {
    const cells = row as unknown as SqliteValue[];
    const values = columns.map((column, index) => fromSqlite(cells[key.length + index] ?? null, column));
    rows.push({ values, cursor: cells.slice(0, key.length).map(cursorOf) });
    for (const value of values) characters += value?.length ?? 0;
    if (rows.length < ROWS_AT_ONCE && characters < CHARACTERS_AT_ONCE) continue;
    yield rows;
    rows = [];
    characters = 0;
  }
  if (rows.length > 0) yield rows;
}

/** Its number where rows have one, which no value stands in the way of: keys of texts may be null in SQLite. */
function keyOf(db: DatabaseSync, table: string): string[] {
  const isWithoutNumber = db
    .prepare("select wr from pragma_table_list where schema = 'main' and name = ?")
    .get(table)?.wr;
  if (!isWithoutNumber) return ['_rowid_'];
  const keys = db.prepare('select name from pragma_table_info(?) where pk > 0 order by pk').all(table);
  return keys.map(({ name }) => quoted(String(name)));
}

/** With its type: a text that looks like a number is another key. */
function cursorOf(value: SqliteValue): string {
  return typeof value === 'bigint' ? JSON.stringify({ whole: String(value) }) : JSON.stringify(value);
}

function boundOf(value: unknown): SqliteValue {
  if (typeof value === 'object' && value !== null && 'whole' in value) return BigInt(String(value.whole));
  return value as SqliteValue;
}

interface Aside {
  name: string;
  type: string;
  sql: string;
}

function toPutAside(db: DatabaseSync): Aside[] {
  const all = db
    .prepare(
      "select name, type, sql, tbl_name from sqlite_master where type in ('index', 'trigger') and sql is not null",
    )
    .all()
    .map(({ name, type, sql }) => ({ name: String(name), type: String(type), sql: String(sql) }));
  return all.filter(({ type, name }) => type === 'index' || !FOLLOWS.test(name));
}

/** Those that keep no text themselves, which is how ours are: what migrations have put in is not in them any more. */
function indexesOfWords(db: DatabaseSync): string[] {
  const found = db
    .prepare(
      "select name from sqlite_master where type = 'table' and sql like 'create virtual table%fts5(%content=''''%'",
    )
    .all();
  return found.map(({ name }) => quoted(String(name)));
}

function put(db: DatabaseSync, { name, value }: Note): void {
  db.prepare(
    `insert into ${NOTES} (name, value) values (?, ?) on conflict (name) do update set value = excluded.value`,
  ).run(name, JSON.stringify(value));
}

function within(db: DatabaseSync, work: () => void): void {
  db.exec('begin immediate');
  try {
    work();
    db.exec('commit');
  } catch (error) {
    db.exec('rollback');
    throw error;
  }
}

/** Whole numbers as such, whatever they need; rows as lists. */
function exact(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql);
  statement.setReadBigInts(true);
  statement.setReturnArrays(true);
  return statement;
}

function cellOf(row: unknown, place: number): unknown {
  return (row as unknown[])[place];
}
