/** What the inbox does by the clock. */
import { defineCron } from '#core/plugin.ts';
import type { ConversationsScope } from './services.ts';
import { deleteUnusedWords } from './words.ts';

/** Each step is bounded: what is left is done the next time. */
const MOST_STEPS = 20;
/** A million messages in a night, some milliseconds each time. */
const MOST_ERASED_STEPS = 2_000;

export const inboxCron = [
  defineCron({
    name: 'robots.wake',
    summary: 'Opens conversations whose snooze has ended, and puts pauses right that a clock which was ahead has noted',
    schedule: '* * * * *',
    async run(_run, { conversationChanges, handover }: ConversationsScope) {
      await handover.putPausesRight();
      for (let step = 0; step < MOST_STEPS && (await conversationChanges.wake()) > 0; step++);
    },
  }),
  defineCron({
    name: 'robots.retention',
    summary: 'Erases messages of robots that are older than their tenant keeps them',
    schedule: '37 3 * * *',
    async run(_run, { db, inboxRetention }: ConversationsScope) {
      if ((await inboxRetention.sweep(MOST_ERASED_STEPS)) > 0) await deleteUnusedWords(db);
    },
  }),
];
