/**
 * Finding messages, conversations and contacts by words in them: SQLite's FTS5, PostgreSQL's tsvector. Chinese characters
 * are words of their own, so that two of them are found. Each text carries a word for its tenant.
 */
import type { Knex } from 'knex';
import { forgetWords, rowsOf, rowsToInsert, separated } from '#core/kit.ts';
import type { Database, Transaction } from '#core/plugin.ts';

export type Indexed = 'message' | 'conversation' | 'contact';

export interface IndexedText {
  id: number;
  tenantId: string;
  text: string;
}

const MOST_WORDS = 20;
const LONGEST_QUERY = 200;
/** On PostgreSQL, words that so many of the newest rows have are looked for from the newest on, without the index. */
const NEWEST = 1_000;
const COMMON = 50;
/** SQLite takes 32 766 variables in a statement. */
const PER_STATEMENT = 10_000;

/** The job that does so: SQLite rewrites the indexes for it, which takes seconds for a million messages. */
export const FORGET_WORDS_JOB = 'robots.forgetWords';

/** Takes the words of what was deleted out of the indexes. */
export async function forgetDeletedWords(db: Database): Promise<void> {
  for (const kind of ['message', 'conversation', 'contact'] as const) await forgetWords(db, `robots_${kind}_words`);
}

export async function indexWords(
  trx: Transaction,
  client: Database['client'],
  kind: Indexed,
  texts: readonly IndexedText[],
): Promise<void> {
  for (let start = 0; start < texts.length; start += PER_STATEMENT) {
    const some = texts.slice(start, start + PER_STATEMENT);
    const rows = some.map(({ id, tenantId, text }) => [id, `${wordOf(tenantId)} ${plainWords(text)}`]);
    const table = `robots_${kind}_words`;
    if (client === 'pg') {
      const values = Array(some.length).fill(`(?, to_tsvector('simple', ?))`).join(', ');
      await trx.raw(`insert into ${table} (id, words) values ${values}`, rows.flat());
    } else {
      const given = rowsToInsert(trx, 2, rows);
      await trx.raw(`insert into ${table} (rowid, words) ${given.sql}`, given.bindings);
    }
  }
}

/** The same for a row whose text has changed. */
export async function indexWordsAgain(
  trx: Transaction,
  client: Database['client'],
  kind: Indexed,
  text: IndexedText,
): Promise<void> {
  const key = client === 'pg' ? 'id' : 'rowid';
  await trx.raw(`delete from robots_${kind}_words where ${key} = ?`, [text.id]);
  await indexWords(trx, client, kind, [text]);
}

/**
 * Ids of the newest rows, at most `limit`, in which each word of the text stands or begins one; of one tenant, or of all
 * (null). Null when there is no word to look for.
 */
export async function idsByWords(
  db: Pick<Database, 'client' | 'read'>,
  kind: Indexed,
  tenantId: string | null,
  text: string,
  limit: number,
): Promise<number[] | null> {
  const words = wordsOf(text);
  if (words.length === 0) return null;
  const table = `robots_${kind}_words`;
  if (db.client === 'pg') return onPostgres(db.read, table, tenantId, words, limit);
  const wanted = words.map((word) => `"${word}"*`);
  if (tenantId !== null) wanted.unshift(`"${wordOf(tenantId)}"`);
  const rows: { id: number }[] = await db.read.raw(
    `select rowid as id from ${table} where ${table} match ? order by rowid desc limit ?`,
    [wanted.join(' AND '), limit],
  );
  return rows.map(({ id }) => id);
}

async function onPostgres(
  read: Knex,
  table: string,
  tenantId: string | null,
  words: readonly string[],
  limit: number,
): Promise<number[]> {
  const phrases = words.map((word) =>
    word
      .split(' ')
      .map((part) => `'${part}':*`)
      .join(' <-> '),
  );
  if (tenantId !== null) phrases.unshift(`'${wordOf(tenantId)}'`);
  const wanted = phrases.join(' & ');
  const holds = `words @@ to_tsquery('simple', ?)`;
  const sample = `select words from ${table} order by id desc limit ${NEWEST}`;
  const [seen] = rowsOf<{ count: string }>(
    await read.raw(`select count(*) as count from (${sample}) as newest where ${holds}`, [wanted]),
  );
  // In brackets the planner cannot answer it by the index, whose rows it would have to sort.
  const where = Number(seen?.count) >= COMMON ? `(select ${holds})` : holds;
  const found = `select id from ${table} where ${where}`;
  const rows = rowsOf<{ id: number }>(
    await read.raw(
      Number(seen?.count) >= COMMON
        ? `${found} order by id desc limit ?`
        : `select id from (${found} offset 0) as hits order by id desc limit ?`,
      [wanted, limit],
    ),
  );
  return rows.map(({ id }) => Number(id));
}

/** Between spaces alone: the two databases part words at other marks differently. */
function plainWords(text: string): string {
  return separated(text)
    .toWellFormed()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ');
}

/** A tenant as a word that nobody writes. */
function wordOf(tenantId: string): string {
  return `t${tenantId.replaceAll('-', '')}`;
}

/** Words without anything that a query language gives a meaning; CJK runs become phrases. */
function wordsOf(text: string): string[] {
  return text
    .slice(0, LONGEST_QUERY)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, MOST_WORDS)
    .map((word) => separated(word).trim().replace(/\s+/g, ' ').toLowerCase());
}
