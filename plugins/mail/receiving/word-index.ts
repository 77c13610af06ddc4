/** Word index of mails: subject, sender and words of the text, each character of CJK writing on its own. */
import { createWordSearch, separated, type WordSearch } from '#core/kit.ts';
import type { Database, Transaction } from '#core/plugin.ts';

export interface IndexedMail {
  row: { id: number; sender: string };
  parsed: { subject: string; sender: string; senderName?: string; words: string };
}

const DECLARED = {
  table: 'mail_search',
  columns: ['subject', 'sender', 'body'],
  onPostgres: { table: 'mail_contents', id: 'message_id' },
};

export function mailWords(client: Database['client']): WordSearch {
  return createWordSearch(client, DECLARED);
}

/** Puts the words of new messages into the index. */
export function indexWords(
  trx: Transaction,
  client: Database['client'],
  results: readonly IndexedMail[],
): Promise<void> {
  const rows = results.map(({ row, parsed }) => ({
    id: row.id,
    // The address comes first: lists look for its beginning.
    texts: [
      separated(parsed.subject),
      separated([parsed.sender || row.sender, parsed.senderName].filter(Boolean).join(' ')),
      parsed.words,
    ],
  }));
  return mailWords(client).add(trx, rows);
}

/** Takes the words of deleted messages out of the index. */
export function deleteUnusedWords(db: Database): Promise<void> {
  return mailWords(db.client).deleteUnused(db);
}
