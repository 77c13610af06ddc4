/** What broadcasts do by the clock. */
import { defineCron } from '#core/plugin.ts';
import type { BroadcastsScope } from './services.ts';

export const sendScheduled = defineCron({
  name: 'robots.sendScheduled',
  summary: 'Sends messages whose time has come',
  summaryIn: { zh: '发送到时间的消息' },
  schedule: '* * * * *',
  async run(_run, { scheduledMessages }: BroadcastsScope) {
    await scheduledMessages.putRight();
    while ((await scheduledMessages.sendDue()) > 0);
  },
});
