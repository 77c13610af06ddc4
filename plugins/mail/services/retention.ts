/** How long mail is kept: by age, by count and by size. Tables: mail_messages, mail_sent. */
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';

export interface MailRetention {
  /** Deletes what is over the configured bounds; gives how many messages. */
  apply(): Promise<number>;
}

const DAY_MS = 24 * 3600_000;
const STEP = 500;
const FINAL = ['sent', 'delivered', 'bounced', 'failed', 'canceled'] as const;

export function createMailRetention({
  db,
  clock,
  config,
  mailDeletion,
}: Services & { config: MailConfig }): MailRetention {
  const { days, messagesPerMailbox, megabytesPerMailbox, sentDays } = config.retention;

  return {
    async apply() {
      let removed = 0;
      if (days > 0) removed += await removeOlderThan(clock.now() - days * DAY_MS);
      if (messagesPerMailbox > 0) removed += await removeAboveCount();
      if (megabytesPerMailbox > 0) removed += await removeAboveSize();
      await removeSent(clock.now() - sentDays * DAY_MS);
      return removed;
    },
  };

  async function removeOlderThan(before: number): Promise<number> {
    return inSteps(() =>
      db.read('mail_messages').where('received_at', '<', before).orderBy('id').limit(STEP).select('id'),
    );
  }

  async function removeAboveCount(): Promise<number> {
    const full = await db
      .read('mail_messages')
      .groupBy('mailbox_id')
      .havingRaw('count(*) > ?', [messagesPerMailbox])
      .select('mailbox_id');
    let removed = 0;
    for (const { mailbox_id } of full) {
      const [oldestKept] = await db
        .read('mail_messages')
        .where({ mailbox_id })
        .orderBy('id', 'desc')
        .offset(messagesPerMailbox - 1)
        .limit(1)
        .select('id');
      if (oldestKept) removed += await removeBefore(mailbox_id, oldestKept.id);
    }
    return removed;
  }

  async function removeAboveSize(): Promise<number> {
    const limit = megabytesPerMailbox * 1024 * 1024;
    const full = await db
      .read('mail_messages')
      .groupBy('mailbox_id')
      .havingRaw('sum(size_bytes) > ?', [limit])
      .select('mailbox_id');
    let removed = 0;
    for (const { mailbox_id } of full) {
      const sums = await db.read.raw(
        `select id from (select id, sum(size_bytes) over (order by id desc) as total from mail_messages where mailbox_id = ?) as sums
         where total > ? order by id desc limit 1`,
        [mailbox_id, limit],
      );
      const rows: { id: number }[] = Array.isArray(sums) ? sums : sums.rows;
      if (rows[0]) removed += await removeBefore(mailbox_id, rows[0].id + 1);
    }
    return removed;
  }

  function removeBefore(mailboxId: number, id: number): Promise<number> {
    return inSteps(() =>
      db
        .read('mail_messages')
        .where({ mailbox_id: mailboxId })
        .where('id', '<', id)
        .orderBy('id')
        .limit(STEP)
        .select('id'),
    );
  }

  async function inSteps(next: () => PromiseLike<{ id: number }[]>): Promise<number> {
    for (let removed = 0; ; ) {
      const rows = await next();
      removed += await mailDeletion.messages(rows.map(({ id }) => id));
      if (rows.length < STEP) return removed;
    }
  }

  /** Records whose mail has left or will not; with the bytes that nothing else points to. */
  async function removeSent(before: number): Promise<void> {
    for (;;) {
      const rows = await db
        .read('mail_sent')
        .where('updated_at', '<', before)
        .whereIn('status', [...FINAL])
        .limit(STEP)
        .select('id', 'blob_id');
      const ids = rows.map(({ id }) => id);
      const blobIds = rows.flatMap(({ blob_id }) => blob_id ?? []);
      await db.transaction(async (trx) => {
        await trx('mail_sent').whereIn('id', ids).delete();
        await mailDeletion.blobs(trx, blobIds);
      });
      if (rows.length < STEP) return;
    }
  }
}
