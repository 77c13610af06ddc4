/** What is done with replies by the clock. */
import { defineCron } from '#core/plugin.ts';
import type { RepliesScope } from './services.ts';

/** Each step is bounded: what is left is done the next time. */
const MOST_STEPS = 200;

export const replyCron = [
  defineCron({
    name: 'ai-replies.handOverOverdue',
    summary:
      'Lets people take over what nobody answers any more: jobs that failed for good, calls that nobody decides on',
    schedule: '* * * * *',
    run: (_run, { overdue }: RepliesScope) => overdue.handOver(),
  }),
  defineCron({
    name: 'ai-replies.pruneReplies',
    summary: 'Erases answers of AI, and why there was none, that are older than they are kept',
    schedule: '23 4 * * *',
    async run(_run, { replyErasure, clock, aiConfig }: RepliesScope) {
      const before = clock.now() - aiConfig.replyDays * 24 * 3600_000;
      for (let step = 0; step < MOST_STEPS && (await replyErasure.prune(before)) > 0; step++);
    },
  }),
];
