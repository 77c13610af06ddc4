/** Scheduled work of subscriptions. It looks at the state and not at the schedule, so that a late run catches up. */
import { inSteps } from '#core/kit.ts';
import { defineCron } from '#core/plugin.ts';
import type { SubscriptionsScope } from './services.ts';

const BATCH = 200;

export const subscriptionCron = [
  defineCron({
    name: 'billing.advance',
    summary: 'Ends trials and what was cancelled, renews, and lets grace run out',
    schedule: '7 * * * *',
    async run({ log }, { subscriptionTimes, checkoutCompletion }: SubscriptionsScope) {
      await inSteps((limit) => checkoutCompletion.expireSome(limit));
      const advanced = await subscriptionTimes.advanceSome(BATCH);
      if (advanced > 0) log.info({ advanced }, 'Subscriptions brought up to date');
    },
  }),
  defineCron({
    name: 'billing.reconcile',
    summary: 'Asks payment providers for subscriptions whose state may be stale',
    schedule: '23 * * * *',
    async run({ log }, { subscriptionTimes }: SubscriptionsScope) {
      const asked = await subscriptionTimes.reconcileSome(BATCH);
      if (asked > 0) log.info({ asked }, 'Subscriptions were reconciled');
    },
  }),
];
