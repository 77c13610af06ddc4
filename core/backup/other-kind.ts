/** A backup of one kind of database restored on the other: by the way of a move, in one go, for a restore that is cut off begins anew. */
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { systemClock } from '../clock.ts';
import { type Database, openDatabase, type Transaction } from '../database/database.ts';
import { type MigrationSource, migrateUp, ownerOfTable } from '../database/migrations.ts';
import { OWN_TABLES } from '../database/postgres-dump.ts';
import { ConfigError } from '../errors.ts';
import { exactJson } from '../exact-json.ts';
import { copyTables, differences } from '../move/copy.ts';
import { type DerivedTables, derivedOf, fillAll, namesOf } from '../move/derived.ts';
import { type Column, fromJson, kindOfDeclared, type Value } from '../move/kinds.ts';
import { planOf } from '../move/plan.ts';
import { openPostgresWriter } from '../move/postgres-side.ts';
import { BEGUN, NOTES, type TableShape, type Writer } from '../move/shapes.ts';
import { openSqliteReader, openSqliteWriter } from '../move/sqlite-side.ts';
import { createLog } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import { absentPlugins, type Manifest, migrationsOf, POSTGRES_FILE, SQLITE_FILE } from './manifest.ts';

/** Rows that are written together: so many, or so many characters. */
const ROWS_AT_ONCE = 2_000;
const CHARACTERS_AT_ONCE = 4 * 1024 * 1024;
const BEGIN = { name: BEGUN, value: 'restore' };

/** How many rows of which tables were left out, because their plugin is not on. */
export type LeftOut = Map<string, number>;

/** Brings the file of an unpacked backup to this version: it is a copy, of which nobody else knows. */
export async function migrateFile(content: string, sources: readonly MigrationSource[]): Promise<void> {
  await withFile(content, async (db) => void (await migrateUp(db, sources)));
}

/** A file that `migrateFile` has seen, inside the caller's transaction, which has made the tables. `files` has `files/`. */
export async function loadSqliteFile(
  trx: Transaction,
  db: Database,
  { content, files }: { content: string; files: string },
  sources: readonly MigrationSource[],
): Promise<LeftOut> {
  const client: pg.ClientBase = await trx.client.acquireConnection();
  const source = openSqliteReader(join(content, SQLITE_FILE));
  const derived = await derivedOf(sources);
  try {
    const target = await openPostgresWriter(client, { isWithin: true });
    const plan = planOf({
      source: await source.shapes(),
      target: await target.shapes(),
      owners: sources.map(({ owner }) => owner),
      without: [],
      derived: namesOf(derived),
    });
    await target.begin(BEGIN);
    await target.prepare(toEmpty(await target.shapes()));
    const sums = await copyTables(source, target, plan.tables);
    await target.complete('rows', () => {});
    await target.setGivenNumbers(await source.givenNumbers());
    await fillAll(trx, { db, files }, derived);
    await target.complete('words', () => {});
    const [wrong] = await differences(target, plan.tables, sums);
    if (wrong) throw new ConfigError(`What was restored is not what the backup holds: ${wrong}`);
    await target.finish();
    const leftOut: LeftOut = new Map();
    for (const table of plan.left) leftOut.set(table, await source.count(table));
    return leftOut;
  } finally {
    await derived.close?.();
    await source.close();
  }
}

/** Makes the SQLite file of an unpacked dump of PostgreSQL, beside it and of this version. */
export async function makeSqliteFile(
  content: string,
  manifest: Manifest,
  sources: readonly MigrationSource[],
): Promise<LeftOut> {
  const file = join(content, SQLITE_FILE);
  for (const end of ['', '-wal', '-shm']) await rm(file + end, { force: true });
  const migrations = migrationsOf(manifest, sources);
  await withFile(content, async (db) => void (await migrateUp(db, sources, new Set(migrations))));
  const derived = await derivedOf(sources);
  try {
    const absent = absentPlugins(migrations, sources);
    const owners = [...absent, ...sources.map(({ owner }) => owner)];
    const isLeftOut = (table: string): boolean => absent.includes(ownerOfTable(table, owners) ?? '');
    const leftOut = await fillFile(content, manifest, derived, isLeftOut);
    await withFile(content, async (db) => {
      await migrateUp(db, sources);
      await db.transaction((trx) => fillAll(trx, { db, files: content }, derived));
    });
    return leftOut;
  } finally {
    await derived.close?.();
  }
}

async function fillFile(
  content: string,
  { sequences = {} }: Manifest,
  derived: DerivedTables,
  isLeftOut: (table: string) => boolean,
): Promise<LeftOut> {
  const target = openSqliteWriter(join(content, SQLITE_FILE));
  try {
    await target.begin(BEGIN);
    const shapes = await target.shapes();
    await target.prepare(toEmpty(shapes));
    const leftOut = await writeLines(join(content, POSTGRES_FILE), target, shapes, namesOf(derived), isLeftOut);
    await target.complete('rows', () => {});
    await target.setGivenNumbers(numbersOf(sequences, shapes));
    const dangling = await target.danglingKeys();
    if (dangling) throw new ConfigError(`The backup is not whole: ${dangling}`);
    await target.finish();
    return leftOut;
  } finally {
    await target.close();
  }
}

async function writeLines(
  file: string,
  target: Writer,
  shapes: readonly TableShape[],
  derived: ReadonlySet<string>,
  isLeftOut: (table: string) => boolean,
): Promise<LeftOut> {
  const leftOut: LeftOut = new Map();
  const tables = new Map(shapes.map((shape) => [shape.name, columnsOf(shape)]));
  const known = new Set([
    ...derived,
    ...shapes.flatMap(({ name, columns }) => columns.map((one) => `${name}.${one.name}`)),
  ]);
  const looked = new Set<string>();
  let batch: { table: string; rows: Value[][]; characters: number } = { table: '', rows: [], characters: 0 };
  const flush = async (next: string): Promise<void> => {
    if (batch.rows.length > 0) await target.write(batch.table, tables.get(batch.table) ?? [], batch.rows, BEGIN);
    batch = { table: next, rows: [], characters: 0 };
  };
  const { createInterface } = await import('node:readline');
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const tab = line.indexOf('\t');
    const { table }: { table: string } = JSON.parse(line.slice(0, tab));
    if (derived.has(table)) continue;
    const columns = tables.get(table);
    if (!columns) {
      if (!isLeftOut(table)) throw new ConfigError(`The backup holds the table ${table}, which no enabled plugin has`);
      leftOut.set(table, (leftOut.get(table) ?? 0) + 1);
      continue;
    }
    if (!looked.has(table)) tables.set(table, given(table, columns, line.slice(tab + 1), known));
    looked.add(table);
    const isFull = batch.rows.length >= ROWS_AT_ONCE || batch.characters >= CHARACTERS_AT_ONCE;
    if (table !== batch.table || isFull) await flush(table);
    batch.rows.push(rowOf(line.slice(tab + 1), tables.get(table) ?? columns));
    batch.characters += line.length;
  }
  await flush('');
  return leftOut;
}

/**
 * Of the columns those that rows have; others get their defaults. Nothing is left out in silence: a column that only PostgreSQL has
 * is declared as made of others, or ends the restore.
 */
function given(table: string, columns: readonly Column[], text: string, known: ReadonlySet<string>): Column[] {
  const names = Object.keys(JSON.parse(text));
  const strange = names.find((name) => !known.has(`${table}.${name}`));
  if (strange) throw new ConfigError(`The backup has the column ${table}.${strange}, for which SQLite has no place`);
  return columns.filter(({ name }) => names.includes(name));
}

function rowOf(text: string, columns: readonly Column[]): Value[] {
  const exact = exactJson(text) as Record<string, unknown>;
  // Within documents numbers stay numbers, as they are read everywhere else.
  const plain = columns.some(({ kind }) => kind === 'json') ? (JSON.parse(text) as Record<string, unknown>) : exact;
  return columns.map((column) => {
    const row = column.kind === 'json' ? plain : exact;
    return fromJson(Object.hasOwn(row, column.name) ? row[column.name] : null, column);
  });
}

function columnsOf({ columns }: TableShape): Column[] {
  return columns
    .filter(({ isDerived }) => !isDerived)
    .map(({ name, declared = '' }) => ({ name, kind: kindOfDeclared(declared), scale: null }));
}

/** PostgreSQL names what counts up after its table and column. */
function numbersOf(sequences: Record<string, string>, shapes: readonly TableShape[]): Map<string, bigint> {
  const numbers = new Map<string, bigint>();
  for (const { name, columns } of shapes) {
    for (const column of columns) {
      const given = Object.entries(sequences).find(([sequence]) => sequence === `${name}_${column.name}_seq`)?.[1];
      if (given !== undefined) numbers.set(name, BigInt(given));
    }
  }
  return numbers;
}

function toEmpty(shapes: readonly TableShape[]): string[] {
  const kept = new Set([...OWN_TABLES, NOTES]);
  return shapes.map(({ name }) => name).filter((name) => !kept.has(name));
}

async function withFile(content: string, work: (db: Database) => Promise<void>): Promise<void> {
  const connection = join(content, SQLITE_FILE);
  const db = await openDatabase({
    config: {
      client: 'sqlite3',
      connection,
      direct: null,
      readers: 1,
      poolSize: 4,
      silenceSeconds: 8,
      walLimitMb: 64,
      longestReadSeconds: 30,
    },
    dataDir: content,
    log: createLog({ level: 'warn' }),
    clock: systemClock(),
    metrics: createMetrics(),
  });
  try {
    await work(db);
  } finally {
    await db.close();
  }
}
