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
  /** Calls `drop` with the tenant in every process; with null for all, also when notices may have been lost. */
  on(drop: (tenantId: string | null) => void): void;
}

const CHANGED = 'billing.entitlements';

export function createEntitlementChanges({ notices }: Services): EntitlementChanges {
  const changing = new WeakSet<Transaction>();

  return {
    announce(trx, tenantId) {
      changing.add(trx);
      return notices.send(trx, CHANGED, tenantId ?? null);
    },
    isIn: (trx) => changing.has(trx),
    on(drop) {
      notices.on(CHANGED, (tenantId) => drop(typeof tenantId === 'string' ? tenantId : null));
      notices.onGap(() => drop(null));
    },
  };
}
