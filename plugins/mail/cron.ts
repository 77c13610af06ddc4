/** Mail's scheduled work: expired mailboxes go, with their mail; retention; deliveries that nobody would try again. */
import { inSteps } from '#core/kit.ts';
import { defineCron } from '#core/plugin.ts';
import type { MailScope } from './scope.ts';

export const removeExpired = defineCron({
  name: 'mail.removeExpired',
  summary: 'Deletes mailboxes whose time is over, with their mail',
  schedule: '*/5 * * * *',
  async run({ log }, { mailDeletion }: MailScope) {
    await mailDeletion.putRight();
    const removed = await inSteps((limit) => mailDeletion.expire(limit));
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
