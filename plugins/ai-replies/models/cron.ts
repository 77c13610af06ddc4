/** What is done with calls by the clock. */
import { defineCron } from '#core/plugin.ts';
import type { ModelsScope } from './services.ts';

/** No call takes so long: an hour is the longest that a provider may be given. */
const LOST_AFTER_MS = 2 * 3600_000;

export const modelCron = [
  defineCron({
    name: 'ai-replies.lostCalls',
    summary: 'Counts what calls of models may have cost that the process did not outlive',
    schedule: '11 * * * *',
    async run(_run, { calls, clock }: ModelsScope) {
      await calls.closeLost(clock.now() - LOST_AFTER_MS);
    },
  }),
  defineCron({
    name: 'ai-replies.pruneCalls',
    summary: 'Erases calls of models that are older than they are kept',
    schedule: '47 3 * * *',
    async run(_run, { calls, clock, aiConfig }: ModelsScope) {
      await calls.prune(clock.now() - aiConfig.callDays * 24 * 3600_000);
    },
  }),
];
