/** Mail's scheduled work: expired mailboxes go, with their mail; retention; deliveries that nobody would try again. */
import { defineCron } from '#core/plugin.ts';
import type { MailScope } from './scope.ts';

const BATCH = 100;

export const removeExpired = defineCron({
  name: 'mail.removeExpired',
  summary: 'Deletes mailboxes whose time is over, with their mail',
  schedule: '*/5 * * * *',
  async run({ log }, { mailDeletion }: MailScope) {
    await mailDeletion.putRight();
    let removed = 0;
    for (let count = BATCH; count === BATCH; removed += count) count = await mailDeletion.expire(BATCH);
    await mailDeletion.finish();
    if (removed > 0) log.info({ removed }, 'Deleted expired mailboxes');
  },
});

export const cleanUp = defineCron({
  name: 'mail.cleanUp',
  summary:
    'Applies the retention of mail, and forgets old records of sent mail, of webhooks, of greylisting and of sessions',
  schedule: '17 * * * *',
  async run({ log }, { mailRetention, mailSessions, greylist, webhookRecords }: MailScope) {
    const removed = await mailRetention.apply();
    await webhookRecords.forgetOld();
    await greylist.forgetOld();
    await mailSessions.forgetOld();
    if (removed > 0) log.info({ removed }, 'Deleted mail by its retention');
  },
});

export const resumeDeliveries = defineCron({
  name: 'mail.resumeDeliveries',
  summary: 'Takes up deliveries that wait without a job',
  schedule: '*/15 * * * *',
  async run(_, { delivering }: MailScope) {
    await delivering.resume();
  },
});
