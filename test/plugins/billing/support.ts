/** One platform for many tests about money: what one of them bought and changed is gone before the next. */
import type { TestPlatform } from '#test/support/harness.ts';

/** In an order in which nothing points to what has gone. */
const TABLES = [
  'billing_redemptions',
  'billing_subscriptions',
  'billing_checkouts',
  'billing_coupons',
  'billing_invoices',
  'billing_counters',
  'billing_erased_tenants',
  'billing_overrides',
  'billing_provider_events',
  'billing_set_aside',
  'billing_usage',
  'billing_usage_daily',
  'billing_usage_history',
  'billing_usage_keys',
  'billing_plans',
] as const;

/** Remembers the plans; gives what brings this first day back, once nothing is under way any more. */
export async function firstDayOf({ services: { db, jobs } }: TestPlatform): Promise<() => Promise<void>> {
  const plans = await db.read('billing_plans');
  return async () => {
    await jobs.idle();
    await db.transaction(async (trx) => {
      for (const table of TABLES) await trx(table).delete();
      await trx('billing_plans').insert(plans);
    });
  };
}
