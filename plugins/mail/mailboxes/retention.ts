/** Retention: how long received mail is kept, by age, by count and by size. Table: mail_messages. */
import { DAY_MS, inSteps, messageOf, rowsOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { MailDeletion } from './deletion.ts';

export interface MailRetention {
  /** Deletes what is over the configured bounds; gives how many messages. */
  apply(): Promise<number>;
}

export function createMailRetention({
  db,
  clock,
  config,
  log,
  mailDeletion,
}: Services & { mailDeletion: MailDeletion; config: MailConfig }): MailRetention {
  const { days, messagesPerMailbox, megabytesPerMailbox, sentDays } = config.retention;

  /** Newest messages that the last run and the one before it have seen, in this process. */
  let seenUpTo = { last: 0, before: 0 };

  return {
    async apply() {
      let removed = 0;
      if (days > 0) removed += await removeOlderThan(clock.now() - days * DAY_MS);
      if (messagesPerMailbox > 0 || megabytesPerMailbox > 0) removed += await removeAboveBounds();
      removed += await removeReports(clock.now() - sentDays * DAY_MS);
      return removed;
    },
  };

  /** Only mailboxes that got mail since the run before the last can have grown too large; one that fails stops no other. */
  async function removeAboveBounds(): Promise<number> {
    const newest = await db.read('mail_messages').max({ id: 'id' }).first();
    const grown = await db.read('mail_messages').where('id', '>', seenUpTo.before).distinct('mailbox_id');
    let removed = 0;
    for (const { mailbox_id } of grown) {
      try {
        if (messagesPerMailbox > 0) removed += await removeAboveCount(mailbox_id);
        if (megabytesPerMailbox > 0) removed += await removeAboveSize(mailbox_id);
      } catch (error) {
        log.error({ mailbox: mailbox_id, reason: messageOf(error) }, 'The retention of a mailbox could not be applied');
      }
    }
    seenUpTo = { last: Number(newest?.id ?? 0), before: seenUpTo.last };
    return removed;
  }

  async function removeOlderThan(before: number): Promise<number> {
    return deleted((limit) =>
      db.read('mail_messages').where('received_at', '<', before).orderBy('id').limit(limit).select('id'),
    );
  }

  /** What came to return paths and is nobody's: about mail whose records go after the same time. */
  async function removeReports(before: number): Promise<number> {
    const nobodys = db
      .read('mail_mailboxes')
      .where('address', 'like', 'bounces@%')
      .where({ made_by_mail: 1 })
      .whereNull('user_id')
      .select('id');
    return deleted((limit) =>
      db
        .read('mail_messages')
        .whereIn('mailbox_id', nobodys)
        .where('received_at', '<', before)
        .orderBy('id')
        .limit(limit)
        .select('id'),
    );
  }

  async function removeAboveCount(mailbox_id: number): Promise<number> {
    const [newestTooMany] = await db
      .read('mail_messages')
      .where({ mailbox_id })
      .orderBy('id', 'desc')
      .offset(messagesPerMailbox)
      .limit(1)
      .select('id');
    return newestTooMany ? removeBefore(mailbox_id, newestTooMany.id + 1) : 0;
  }

  async function removeAboveSize(mailboxId: number): Promise<number> {
    const sums = await db.read.raw(
      `select id from (select id, sum(size_bytes) over (order by id desc) as total from mail_messages where mailbox_id = ?) as sums
       where total > ? order by id desc limit 1`,
      [mailboxId, megabytesPerMailbox * 1024 * 1024],
    );
    const [newestTooMany] = rowsOf<{ id: number }>(sums);
    return newestTooMany ? removeBefore(mailboxId, newestTooMany.id + 1) : 0;
  }

  function removeBefore(mailboxId: number, id: number): Promise<number> {
    return deleted((limit) =>
      db
        .read('mail_messages')
        .where({ mailbox_id: mailboxId })
        .where('id', '<', id)
        .orderBy('id')
        .limit(limit)
        .select('id'),
    );
  }

  async function deleted(next: (limit: number) => PromiseLike<{ id: number }[]>): Promise<number> {
    let removed = 0;
    await inSteps(async (limit) => {
      const rows = await next(limit);
      // Somebody else may have deleted some of them meanwhile.
      removed += await mailDeletion.messages(rows.map(({ id }) => id));
      return rows.length;
    });
    return removed;
  }
}
