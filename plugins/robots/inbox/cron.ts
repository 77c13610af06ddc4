/** What the inbox does by the clock. */
import { defineCron } from '#core/plugin.ts';
import type { RobotsScope } from '../scope.ts';

/** Each step is bounded: what is left is done a minute later. */
const MOST_STEPS = 20;

export const wakeConversations = defineCron({
  name: 'robots.wake',
  summary: 'Opens conversations whose snooze has ended',
  schedule: '* * * * *',
  async run(_run, { conversationChanges }: RobotsScope) {
    for (let step = 0; step < MOST_STEPS && (await conversationChanges.wake()) > 0; step++);
  },
});

export const inboxCron = [wakeConversations];
