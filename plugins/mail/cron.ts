/** Mail's scheduled work: expired mailboxes go, with their mail. */
import { defineCron } from '#core/plugin.ts';

const BATCH = 100;

export const removeExpired = defineCron({
  name: 'mail.removeExpired',
  summary: 'Deletes mailboxes whose time is over, with their mail',
  schedule: '*/5 * * * *',
  async run({ log }, { mailboxes, mailDeletion, events, db }) {
    let removed = 0;
    for (let count = BATCH; count === BATCH; removed += count) {
      const rows = await mailboxes.expired(BATCH);
      count = rows.length;
      for (const row of rows) await mailDeletion.messagesOf(row.id);
      await db.transaction(async (trx) => {
        await mailDeletion.mailboxesIn(trx, rows);
        for (const { id, address, tenant_id } of rows) {
          const data = { mailbox_id: id, address };
          await events.emit(trx, 'mailbox.expired', data, { tenantId: tenant_id, subject: address });
        }
      });
    }
    if (removed > 0) log.info({ removed }, 'Deleted expired mailboxes');
  },
});

export const cleanUp = defineCron({
  name: 'mail.cleanUp',
  summary: 'Applies the retention of mail, and forgets old records of sent mail and of greylisting',
  schedule: '17 * * * *',
  async run({ log }, { mailRetention, greylist }) {
    const removed = await mailRetention.apply();
    await greylist.forgetOld();
    if (removed > 0) log.info({ removed }, 'Deleted mail by its retention');
  },
});
