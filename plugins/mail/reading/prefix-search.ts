/** Messages by the beginning of their subject or sender: the index of words leads to a few, whose beginning is looked at. */
import type { Knex } from 'knex';
import { likePattern, separated } from '#core/kit.ts';
import { coreErrors, type Database } from '#core/plugin.ts';

/** Narrows a query on mail_messages, whatever the case of the letters. Throws `bad_request` for a text without a word. */
export function whereBegins(
  query: Knex.QueryBuilder,
  client: Database['client'],
  column: 'subject' | 'sender',
  text: string,
): void {
  const words = separated(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  const [first] = words;
  if (first === undefined) throw coreErrors.bad_request({ message: 'A beginning needs a letter or a digit' });
  // One pattern for both: the text itself, then anything.
  const pattern = likePattern(text).slice(1);
  if (client === 'pg') {
    // An address is one word there, so no more than its beginning can be asked for.
    const hit = `select message_id from mail_contents where words @@ to_tsquery('simple', ?)`;
    query.whereRaw(`mail_messages.id in (${hit})`, [`'${first.toLowerCase()}':*`]);
    query.whereRaw(`?? ilike ? escape '\\'`, [`mail_messages.${column}`, pattern]);
    return;
  }
  const hit = 'select rowid from mail_search where mail_search match ?';
  query.whereRaw(`mail_messages.id in (${hit})`, [`${column} : ^ "${words.join(' ')}" *`]);
  query.whereRaw(`?? like ? escape '\\'`, [`mail_messages.${column}`, pattern]);
}
