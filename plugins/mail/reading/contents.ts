/** Contents: the text and HTML of mails, stored, or, of long ones, read from their bytes by a thread. Table: mail_contents. */
import { createSemaphore } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MessageRow } from '../mailboxes/tables.ts';
import { Unreadable, type WorkerPool } from '../messages/workers/pool.ts';
import type { ContentRow } from '../receiving/tables.ts';

export interface MailContents {
  /** Throws when the bytes of a long one are gone, and `unavailable` when too many are read. */
  of(message: Pick<MessageRow, 'id' | 'blob_id'>): Promise<Pick<ContentRow, 'text' | 'html' | 'attachments'>>;
  /** Of one that is known to be long. */
  longTexts(blobId: number): Promise<{ text: string; html: string }>;
}

/** Each may be as large as a mail. */
const AT_ONCE = 4;
const MOST_WAITING = 200;

export function createMailContents({ db, blobs, mailWorkers }: Services & { mailWorkers: WorkerPool }): MailContents {
  const semaphore = createSemaphore(AT_ONCE, MOST_WAITING);
  return { of, longTexts };

  async function of({ id, blob_id }: Pick<MessageRow, 'id' | 'blob_id'>) {
    const content = await db.read('mail_contents').where({ message_id: id }).first();
    const { text = '', html = '', attachments = '[]', is_long = 0 } = content ?? {};
    return is_long ? { ...(await longTexts(blob_id)), attachments } : { text, html, attachments };
  }

  function longTexts(blobId: number): Promise<{ text: string; html: string }> {
    return semaphore.run(async () => {
      const [place] = (await blobs.locate([blobId])).values();
      if (place) {
        try {
          return await mailWorkers.run('people', 'texts', { raw: place });
        } catch (error) {
          // It may lie elsewhere by now.
          if (!(error instanceof Unreadable)) throw error;
        }
      }
      return mailWorkers.run('people', 'texts', { raw: await blobs.read(blobId) });
    });
  }
}
