/** Cron: expired mailboxes go, with their mail. */
import { inSteps } from '#core/kit.ts';
import { defineCron } from '#core/plugin.ts';
import type { MailboxesScope } from './services.ts';

export const removeExpired = defineCron({
  name: 'mail.removeExpired',
  summary: 'Deletes mailboxes whose time is over, with their mail',
  schedule: '*/5 * * * *',
  async run({ log }, { mailDeletion }: MailboxesScope) {
    await mailDeletion.putRight();
    const removed = await inSteps((limit) => mailDeletion.expire(limit));
    await mailDeletion.finish();
    if (removed > 0) log.info({ removed }, 'Deleted expired mailboxes');
  },
});
