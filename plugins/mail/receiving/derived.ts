/** The index of words of mails, made anew in another database. Long texts are read from their bytes, by a thread as ever. */
import { separated } from '#core/kit.ts';
import type { DerivedModule, Filling } from '#core/plugin.ts';
import { createWorkerPool, type WorkerPool } from '../messages/workers/pool.ts';
import { indexWords } from './word-index.ts';

const AT_ONCE = 500;
/** Of one mail; what takes longer is found by its subject and sender. */
const LONGEST_MS = 20_000;
const MEMORY_MB = 256;

interface Found {
  id: number;
  subject: string;
  sender: string;
  sender_name: string | null;
  blob_id: number | null;
  text: string;
  is_long: number;
}

export const derived: DerivedModule = () => {
  let workers: WorkerPool | undefined;
  return {
    tables: [{ names: ['mail_search', 'mail_contents.words'], fill }],
    close: async () => workers?.close(),
  };

  async function fill(filling: Filling, after: number): Promise<number | null> {
    const { trx, client } = filling;
    const rows: Found[] = await trx('mail_contents')
      .join('mail_messages', 'mail_messages.id', 'mail_contents.message_id')
      .where('mail_contents.message_id', '>', after)
      // PostgreSQL does not see that it follows, and would walk over all mails before these in each step.
      .where('mail_messages.id', '>', after)
      .orderBy('mail_contents.message_id')
      .limit(AT_ONCE)
      .select('mail_messages.id', 'subject', 'sender', 'sender_name', 'blob_id', 'text', 'is_long');
    if (rows.length === 0) return null;
    const results = [];
    for (const row of rows) {
      const text = row.is_long ? await longText(filling, row.blob_id) : row.text;
      const { id, subject, sender, sender_name } = row;
      const about = { subject, sender, senderName: sender_name ?? '' };
      results.push({ row: { id, sender }, parsed: { ...about, words: separated(text).toWellFormed() } });
    }
    await indexWords(trx, client, results);
    return Number(rows.at(-1)?.id);
  }

  async function longText({ readBlob }: Filling, blobId: number | null): Promise<string> {
    if (blobId === null) return '';
    workers ??= createWorkerPool({
      threads: 1,
      timeoutMs: LONGEST_MS,
      memoryMb: MEMORY_MB,
      resolve: () => Promise.reject(new Error('Nothing is asked for here')),
      resolveMs: 1,
    });
    try {
      return (await workers.run('people', 'texts', { raw: await readBlob(blobId) })).text;
    } catch {
      // Its bytes are gone or cannot be read: then nobody reads it either.
      return '';
    }
  }
};
