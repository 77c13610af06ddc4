/**
 * Word indexes: messages, conversations and contacts are found by words in them. Chinese characters are words of their own, so
 * that two of them are found. Each text carries a word for its tenant.
 */
import { createWordSearch, phrasesOf, separated, type WordSearch } from '#core/kit.ts';
import type { Database, Transaction } from '#core/plugin.ts';

export type Indexed = 'message' | 'conversation' | 'contact';

export interface IndexedText {
  id: number;
  tenantId: string;
  text: string;
}

/** The job that does so: SQLite rewrites the indexes for it, which takes seconds for a million messages. */
export const FORGET_WORDS_JOB = 'robots.forgetWords';

/** Takes the words of what was deleted out of the indexes. */
export async function deleteUnusedWords(db: Database): Promise<void> {
  for (const kind of ['message', 'conversation', 'contact'] as const) await wordsOf(db.client, kind).deleteUnused(db);
}

export function indexWords(
  trx: Transaction,
  client: Database['client'],
  kind: Indexed,
  texts: readonly IndexedText[],
): Promise<void> {
  return wordsOf(client, kind).add(trx, texts.map(withTenant));
}

/** The same for a row whose text has changed. */
export function indexWordsAgain(
  trx: Transaction,
  client: Database['client'],
  kind: Indexed,
  text: IndexedText,
): Promise<void> {
  return wordsOf(client, kind).replace(trx, withTenant(text));
}

/**
 * Ids of the newest rows, at most `limit`, in which each word of the text stands or begins one; of one tenant, or of all
 * (null). Null when there is no word to look for.
 */
export async function idsByWords(
  { client, read }: Pick<Database, 'client' | 'read'>,
  kind: Indexed,
  tenantId: string | null,
  text: string,
  limit: number,
): Promise<number[] | null> {
  const phrases = phrasesOf(text);
  if (phrases.length === 0) return null;
  const search = wordsOf(client, kind);
  return search.newestIds(read, search.query(phrases, tenantId === null ? null : wordOf(tenantId)), limit);
}

function wordsOf(client: Database['client'], kind: Indexed): WordSearch {
  return createWordSearch(client, { table: `robots_${kind}_words`, columns: ['words'] });
}

function withTenant({ id, tenantId, text }: IndexedText): { id: number; texts: string[] } {
  return { id, texts: [`${wordOf(tenantId)} ${plainWords(text)}`] };
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
