/**
 * Finding rows by any part of a text in them without looking at all: an index of three letters each, which SQLite keeps as
 * FTS5 with the tokenizer `trigram` and PostgreSQL by its extension pg_trgm.
 */
import type { Knex } from 'knex';
import { codeOf } from '../errors.ts';
import { likePattern } from './pagination.ts';

/** Shorter texts are in no such index: rows are looked at, newest first, which ends early for what is common. */
const SHORTEST = 3;
/** Of a longer text so many threes of letters are looked up, the rarest. */
const MOST_LOOKED_UP = 3;
/** How rare they are is seen in so many rows at both ends of the table; what is in more of these is of no help. */
const SAMPLED = 100;
const COMMON = 40;
const RARE = 1;
/** More rows than these are not fetched by their ids: a query in any order comes upon them by itself. */
const MOST_FETCHED = 5_000;
/** What has one form in small letters for both ways of looking. */
const PLAIN = /^[ -~]+$/;
/** What PostgreSQL's extension has as such: three of a word, or two at its beginning or end. */
const IN_WORDS = /^([a-z0-9]{3}|[^a-z0-9][a-z0-9]{2}|[a-z0-9]{2}[^a-z0-9])$/;

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

/** What an operator should know about the searches of this database. */
export async function searchAdvice(db: Knex): Promise<string[]> {
  if (!isPg(db)) return [];
  const { rows } = await db.raw(`select 1 from pg_extension where extname = 'pg_trgm'`);
  return rows.length > 0
    ? []
    : ['Searches read all rows: the PostgreSQL extension pg_trgm is missing (plugins/auth/README.md)'];
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
export async function whereContains(query: Knex.QueryBuilder, index: SubstringIndex, text: string): Promise<void> {
  const wanted = text.toLowerCase();
  if ([...wanted].length < SHORTEST) return void whereHeld(query, index, text);
  const rare = await rarestThrees(query, index, wanted);
  if (isPg(query)) return void whereRareHeld(query, index, text, rare);
  const { table } = index;
  const name = nameOf(table);
  // Rows come from the index of words in the order of their ids, the newest first, and no more of them than are wanted.
  query.from(query.client.raw('?? cross join ??', [name, table])).whereRaw(`${name}.rowid = ${table}.id`);
  const asked = rare.length > 0 ? rare.map(({ three }) => three) : [wanted];
  query.whereRaw(`${name} match ?`, [asked.map(quoted).join(' AND ')]);
  if (rare.length > 0) whereHeld(query, index, text);
  query.clearOrder().orderByRaw(`${name}.rowid desc`);
}

/** The same for a query in an order of its own, whose rows are looked at where the text is in many. */
export async function whereContainsOrdered(
  query: Knex.QueryBuilder,
  index: SubstringIndex,
  text: string,
): Promise<void> {
  if ([...text].length < SHORTEST) return void whereHeld(query, index, text);
  const id = `${index.table}.id`;
  const found = query.client
    .queryBuilder()
    .from(index.table)
    .orderBy(id, 'desc')
    .limit(MOST_FETCHED + 1);
  await whereContains(found, index, text);
  const ids: number[] = (await found.pluck(id)).map(Number);
  if (ids.length > MOST_FETCHED) return void whereHeld(query, index, text);
  if (isPg(query)) query.whereRaw('?? = any(?::bigint[])', [id, ids]);
  else query.whereRaw('?? in (select value from json_each(?))', [id, JSON.stringify(ids)]);
}

interface Three {
  three: string;
  /** In how many rows of the sample. */
  times: number;
}

/**
 * The threes of letters by which few rows are left to look at; none where the index has to be asked for all of the text.
 * Reading the rows of all of them along each other is what would grow with the table: most rows have some of them.
 */
async function rarestThrees(query: Knex.QueryBuilder, index: SubstringIndex, wanted: string): Promise<Three[]> {
  if (!PLAIN.test(wanted) || wanted.length === SHORTEST) return [];
  const all = Array.from({ length: wanted.length - SHORTEST + 1 }, (_, at) => wanted.slice(at, at + SHORTEST));
  const threes = [...new Set(all)].filter((three) => !isPg(query) || IN_WORDS.test(three));
  const texts = await sampleOf(query, index);
  const seen = threes.map((three) => ({ three, times: texts.filter((text) => text.includes(three)).length }));
  seen.sort((one, other) => one.times - other.times);
  return seen.filter(({ times }, place) => place < MOST_LOOKED_UP && (place === 0 || times < COMMON));
}

async function sampleOf(query: Knex.QueryBuilder, { table, columns }: SubstringIndex): Promise<string[]> {
  const end = (direction: string) =>
    `select words from (select ${textOf(columns)} as words from ${table} order by id ${direction} limit ${SAMPLED}) as ${direction}ending`;
  const answer = await query.client.raw(`${end('asc')} union all ${end('desc')}`);
  const rows: { words: string }[] = isPg(query) ? answer.rows : answer;
  return rows.map(({ words }) => words);
}

/** PostgreSQL looks up what `like` asks for; the whole text it is then to find in the rows, and not in the index. */
function whereRareHeld(query: Knex.QueryBuilder, index: SubstringIndex, text: string, rare: readonly Three[]): void {
  const [rarest] = rare;
  if (!rarest) return void whereHeld(query, index, text);
  for (const { three } of rare) whereHeld(query, index, three);
  query.whereRaw(`strpos(${textOf(index.columns, `${index.table}.`)}, ?) > 0`, [text.toLowerCase()]);
  // It takes what is rare to be spread evenly, and would walk through all rows to where it is.
  if (rarest.times <= RARE) query.clearOrder().orderByRaw(`(${index.table}.id + 0) desc`);
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
