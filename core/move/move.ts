/**
 * A whole installation from one kind of database to the other, while no server runs on either: the other one gets its tables by
 * the same migrations, all rows are copied in the order of their keys, what is made of them is made anew, and at the end every row
 * is read again where it is now. Whoever is killed at any point goes on where it stopped (docs/decisions/0072).
 */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock } from '../clock.ts';
import type { DatabaseConfig } from '../database/connect.ts';
import { type Database, openDatabase } from '../database/database.ts';
import { inTurn, type MigrationSource, migrateUp, ownerOfTable } from '../database/migrations.ts';
import { OWN_TABLES, tablesOf } from '../database/postgres-dump.ts';
import { untilItAnswers } from '../database/wait-for-database.ts';
import { ConfigError } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import { createMetrics } from '../observability/metrics.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type Begun, copyTables, differences, isPrepared, type Report, wasBegun } from './copy.ts';
import { type Bytes, type DerivedTables, derivedOf, fillingOf, namesOf } from './derived.ts';
import { type Plan, planOf } from './plan.ts';
import { openPostgresReader, openPostgresWriter } from './postgres-side.ts';
import type { RowSum } from './row-sum.ts';
import { BEGUN, NOTES, type Reader, type Writer } from './shapes.ts';
import { notesOfFile, openSqliteReader, openSqliteWriter } from './sqlite-side.ts';

/** Of the two databases of a move one is a file. */
export interface Side {
  config: DatabaseConfig;
  /** Null on PostgreSQL. */
  file: string | null;
}

export interface MoveParts {
  source: Side;
  target: Side;
  dataDir: string;
  /** The bucket beside that folder. */
  store: ObjectStore | null;
  sources: readonly MigrationSource[];
  /** Plugins that are not on, whose tables stay behind. */
  without: readonly string[];
  begun: Begun;
  /** Whether what an unfinished move has left in the target goes first. */
  startsOver: boolean;
  log: Logger;
  /** Throws when a server works on this PostgreSQL database; none starts there from then on. */
  mustBeAlone(db: Database): Promise<void>;
  said(phase: string): void;
  report: Report;
  /** Looks at the whole, before it is said to be done: what is wrong, as a sentence. */
  check(db: Database): Promise<string | null>;
}

export interface Moved {
  tables: { name: string; rows: number; sum: string }[];
  /** Tables that are nobody's here, and stay where they are. */
  left: string[];
}

/** Throws a ConfigError with what is to be done. The source is read, and nothing else. */
export async function moveDatabase(parts: MoveParts): Promise<Moved> {
  const { source, target } = parts;
  return servedByNobody(parts, source, () => servedByNobody(parts, target, () => moveAlone(parts)));
}

async function moveAlone(parts: MoveParts): Promise<Moved> {
  const { target, sources, said, report } = parts;
  await makeTables(parts);
  const derived = await derivedOf(sources);
  try {
    const source = await openReader(parts);
    try {
      const { plan, sums } = await withWriter(parts, async (writer) => {
        const plan = await planned(parts, source, writer, derived);
        if (!(await isPrepared(writer))) await writer.prepare(await emptied(writer));
        said('Copying');
        return { plan, sums: await copyTables(source, writer, plan.tables, report) };
      });
      const numbers = await source.givenNumbers();
      said('Making indexes');
      await withWriter(parts, async (writer) => {
        await writer.complete('rows', (what) => report(what, 0, 0));
        await writer.setGivenNumbers(numbers);
        const dangling = await writer.danglingKeys();
        if (dangling) throw new ConfigError(`Not all rows are whole in the source: ${dangling}`);
      });
      said('Making the indexes of words');
      await withDatabase(parts, target, (db) =>
        fillNoted({ db, files: parts.dataDir, store: parts.store }, derived, report),
      );
      await withWriter(parts, (writer) => writer.complete('words', (what) => report(what, 0, 0)));
      said('Comparing');
      await withWriter(parts, (writer) => compare(writer, plan, sums, report));
      const problem = await withDatabase(parts, target, parts.check);
      if (problem !== null) throw new ConfigError(`What was moved is not whole: ${problem}`);
      await withWriter(parts, (writer) => writer.finish());
      const tables = plan.tables.map(({ name }) => ({ name, rows: 0, sum: '', ...sums.get(name) }));
      return { tables, left: plan.left };
    } finally {
      await source.close();
    }
  } finally {
    await derived.close?.();
  }
}

/** Of the other kind, empty or our own unfinished one; then the tables of this version. */
async function makeTables(parts: MoveParts): Promise<void> {
  const { target, sources, begun, startsOver, said } = parts;
  if (startsOver) await startOver(parts);
  const isOurs = await holdsMove(parts);
  if (!isOurs) {
    await mustBeEmpty(parts);
    if (target.file !== null) mkdirSync(dirname(target.file), { recursive: true, mode: 0o700 });
    await withWriter(parts, (writer) => writer.begin({ name: BEGUN, value: begun }));
  }
  if (await withWriter(parts, isPrepared)) return;
  said('Making tables');
  await withDatabase(parts, target, (db) => migrateUp(db, sources));
}

async function holdsMove(parts: MoveParts): Promise<boolean> {
  return wasBegun(await notesIn(parts), parts.begun);
}

/** Looked at without a trace: it may be a file of somebody else. */
async function notesIn(parts: MoveParts): Promise<Map<string, unknown>> {
  const { file } = parts.target;
  return file !== null ? notesOfFile(file) : withWriter(parts, (writer) => writer.notes());
}

async function mustBeEmpty(parts: MoveParts): Promise<void> {
  const { target } = parts;
  if (target.file !== null) {
    if (existsSync(target.file))
      throw new ConfigError(`${target.file} exists; a move never overwrites. Name another file`);
    return;
  }
  await withDatabase(parts, target, async (db) => {
    const [table] = await tablesOf(db.read);
    if (table)
      throw new ConfigError(
        `The other database holds tables already (${table} …); a move never overwrites. Name an empty one`,
      );
  });
}

/** What an unfinished move has left there; never anything else. */
async function startOver(parts: MoveParts): Promise<void> {
  const { target, sources } = parts;
  const notes = await notesIn(parts);
  if (!notes.has(BEGUN)) return;
  if (target.file !== null) {
    for (const end of ['', '-wal', '-shm']) rmSync(target.file + end, { force: true });
    return;
  }
  const owners = sources.map(({ owner }) => owner);
  await withDatabase(parts, target, (db) =>
    db.transaction(async (trx) => {
      const ours = (await tablesOf(trx)).filter((table) => ownerOfTable(table, owners));
      for (const table of [...ours, ...OWN_TABLES, NOTES]) await trx.raw('drop table if exists ?? cascade', [table]);
    }),
  );
}

async function planned(parts: MoveParts, source: Reader, target: Writer, derived: DerivedTables): Promise<Plan> {
  return planOf({
    source: await source.shapes(),
    target: await target.shapes(),
    owners: parts.sources.map(({ owner }) => owner),
    without: parts.without,
    derived: namesOf(derived),
  });
}

/** Also what is made anew: migrations may have put something in. */
async function emptied(writer: Writer): Promise<string[]> {
  const keep = new Set([...OWN_TABLES, NOTES]);
  return (await writer.shapes()).map(({ name }) => name).filter((name) => !keep.has(name));
}

/** In steps, each with the note where it goes on. */
async function fillNoted(bytes: Bytes, { tables }: DerivedTables, report: Report): Promise<void> {
  const { db } = bytes;
  for (const table of tables) {
    const [name] = table.names;
    const note = `derived ${name}`;
    const found: { value: string } | undefined = await db.write(NOTES).where({ name: note }).first();
    let after: number | null = found ? JSON.parse(found.value) : 0;
    while (after !== null) {
      const from: number = after;
      after = await db.transaction(async (trx) => {
        const last = await table.fill(fillingOf(trx, bytes), from);
        await trx(NOTES)
          .insert({ name: note, value: JSON.stringify(last) })
          .onConflict('name')
          .merge();
        return last;
      });
      if (after !== null) report(name, after, 0);
    }
  }
}

async function compare(
  writer: Writer,
  { tables }: Plan,
  sums: ReadonlyMap<string, RowSum>,
  report: Report,
): Promise<void> {
  const found = await differences(writer, tables, sums, report);
  if (found.length === 0) return;
  throw new ConfigError(
    `The other database does not hold what was copied: ${found.join('; ')}. Somebody has written to it, or to the source. ` +
      'Nothing is in use there yet; start over with --start-over',
  );
}

async function openReader(parts: MoveParts): Promise<Reader> {
  const { file } = parts.source;
  if (file !== null) return openSqliteReader(file);
  return withDatabase(parts, parts.source, async (db) => openPostgresReader(await db.rawConnection()));
}

async function withWriter<T>(parts: MoveParts, work: (writer: Writer) => Promise<T>): Promise<T> {
  const { file } = parts.target;
  const writer =
    file !== null
      ? openSqliteWriter(file)
      : await withDatabase(parts, parts.target, async (db) => openPostgresWriter(await db.rawConnection()));
  try {
    return await work(writer);
  } finally {
    await writer.close();
  }
}

/** One library at a time has SQLite's file open: it is closed again before the other one reads. */
async function withDatabase<T>(
  { dataDir, log }: Pick<MoveParts, 'dataDir' | 'log'>,
  { config, file }: Side,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  const db = await openDatabase({ config, dataDir, log, clock: systemClock(), metrics: createMetrics() });
  try {
    if (file === null) await untilItAnswers(config, { isPatient: false, log });
    return await work(db);
  } finally {
    await db.close();
  }
}

/** PostgreSQL: nothing runs on it, and nothing starts meanwhile. Of SQLite's file the caller has the lock. */
function servedByNobody<T>(parts: MoveParts, side: Side, work: () => Promise<T>): Promise<T> {
  if (side.file !== null) return work();
  return withDatabase(parts, side, (db) =>
    inTurn(db, async () => {
      await parts.mustBeAlone(db);
      return work();
    }),
  );
}
