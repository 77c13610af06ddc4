/** Scheduled work of all parts at once: what is old is deleted. */
import { DAY_MS, deleteBelow } from '#core/kit.ts';
import { defineCron } from '#core/plugin.ts';
import { dateOf } from './calendar.ts';
import type { BillingScope } from './scope.ts';

/** Stripe tells of an event for up to three days. */
const EVENTS_KEPT_MS = 90 * DAY_MS;
/** Longer than the month that a key belongs to. */
const KEYS_KEPT_MS = 40 * DAY_MS;
const DAYS_KEPT_MS = 400 * DAY_MS;

export const cleanUp = defineCron({
  name: 'billing.cleanUp',
  summary: 'Deletes old idempotency keys, event ids, daily figures and checkouts that nobody paid',
  schedule: '47 3 * * *',
  async run(_, { db, clock, providerEvents, erasedTenants }: BillingScope) {
    const now = clock.now();
    await providerEvents.deleteBefore(now - EVENTS_KEPT_MS);
    await erasedTenants.deleteBefore(now - DAYS_KEPT_MS);
    await deleteBelow(db, 'billing_usage_keys', 'at', now - KEYS_KEPT_MS);
    // Those that were paid have their invoice; nobody asks for the others any more, whether they are marked as over yet or not.
    await db
      .write('billing_checkouts')
      .whereIn('status', ['open', 'expired'])
      .where('expires_at', '<=', now)
      .where('created_at', '<', now - EVENTS_KEPT_MS)
      .delete();
    await deleteBelow(db, 'billing_usage_daily', 'day', dateOf(now - DAYS_KEPT_MS));
  },
});
