/**
 * What goes when a tenant is gone: everything here at once, and what goes on at providers by jobs that are tried until they
 * have succeeded. Invoices stay, as the law asks, without a name on them.
 */
import type { Services } from '#core/plugin.ts';
import type { Entitlements } from './entitlements.ts';
import type { LeftOvers } from './payments/orphaned-charges.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import type { UsageMeters } from './usage/usage.ts';

export interface BillingErasure {
  /** What providers take for it from `since` on is paid back. Again changes nothing. */
  eraseTenant(tenantId: string, since: number): Promise<void>;
}

/** Jobs for what goes on at providers. */
export const END_ERASED = 'billing.endErased';
export const CLOSE_CHECKOUT = 'billing.closeCheckout';

/** Tables whose rows go with their tenant. */
const OF_TENANTS = [
  ...(['billing_subscriptions', 'billing_overrides', 'billing_checkouts', 'billing_redemptions'] as const),
  'billing_set_aside' as const,
  ...(['billing_usage', 'billing_usage_daily', 'billing_usage_history', 'billing_usage_keys'] as const),
];

export function createBillingErasure({
  db,
  jobs,
  leftOvers,
  subscriptionStore,
  entitlements,
  usageMeters,
}: Services & {
  leftOvers: LeftOvers;
  subscriptionStore: SubscriptionStore;
  entitlements: Entitlements;
  usageMeters: UsageMeters;
}): BillingErasure {
  return {
    async eraseTenant(tenantId, since) {
      const gone = { tenant_id: tenantId };
      // What is paid from now on, in a page that cannot be closed, is ended and paid back when the provider tells of it.
      await db.transaction((trx) => leftOvers.rememberErased(trx, tenantId, since));
      await db.transaction(async (trx) => {
        const row = await subscriptionStore.locked(trx, tenantId);
        // Also of what has ended here: a provider goes on trying to take money for longer than our grace.
        if (row?.provider_ref) {
          await jobs.enqueue(trx, END_ERASED, { provider: row.provider, ref: row.provider_ref, since });
        }
        const open = await trx('billing_checkouts').where({ ...gone, status: 'open' });
        await jobs.enqueueAll(
          trx,
          open.map(({ provider, session_id }) => ({ name: CLOSE_CHECKOUT, payload: { provider, session_id } })),
        );
        for (const table of OF_TENANTS) await trx(table).where(gone).delete();
        await trx('billing_invoices')
          .where(gone)
          .update({ customer: JSON.stringify({ name: '', email: null }) });
        await entitlements.forget(trx, tenantId);
        usageMeters.forget();
      });
    },
  };
}
