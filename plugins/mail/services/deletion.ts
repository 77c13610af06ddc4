/** Deleting mail and mailboxes with everything that hangs on them. Tables: mail_mailboxes, mail_messages, core_blobs. */
import type { Transaction } from '#core/database/database.ts';
import type { Services } from '#core/plugin.ts';
import type { MailboxRow } from '../tables.ts';

export interface MailDeletion {
  /** Mailboxes with their mail; gives what was still there. */
  mailboxes(rows: readonly Pick<MailboxRow, 'id' | 'address'>[]): Promise<void>;
  /** Messages by id; gives how many there were. */
  messages(ids: readonly number[]): Promise<number>;
  /** All messages of a mailbox, some at a time; gives how many. */
  messagesOf(mailboxId: number): Promise<number>;
  /** Blobs that nothing of mail points to any more. */
  blobs(trx: Transaction, ids: readonly number[]): Promise<void>;
  /** The same as `mailboxes`, inside a caller's transaction. */
  mailboxesIn(trx: Transaction, rows: readonly Pick<MailboxRow, 'id' | 'address'>[]): Promise<void>;
}

/** A transaction that deletes more would hold up receiving. */
const STEP = 500;

export function createMailDeletion({ db, blobs, mailboxes }: Services): MailDeletion {
  return { mailboxes: removeMailboxes, messages, messagesOf, blobs: removeBlobs, mailboxesIn };

  /** The mail goes first, in steps: a mailbox may hold a hundred thousand. */
  async function removeMailboxes(rows: readonly Pick<MailboxRow, 'id' | 'address'>[]): Promise<void> {
    for (const { id } of rows) await messagesOf(id);
    await db.transaction((trx) => mailboxesIn(trx, rows));
  }

  async function mailboxesIn(trx: Transaction, rows: readonly Pick<MailboxRow, 'id' | 'address'>[]): Promise<void> {
    const ids = rows.map(({ id }) => id);
    const left = await trx('mail_messages').whereIn('mailbox_id', ids).distinct('blob_id');
    await trx('mail_mailboxes').whereIn('id', ids).delete();
    await removeBlobs(
      trx,
      left.map(({ blob_id }) => blob_id),
    );
    db.afterCommit(trx, () => {
      for (const { address } of rows) mailboxes.forget(address);
    });
  }

  async function messages(ids: readonly number[]): Promise<number> {
    let removed = 0;
    for (let start = 0; start < ids.length; start += STEP) {
      removed += await db.transaction((trx) => removeStep(trx, ids.slice(start, start + STEP)));
    }
    return removed;
  }

  async function messagesOf(mailboxId: number): Promise<number> {
    let removed = 0;
    for (;;) {
      const step = await db.transaction(async (trx) => {
        const rows = await trx('mail_messages').where({ mailbox_id: mailboxId }).limit(STEP).select('id');
        return removeStep(
          trx,
          rows.map(({ id }) => id),
        );
      });
      removed += step;
      if (step < STEP) return removed;
    }
  }

  async function removeStep(trx: Transaction, ids: readonly number[]): Promise<number> {
    const rows = await trx('mail_messages').whereIn('id', ids).select('blob_id');
    const removed = await trx('mail_messages').whereIn('id', ids).delete();
    await removeBlobs(trx, [...new Set(rows.map(({ blob_id }) => blob_id))]);
    return removed;
  }

  /** Another mailbox may have got the same message, or a forward waits to leave: the blob stays. */
  async function removeBlobs(trx: Transaction, ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    const received = await trx('mail_messages').whereIn('blob_id', ids).distinct('blob_id');
    const sent = await trx('mail_sent').whereIn('blob_id', ids).distinct('blob_id');
    const keptIds = new Set<number | null>([...received, ...sent].map(({ blob_id }) => blob_id));
    await blobs.remove(
      trx,
      ids.filter((id) => !keptIds.has(id)),
    );
  }
}
