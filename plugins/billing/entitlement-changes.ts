/**
 * That what tenants may have has changed: whoever changes a plan, a subscription or an override says so inside its
 * transaction, and the entitlements, which stand above plans and subscriptions, drop what they remember once it has committed.
 */
import type { Services, Transaction } from '#core/plugin.ts';

export interface EntitlementChanges {
  /** Of the tenant; of all, without one. */
  announce(trx: Transaction, tenantId?: string): Promise<void>;
  /** Whether the transaction has said so, and thus sees other limits than those that are remembered. */
  isIn(trx: Transaction): boolean;
  /** Calls `drop` in every process, also when notices may have been lost. */
  on(drop: () => void): void;
}

export const ENTITLEMENTS_CHANGED = 'billing.entitlements';

export function createEntitlementChanges({ notices }: Services): EntitlementChanges {
  const changing = new WeakSet<Transaction>();

  return {
    announce(trx, tenantId) {
      changing.add(trx);
      return notices.send(trx, ENTITLEMENTS_CHANGED, tenantId ?? null);
    },
    isIn: (trx) => changing.has(trx),
    on(drop) {
      notices.on(ENTITLEMENTS_CHANGED, drop);
      notices.onGap(drop);
    },
  };
}
