/** Old records go, once an hour: each part says which of its own. */
import { defineCron } from '#core/plugin.ts';
import type { MailScope } from './scope.ts';

export const cleanUp = defineCron({
  name: 'mail.cleanUp',
  summary:
    'Applies the retention of mail, and forgets old records of sent mail, of webhooks, of greylisting and of sessions',
  schedule: '17 * * * *',
  async run({ log }, { mailRetention, sentDeletion, mailSessions, greylist, webhookRecords }: MailScope) {
    const removed = await mailRetention.apply();
    await sentDeletion.deleteOld();
    await webhookRecords.deleteOld();
    await greylist.deleteOld();
    await mailSessions.deleteOld();
    if (removed > 0) log.info({ removed }, 'Deleted mail by its retention');
  },
});
