/** What is done with replies by the clock. */
import { defineCron } from '#core/plugin.ts';
import type { RepliesScope } from './services.ts';

export const replyCron = [
  defineCron({
    name: 'ai-replies.handOverOverdue',
    summary: 'Hands over to people what is no longer answered: jobs that failed for good, calls that nobody decides on',
    schedule: '* * * * *',
    run: (_run, { overdue }: RepliesScope) => overdue.handOver(),
  }),
  defineCron({
    name: 'ai-replies.pruneReplies',
    summary: 'Erases answers of AI, and why there was none, that are older than they are kept',
    schedule: '23 4 * * *',
    async run(_run, { replyErasure, clock, aiConfig }: RepliesScope) {
      await replyErasure.prune(clock.now() - aiConfig.replyDays * 24 * 3600_000);
    },
  }),
];
