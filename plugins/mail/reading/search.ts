/** Search: messages in which words stand, or begin one, by the index of their words (`receiving/word-index.ts`). */
import type { Knex } from 'knex';
import { HOLDS_WORDS, phrasesOf, separated } from '#core/kit.ts';
import type { Database } from '#core/plugin.ts';
import { mailWords } from '../receiving/word-index.ts';

/** Beginnings that more words have than this are looked for as such. */
const MOST_SPELLED_OUT = 50;
/** So many parts all mails have; a common word is in some of the mails at the end of each of the newer half. */
const OLDER = 10;
const LOOKED_AT = 100;
/** PostgreSQL: among so many of the newest a sender is looked for whose address is common. */
const MOST_WALKED = 50_000;

/** Words of the index that begin so, by jumping from one to the next: FTS5 would read all mails of all of them. */
const BEGINNING = `
  with recursive words(word, step) as (
    select (select term from mail_words where term >= ? limit 1), 1
    union all
    select (select term from mail_words where term >= words.word || char(1) limit 1), step + 1
      from words where word < ? and step <= ${MOST_SPELLED_OUT}
  )
  select word from words where word < ?`;

/**
 * Narrows a query on mail_messages, newest first, to those in which each word of the text stands, or begins one; gives false
 * when there is no word to look for.
 */
export async function whereWords(query: Knex.QueryBuilder, db: Database, text: string): Promise<boolean> {
  const words = phrasesOf(text);
  if (words.length === 0) return false;
  const search = mailWords(db.client);
  if (db.client === 'pg') {
    await whereWordsOnPostgres(query, db, search.query(words));
    return true;
  }
  const wanted: string[] = [];
  for (const word of words) wanted.push(`(${(await spelledOut(db, word)).join(' OR ')})`);
  search.narrow(query, 'mail_messages', wanted.join(' AND '));
  return true;
}

/** Narrows a query on mail_messages, newest first, to those of one sender. The index of words leads to them. */
export async function whereAddress(query: Knex.QueryBuilder, db: Database, address: string): Promise<void> {
  query.whereRaw('lower(mail_messages.sender) = ?', [address]);
  const words = separated(address)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  if (words.length === 0) return void query.whereRaw('1 = 0');
  // An address is a word of its own there, or several of them where it is an odd one: read as the index was.
  if (db.client === 'pg') {
    const isCommon = await whereWordsOnPostgres(query, db, `'${separated(address).replace(/['\\]/g, '$&$&')}'`);
    // One's own address may stand in all mails and have sent none of them: nobody walks through all of them for that.
    if (isCommon) query.whereRaw(`mail_messages.id > (select max(message_id) from mail_contents) - ${MOST_WALKED}`);
    return;
  }
  mailWords(db.client).narrow(query, 'mail_messages', `sender : "${words.join(' ')}"`);
}

/**
 * Words that are common fill a page from the newest mails. Others are looked up in the index of words first, which the
 * planner shuns when it takes a beginning for common: it would walk all mails. So would who counts a word from the newest
 * that only the newest have. Gives whether they are common.
 */
async function whereWordsOnPostgres(query: Knex.QueryBuilder, db: Database, wanted: string): Promise<boolean> {
  if (await isCommon(db, wanted)) {
    // Asked of one mail after the other: the planner takes every beginning for rare, and would read all that have it.
    query.whereRaw(`(select ${HOLDS_WORDS} from mail_contents where message_id = mail_messages.id)`, [wanted]);
    return true;
  }
  // As an array, because a list may be looked up once for each row.
  query.whereRaw(`mail_messages.id = any(array(select message_id from mail_contents where ${HOLDS_WORDS}))`, [wanted]);
  return false;
}

async function isCommon(db: Database, wanted: string): Promise<boolean> {
  if (!(await mailWords('pg').areCommon(db.read, wanted))) return false;
  const { rows } = await db.read.raw(
    `select bool_and(exists (
       select from (
         select words from mail_contents where message_id <= bounds.most * part / ${OLDER}
           order by message_id desc limit ${LOOKED_AT}
       ) as few where ${HOLDS_WORDS}
     )) as is_everywhere
     from (select max(message_id) as most from mail_contents) as bounds, generate_series(${OLDER / 2}, ${OLDER - 1}) as part`,
    [wanted],
  );
  return rows[0].is_everywhere;
}

/** What FTS5 is to look for, any of it. Letters beyond ASCII are left to it: it has rules of its own for accents. */
async function spelledOut(db: Database, word: string): Promise<string[]> {
  const beginning = `"${word}"*`;
  if (!/^[a-z0-9]+$/.test(word)) return [beginning];
  const end = `${word}\u{10ffff}`;
  const found: { word: string }[] = await db.read.raw(BEGINNING, [word, end, end]);
  if (found.length === 0 || found.length > MOST_SPELLED_OUT) return [beginning];
  return found.map((one) => `"${one.word}"`);
}
