/** Billing's scheduled work. Each part looks at the state and not at the schedule, so that a late run catches up. */
import { deleteBelow, inSteps } from '#core/kit.ts';
import { defineCron } from '#core/plugin.ts';
import type { BillingScope } from './scope.ts';
import { DAY_MS, dayOf } from './services/calendar.ts';

const BATCH = 200;
/** Stripe tells of an event for up to three days. */
const EVENTS_KEPT_MS = 90 * DAY_MS;
/** Longer than the month that a key belongs to. */
const KEYS_KEPT_MS = 40 * DAY_MS;
const DAYS_KEPT_MS = 400 * DAY_MS;

export const advanceSubscriptions = defineCron({
  name: 'billing.advance',
  summary: 'Ends trials and what was cancelled, renews, and lets grace run out',
  schedule: '7 * * * *',
  async run({ log }, { subscriptionTimes, checkoutCompletion }: BillingScope) {
    await inSteps((limit) => checkoutCompletion.expireSome(limit));
    const advanced = await subscriptionTimes.advanceSome(BATCH);
    if (advanced > 0) log.info({ advanced }, 'Subscriptions brought up to date');
  },
});

export const closeUsage = defineCron({
  name: 'billing.closeUsage',
  summary: 'Moves the usage of months that are over to the history',
  schedule: '1 0 * * *',
  async run({ log }, { usageClosing }: BillingScope) {
    await usageClosing.reopen();
    await usageClosing.keepLevels();
    const closed = await usageClosing.closeSome(BATCH);
    if (closed > 0) log.info({ closed }, 'Usage of months that are over was closed');
  },
});

export const reconcileUsage = defineCron({
  name: 'billing.reconcileUsage',
  summary: 'Brings meters that count what there is to what there is',
  schedule: '31 * * * *',
  async run({ log }, { usageMeters, usageClosing }: BillingScope) {
    await usageClosing.reopen();
    const wrong = await usageMeters.reconcile();
    if (wrong > 0) log.info({ wrong }, 'Counts of what there is were put right');
  },
});

export const reconcile = defineCron({
  name: 'billing.reconcile',
  summary: 'Asks payment providers for subscriptions whose state may be stale',
  schedule: '23 * * * *',
  async run({ log }, { subscriptionTimes }: BillingScope) {
    const asked = await subscriptionTimes.reconcileSome(BATCH);
    if (asked > 0) log.info({ asked }, 'Subscriptions were reconciled');
  },
});

export const cleanUp = defineCron({
  name: 'billing.cleanUp',
  summary: 'Deletes old idempotency keys, event ids, daily figures and checkouts that nobody paid',
  schedule: '47 3 * * *',
  async run(_, { db, clock, providerEvents, leftOvers }: BillingScope) {
    const now = clock.now();
    await providerEvents.forgetBefore(now - EVENTS_KEPT_MS);
    await leftOvers.forgetBefore(now - DAYS_KEPT_MS);
    await deleteBelow(db, 'billing_usage_keys', 'at', now - KEYS_KEPT_MS);
    // Those that were paid have their invoice; nobody asks for the others any more, whether they are marked as over yet or not.
    await db
      .write('billing_checkouts')
      .whereIn('status', ['open', 'expired'])
      .where('expires_at', '<=', now)
      .where('created_at', '<', now - EVENTS_KEPT_MS)
      .delete();
    await deleteBelow(db, 'billing_usage_daily', 'day', dayOf(now - DAYS_KEPT_MS));
  },
});
