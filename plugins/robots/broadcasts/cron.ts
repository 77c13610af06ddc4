/** What broadcasts do by the clock. */
import { defineCron } from '#core/plugin.ts';
import type { BroadcastsScope } from './services.ts';

export const sendScheduled = defineCron({
  name: 'robots.sendScheduled',
  summary: 'Sends messages whose time has come',
  schedule: '* * * * *',
  async run(_run, { scheduledMessages }: BroadcastsScope) {
    await scheduledMessages.putRight();
    while ((await scheduledMessages.sendDue()) > 0);
  },
});
