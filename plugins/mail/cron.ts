/** Mail's scheduled work: expired mailboxes go, with their mail. */
import { defineCron } from '#core/plugin.ts';

/** A transaction that deletes more would hold up receiving. */
const BATCH = 100;

export const removeExpired = defineCron({
  name: 'mail.removeExpired',
  summary: 'Deletes mailboxes whose time is over, with their mail',
  schedule: '*/5 * * * *',
  async run({ log }, { mailboxes }) {
    let removed = 0;
    for (let count = BATCH; count === BATCH; removed += count) count = await mailboxes.removeExpired(BATCH);
    if (removed > 0) log.info({ removed }, 'Deleted expired mailboxes');
  },
});
