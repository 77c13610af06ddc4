/**
 * Finding rows by any part of a text in them without looking at all: an index of three letters each, which SQLite keeps as
 * FTS5 with the tokenizer `trigram` and PostgreSQL by its extension pg_trgm.
 */
import type { Knex } from 'knex';
import { codeOf } from '../errors.ts';
import { likePattern } from './pagination.ts';

/** Shorter texts are in no such index: rows are looked at, newest first, which ends early for what is common. */
const SHORTEST = 3;
/** Of a text so many threes of letters are looked up, the rarest; its rows are then looked at. */
const MOST_LOOKED_UP = 3;
/** Of so many it is asked how rare they are, by how far down the first rows with them reach. */
const MOST_COMPARED = 60;
const COMPARED_ROWS = 100;
/** What has one form in small letters, for `like` as for the index. */
const PLAIN = /^[ -~]+$/;

export interface SubstringIndex {
  table: string;
  /** Of the table, with an integer `id`. Nulls are nothing to find. */
  columns: readonly string[];
}

/** For migrations: makes the index, with what is there already in it. */
export async function indexSubstrings(db: Knex, { table, columns }: SubstringIndex): Promise<void> {
  if (isPg(db)) {
    if (!(await hasTrigrams(db))) return;
    await db.raw(`create index ${nameOf(table)} on ${table} using gin ((${textOf(columns)}) gin_trgm_ops)`);
    return;
  }
  const name = nameOf(table);
  await db.raw(`create virtual table ${name} using fts5(words, content='', tokenize='trigram')`);
  // What is deleted leaves nothing in the index: it may be somebody's name.
  await db.raw(`insert into ${name} (${name}, rank) values ('secure-delete', 1)`);
  const insert = `insert into ${name} (rowid, words) values (new.id, ${textOf(columns, 'new.')});`;
  const remove = `insert into ${name} (${name}, rowid, words) values ('delete', old.id, ${textOf(columns, 'old.')});`;
  await db.raw(`create trigger ${name}_in after insert on ${table} begin ${insert} end`);
  await db.raw(`create trigger ${name}_out after delete on ${table} begin ${remove} end`);
  await db.raw(
    `create trigger ${name}_on after update of ${columns.join(', ')} on ${table} begin ${remove} ${insert} end`,
  );
  await db.raw(`insert into ${name} (rowid, words) select id, ${textOf(columns)} from ${table}`);
}

/** insufficient_privilege, feature_not_supported, undefined_file: it may not be made here, or its package is missing. */
const REFUSED = new Set(['42501', '0A000', '58P01']);

/** Whoever owns the database may have the extension; where it is refused, searches read all rows. */
async function hasTrigrams(db: Knex): Promise<boolean> {
  try {
    // On its own, so that the migration goes on after a refusal.
    await db.transaction((trx) => trx.raw('create extension if not exists pg_trgm'));
    return true;
  } catch (error) {
    if (REFUSED.has(codeOf(error))) return false;
    throw error;
  }
}

/** What an operator should know about the searches of this database; null when all is well. */
export async function searchAdvice(db: Knex): Promise<string | null> {
  if (!isPg(db)) return null;
  const { rows } = await db.raw(`select 1 from pg_extension where extname = 'pg_trgm'`);
  return rows.length > 0
    ? null
    : 'Searches read all rows: the PostgreSQL extension pg_trgm is missing (plugins/auth/README.md)';
}

/** For migrations: the way back. */
export async function dropSubstrings(db: Knex, { table }: Pick<SubstringIndex, 'table'>): Promise<void> {
  const name = nameOf(table);
  if (isPg(db)) {
    await db.raw(`drop index if exists ${name}`);
    return;
  }
  for (const trigger of ['in', 'out', 'on']) await db.raw(`drop trigger ${name}_${trigger}`);
  await db.raw(`drop table ${name}`);
}

/** Narrows a query on the table, newest first, to rows one of whose columns contains the text, whatever its case. */
export async function whereContains(
  query: Knex.QueryBuilder,
  { table, columns }: SubstringIndex,
  text: string,
): Promise<void> {
  const wanted = text.toLowerCase();
  if (isPg(query) || [...wanted].length < SHORTEST) return void whereHeld(query, { table, columns }, text);
  const name = nameOf(table);
  const rare = await rarestThrees(query, name, wanted);
  // Rows come from the index of words in the order of their ids, the newest first, and no more of them than are wanted.
  query.from(query.client.raw('?? cross join ??', [name, table])).whereRaw(`${name}.rowid = ${table}.id`);
  query.whereRaw(`${name} match ?`, [rare ? rare.map(quoted).join(' AND ') : quoted(wanted)]);
  if (rare) whereHeld(query, { table, columns }, text);
  query.clearOrder().orderByRaw(`${name}.rowid desc`);
}

/**
 * The threes of letters by which few rows are left to look at; null where the index has to be asked for all of the text.
 * Reading the rows of them all along each other is what would grow with the table: most have some that are everywhere.
 */
async function rarestThrees(query: Knex.QueryBuilder, name: string, wanted: string): Promise<string[] | null> {
  if (!PLAIN.test(wanted)) return null;
  const all = Array.from({ length: wanted.length - SHORTEST + 1 }, (_, at) => wanted.slice(at, at + SHORTEST));
  const threes = [...new Set(all)].slice(0, MOST_COMPARED);
  if (threes.length <= MOST_LOOKED_UP) return null;
  const place = `(select rowid from ${name} where ${name} match ? limit 1 offset ${COMPARED_ROWS})`;
  const places: { three: number; place: number | null }[] = await query.client.raw(
    threes.map((_, three) => `select ${three} as three, ${place} as place`).join(' union all '),
    threes.map(quoted),
  );
  const reach = ({ place }: { place: number | null }): number => place ?? Number.MAX_SAFE_INTEGER;
  places.sort((one, other) => reach(other) - reach(one));
  return places.slice(0, MOST_LOOKED_UP).map(({ three }) => threes[three] ?? '');
}

/** As FTS5 takes it for itself, whatever is in it. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** The same without the index, for rows that other conditions have made few. */
export function whereHeld(query: Knex.QueryBuilder, { table, columns }: SubstringIndex, text: string): void {
  // The one expression that the index has, on PostgreSQL; a text never crosses the line between two columns.
  query.whereRaw(`(${textOf(columns, `${table}.`)}) like ? escape '\\'`, [likePattern(text.toLowerCase())]);
}

function textOf(columns: readonly string[], prefix = ''): string {
  return columns.map((column) => `lower(coalesce(${prefix}${column}, ''))`).join(` || '\n' || `);
}

function nameOf(table: string): string {
  return `${table}_substrings`;
}

function isPg(db: Knex | Knex.QueryBuilder): boolean {
  return db.client.config.client === 'pg';
}
