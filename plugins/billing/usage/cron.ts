/** Scheduled work of usage. It looks at the state and not at the schedule, so that a late run catches up. */
import { defineCron } from '#core/plugin.ts';
import type { UsageScope } from './services.ts';

const BATCH = 200;

export const usageCron = [
  defineCron({
    name: 'billing.closeUsage',
    summary: 'Moves the usage of months that are over to the history',
    schedule: '1 0 * * *',
    async run({ log }, { monthClose }: UsageScope) {
      await monthClose.reopen();
      await monthClose.storeLevels();
      const closed = await monthClose.closeSome(BATCH);
      if (closed > 0) log.info({ closed }, 'Usage of months that are over was closed');
    },
  }),
  defineCron({
    name: 'billing.reconcileUsage',
    summary: 'Brings meters that count what there is to what there is',
    schedule: '31 * * * *',
    async run({ log }, { usageMeters, monthClose }: UsageScope) {
      await monthClose.reopen();
      const wrong = await usageMeters.reconcile();
      if (wrong > 0) log.info({ wrong }, 'Counts of what there is were put right');
    },
  }),
];
