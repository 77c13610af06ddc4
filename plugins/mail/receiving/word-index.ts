/** The words of messages, as they come and go: SQLite's FTS5, PostgreSQL's tsvector. Both split text at spaces, which CJK writing lacks. */
import { forgetWords, insertTexts, separated, valuesTable } from '#core/kit.ts';
import type { Database, Transaction } from '#core/plugin.ts';
import type { Result } from './parse-queue/stages.ts';

/** Puts the words of new messages into the index. */
export async function indexWords(
  trx: Transaction,
  client: Database['client'],
  results: readonly Pick<Result, 'row' | 'parsed'>[],
): Promise<void> {
  if (client === 'pg') {
    const cells = results.map(({ row, parsed }) => [
      String(row.id),
      `${separated(parsed.subject)} ${separated(parsed.sender || row.sender)} ${parsed.words}`,
    ]);
    const given = valuesTable(trx, 2, cells);
    await trx.raw(
      `with indexed (id, words) as (select * from ${given.sql} as given)
       update mail_contents set words = to_tsvector('simple', indexed.words)
       from indexed where message_id = cast(indexed.id as bigint)`,
      given.bindings,
    );
    return;
  }
  const rows = results.map(({ row, parsed }) => [
    row.id,
    separated(parsed.subject),
    separated(parsed.sender || row.sender),
    parsed.words,
  ]);
  await insertTexts(trx, 'mail_search', ['rowid', 'subject', 'sender', 'body'], rows);
}

/** Takes the words of deleted messages out of the index. */
export function forgetDeletedWords(db: Database): Promise<void> {
  return forgetWords(db, 'mail_search');
}
