/** The words of messages: SQLite's FTS5, PostgreSQL's tsvector. Both split text at spaces, which CJK writing lacks. */
import type { Knex } from 'knex';
import type { Database, Transaction } from '#core/database/database.ts';
import { placeholders } from '#core/database/insert-many.ts';
import { separated } from '#core/database/words.ts';
import type { Result } from './parse-stages.ts';

const MAX_WORDS_IN_QUERY = 20;

/** Puts the words of new messages into the index. */
export async function indexWords(
  trx: Transaction,
  client: Database['client'],
  results: readonly Pick<Result, 'row' | 'parsed'>[],
): Promise<void> {
  if (client === 'pg') {
    for (const { row, parsed } of results) {
      const words = `${separated(parsed.subject)} ${separated(parsed.sender || row.sender)} ${parsed.words}`;
      await trx.raw(`update mail_contents set words = to_tsvector('simple', ?) where message_id = ?`, [words, row.id]);
    }
    return;
  }
  const cells = results.flatMap(({ row, parsed }) => [
    row.id,
    separated(parsed.subject),
    separated(parsed.sender || row.sender),
    parsed.words,
  ]);
  await trx.raw(
    `insert into mail_search (rowid, subject, sender, body) values ${placeholders(results.length, 4)}`,
    cells,
  );
}

/** Pages of the index that one step rewrites: some milliseconds of the writer. */
const PAGES_PER_STEP = 200;

/**
 * Takes the words of deleted messages out of SQLite's index, where they stay until their part of it is written anew: in
 * steps, between which others write. PostgreSQL keeps words with their message.
 */
export async function forgetDeletedWords(db: Database): Promise<void> {
  if (db.client === 'pg') return;
  let isBegun = false;
  let isDone = false;
  while (!isDone) {
    isDone = await db.transaction(async (trx) => {
      const changes = async (): Promise<number> => (await trx.raw('select total_changes() as count'))[0].count;
      const before = await changes();
      // A negative number begins with all parts of the index, positive ones go on (sqlite.org/fts5.html §6.7).
      await trx.raw(`insert into mail_search (mail_search, rank) values ('merge', ?)`, [
        isBegun ? PAGES_PER_STEP : -PAGES_PER_STEP,
      ]);
      // The command itself counts as one.
      return (await changes()) - before < 2;
    });
    isBegun = true;
  }
}

/**
 * Narrows a query on mail_messages, newest first, to those that hold all words; gives false when there is no word to look
 * for. `how`: as they are, or as the beginnings of words too.
 */
export function whereWords(
  query: Knex.QueryBuilder,
  client: Database['client'],
  text: string,
  how: 'whole' | 'beginnings' = 'beginnings',
): boolean {
  const words = wordsOf(text);
  if (words.length === 0) return false;
  const star = how === 'whole' ? '' : '*';
  if (client === 'pg') {
    const wanted = words
      .map((word) =>
        word
          .split(' ')
          .map((part) => `'${part}'${star && ':*'}`)
          .join(' <-> '),
      )
      .join(' & ');
    query.join('mail_contents', 'mail_contents.message_id', 'mail_messages.id');
    query.whereRaw(`mail_contents.words @@ to_tsquery('simple', ?)`, [wanted]);
    return true;
  }
  const wanted = words.map((word) => `"${word}"${star}`).join(' ');
  // Rows come from the index of words in the order of their ids, the newest first, and no more of them than are wanted.
  query.from(query.client.raw('mail_search cross join mail_messages')).whereRaw('mail_search.rowid = mail_messages.id');
  query.whereRaw('mail_search match ?', [wanted]).clearOrder().orderByRaw('mail_search.rowid desc');
  return true;
}

/** Words without anything that a query language gives a meaning; CJK runs become phrases. */
function wordsOf(text: string): string[] {
  return text
    .slice(0, 200)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, MAX_WORDS_IN_QUERY)
    .map((word) => separated(word).trim().replace(/\s+/g, ' ').toLowerCase());
}
