/**
 * Word index: rows found by words in their texts, declared by a table and its columns. SQLite keeps words in FTS5, PostgreSQL as
 * tsvector; what differs between the two is written here, once. The tables are made by their plugin's migrations.
 */
import type { Knex } from 'knex';
import type { Database } from './database.ts';
import { deleteUnusedWords } from './deleted-words.ts';
import { perStatement, rowsOf } from './insert-many.ts';
import type { Transaction } from './transactions.ts';
import { insertTexts, valuesTable } from './values-table.ts';
import { separated } from './words.ts';

export interface IndexedRow {
  id: number;
  /** In the order of the columns. */
  texts: readonly string[];
}

export interface WordIndex {
  add(trx: Transaction, rows: readonly IndexedRow[]): Promise<void>;
  /** The same for one whose text has changed. */
  replace(trx: Transaction, row: IndexedRow): Promise<void>;
  /** Takes the words of what was deleted out of the index: SQLite rewrites it for that, which takes seconds for a million rows. */
  deleteUnused(db: Database): Promise<void>;
}

export interface WordIndexDeclaration {
  /** SQLite: the table of FTS5, whose `rowid` is the id of the row. PostgreSQL: a table with `id` and `words`. */
  table: string;
  columns: readonly string[];
  /** PostgreSQL, where words are a column of a table that has the rows already. */
  onPostgres?: { table: string; id: string };
}

/** A search for words that a row has, or that begin those it has. */
export interface WordSearch extends WordIndex {
  /** As the database wants to be asked for all of these, each of which may begin a word; a `mark` is a whole word. */
  query(phrases: readonly string[], mark?: string | null): string;
  /** SQLite: narrows a query on the indexed table to rows that match, the newest first, by the index alone. */
  narrow(query: Knex.QueryBuilder, indexed: string, match: string): void;
  /** PostgreSQL: whether so many of the newest rows hold the words that they are to be looked for from these on. */
  areCommon(read: Knex, wanted: string): Promise<boolean>;
  /** Ids of the newest rows that hold them, at most `limit`. */
  newestIds(read: Knex, wanted: string, limit: number): Promise<number[]>;
}

/** PostgreSQL: of words that so many of the newest rows have, a page is filled from the newest on, without the index. */
const NEWEST = 1_000;
const COMMON = 50;
/** PostgreSQL's condition on `words`. */
export const HOLDS_WORDS = `words @@ to_tsquery('simple', ?)`;

const MOST_PHRASES = 20;
const LONGEST_QUERY = 200;

/** The words of what somebody looks for, without anything that a query language gives a meaning; CJK runs become phrases. */
export function phrasesOf(text: string): string[] {
  return text
    .slice(0, LONGEST_QUERY)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, MOST_PHRASES)
    .map((word) => separated(word).trim().replace(/\s+/g, ' ').toLowerCase());
}

export function createWordSearch(client: Database['client'], declared: WordIndexDeclaration): WordSearch {
  const { table } = declared;
  const { table: kept, id } = declared.onPostgres ?? { table, id: 'id' };
  const isPg = client === 'pg';
  const index = createWordIndex(client, declared, { vector: `to_tsvector('simple', ?)`, textOf: joined });
  return { ...index, query, narrow, areCommon, newestIds };

  function query(phrases: readonly string[], mark: string | null = null): string {
    if (!isPg) return [...(mark ? [`"${mark}"`] : []), ...phrases.map((phrase) => `"${phrase}"*`)].join(' AND ');
    const inOrder = (phrase: string): string =>
      phrase
        .split(' ')
        .map((word) => `'${word}':*`)
        .join(' <-> ');
    return [...(mark ? [`'${mark}'`] : []), ...phrases.map(inOrder)].join(' & ');
  }

  function narrow(rows: Knex.QueryBuilder, indexed: string, match: string): void {
    // Rows come from the index of words in the order of their ids, the newest first, and no more of them than are wanted.
    rows.from(rows.client.raw(`${table} cross join ${indexed}`)).whereRaw(`${table}.rowid = ${indexed}.id`);
    rows.whereRaw(`${table} match ?`, [match]).clearOrder().orderByRaw(`${table}.rowid desc`);
  }

  async function areCommon(read: Knex, wanted: string): Promise<boolean> {
    const newest = `select words from ${kept} order by ${id} desc limit ${NEWEST}`;
    const found = await read.raw(`select 1 from (${newest}) as newest where ${HOLDS_WORDS} limit ${COMMON}`, [wanted]);
    return rowsOf(found).length >= COMMON;
  }

  async function newestIds(read: Knex, wanted: string, limit: number): Promise<number[]> {
    const rows = rowsOf<{ id: number }>(await read.raw(await newestSql(read, wanted), [wanted, limit]));
    return rows.map((row) => Number(row.id));
  }

  async function newestSql(read: Knex, wanted: string): Promise<string> {
    if (!isPg) return `select rowid as id from ${table} where ${table} match ? order by rowid desc limit ?`;
    const found = `select ${id} as id from ${kept} where`;
    // In brackets the planner cannot answer it by the index, whose rows it would have to sort.
    if (await areCommon(read, wanted)) return `${found} (select ${HOLDS_WORDS}) order by id desc limit ?`;
    return `select id from (${found} ${HOLDS_WORDS} offset 0) as hits order by id desc limit ?`;
  }
}

/** A term that a ranked search looks for. */
export interface RankedTerm {
  word: string;
  /** Words that begin so are found. */
  isPrefix: boolean;
}

export interface RankedSearch {
  /** Words of which a row has one at least: of whose it is. */
  owners: readonly string[];
  terms: readonly RankedTerm[];
  /** Rows that are looked at, however many there are. */
  most: number;
  limit: number;
}

/** A search for rows that have any of the terms, those that fit best first. Its columns are `owner` and `words`. */
export interface RankedWords extends WordIndex {
  best(read: Knex, search: RankedSearch): Promise<number[]>;
  /** In how many rows each word stands; one that is not given stands in none. On PostgreSQL counted no further than `most`. */
  counts(read: Knex, words: readonly string[], most: number): Promise<[word: string, rows: number][]>;
}

/** Texts of such an index are words between spaces, as both databases are to have them. */
export function createRankedWords(client: Database['client'], table: string): RankedWords {
  const isPg = client === 'pg';
  const declared = { table, columns: ['owner', 'words'] };
  const index = createWordIndex(client, declared, { vector: '?::tsvector', textOf: asVector });
  return { ...index, best: isPg ? bestOnPostgres : bestOnSqlite, counts: isPg ? countsOnPostgres : countsOnSqlite };

  async function bestOnSqlite(read: Knex, { owners, terms, most, limit }: RankedSearch): Promise<number[]> {
    const wanted = terms.map(({ word, isPrefix }) => `"${word}"${isPrefix ? '*' : ''}`).join(' OR ');
    const match = `owner : (${owners.map((owner) => `"${owner}"`).join(' OR ')}) AND words : (${wanted})`;
    const some = `select rowid as id, rank as fits from ${table} where ${table} match ? limit ?`;
    return idsOf(await read.raw(`select id from (${some}) order by fits, id limit ?`, [match, most, limit]));
  }

  async function bestOnPostgres(read: Knex, { owners, terms, most, limit }: RankedSearch): Promise<number[]> {
    const wanted = terms.map(({ word, isPrefix }) => `'${word}'${isPrefix ? ':*' : ''}`).join(' | ');
    const match = `(${owners.map((owner) => `'_${owner}'`).join(' | ')}) & (${wanted})`;
    const some = `select id, words from ${table} where words @@ ?::tsquery limit ?`;
    // 1: a long text is no better for having more words.
    const inOrder = `select id from (${some}) as hits order by ts_rank(words, ?::tsquery, 1) desc, id limit ?`;
    return idsOf(await read.raw(inOrder, [match, most, wanted, limit]));
  }

  async function countsOnSqlite(read: Knex, words: readonly string[]): Promise<[string, number][]> {
    const given = words.map(() => '?').join(', ');
    return countsFrom(await read.raw(`select term, doc as "rows" from ${table}_rows where term in (${given})`, words));
  }

  async function countsOnPostgres(read: Knex, words: readonly string[], most: number): Promise<[string, number][]> {
    const each = `(select count(*) from (select 1 from ${table} where words @@ ?::tsquery limit ${most}) as hits)`;
    const given = words.flatMap((word) => [word, `'${word}'`]);
    return countsFrom(
      await read.raw(words.map(() => `select ?::text as term, ${each} as rows`).join(' union all '), given),
    );
  }
}

/** PostgreSQL: how it makes the words of a bound text, and how that is made of the texts of a row. */
interface VectorMaking {
  vector: string;
  textOf(texts: readonly string[]): string;
}

function createWordIndex(
  client: Database['client'],
  { table, columns, onPostgres }: WordIndexDeclaration,
  { vector, textOf }: VectorMaking,
): WordIndex {
  return {
    add,
    async replace(trx, row) {
      // Where words are a column, they are written over.
      if (client !== 'pg') await trx.raw(`delete from ${table} where rowid = ?`, [row.id]);
      else if (!onPostgres) await trx.raw(`delete from ${table} where id = ?`, [row.id]);
      await add(trx, [row]);
    },
    deleteUnused: (db) => deleteUnusedWords(db, table),
  };

  async function add(trx: Transaction, rows: readonly IndexedRow[]): Promise<void> {
    if (client !== 'pg') {
      const cells = rows.map(({ id, texts }) => [id, ...texts]);
      return insertTexts(trx, table, ['rowid', ...columns], cells);
    }
    for (const some of perStatement(rows, 2)) await (onPostgres ? addToRows(trx, some, onPostgres) : insert(trx, some));
  }

  async function insert(trx: Transaction, rows: readonly IndexedRow[]): Promise<void> {
    const values = rows.map(() => `(?, ${vector})`).join(', ');
    const given = rows.flatMap(({ id, texts }) => [id, textOf(texts)]);
    await trx.raw(`insert into ${table} (id, words) values ${values}`, given);
  }

  async function addToRows(
    trx: Transaction,
    rows: readonly IndexedRow[],
    { table: kept, id: key }: { table: string; id: string },
  ): Promise<void> {
    const cells = rows.map(({ id, texts }) => [String(id), textOf(texts)]);
    const given = valuesTable(trx, 2, cells);
    await trx.raw(
      `with indexed (id, words) as (select * from ${given.sql} as given)
       update ${kept} set words = ${vector.replace('?', 'indexed.words')}
       from indexed where ${key} = cast(indexed.id as bigint)`,
      given.bindings,
    );
  }
}

function joined(texts: readonly string[]): string {
  return texts.join(' ');
}

/** PostgreSQL's highest position in a tsvector. */
const MOST_PLACES = 16_383;

/** The owner cannot be mistaken for a word, which has letters and digits alone. */
function asVector([owner = '', words = '']: readonly string[]): string {
  const places = words.split(' ').filter(Boolean);
  return [`'_${owner}'`, ...places.map((word, place) => `'${word}':${Math.min(place + 1, MOST_PLACES)}`)].join(' ');
}

function idsOf(result: { id: number }[] | { rows: { id: number }[] }): number[] {
  return rowsOf(result).map(({ id }) => Number(id));
}

type CountRow = { term: string; rows: number | string };

function countsFrom(result: CountRow[] | { rows: CountRow[] }): [string, number][] {
  return rowsOf(result).map(({ term, rows }) => [term, Number(rows)]);
}
