/**
 * What goes on at a payment provider although it is over here: subscriptions that fell for not paying, and those of tenants
 * that are gone. Table: billing_erased_tenants.
 */
import type { Knex } from 'knex';
import { sha256 } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { ProviderEvent, ProviderSubscription } from '../../contract.ts';
import type { SubscriptionRow } from '../../tables.ts';
import type { PaymentProviders } from './providers.ts';

export interface LeftOvers {
  /** Ends at its provider what still runs there; false when nothing does. Throws `provider_failed`. */
  end(row: Pick<SubscriptionRow, 'provider' | 'provider_ref'>): Promise<boolean>;
  /** Whether such a tenant was erased here. */
  isErased(on: Knex | Transaction, tenantId: string): Promise<boolean>;
  /** Those of these tenants that were. */
  erasedAmong(on: Knex | Transaction, tenantIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** What was counted of them while they were erased goes too. */
  removeUsageOfErased(tenantIds: readonly string[]): Promise<void>;
  /** Remembers that a tenant was erased, by a hash that leads to nobody. */
  rememberErased(trx: Transaction, tenantId: string, at: number): Promise<void>;
  /** Ends one of an erased tenant, and pays back what was taken since. Throws when the provider is not there. */
  endErased(provider: string, ref: string, since: number): Promise<void>;
  /**
   * Ends, and pays back, what was paid for a tenant after it was erased. Other tenants that are not here may be those of
   * another server with the same account at the provider: they are left alone.
   */
  endOfErased(provider: string, event: ProviderEvent): Promise<void>;
  forgetBefore(time: number): Promise<void>;
}

export function createLeftOvers({
  db,
  log,
  paymentProviders,
}: Services & { paymentProviders: PaymentProviders }): LeftOvers {
  return { end, isErased, erasedAmong, removeUsageOfErased, rememberErased, endErased, endOfErased, forgetBefore };

  async function end({ provider: name, provider_ref: ref }: Parameters<LeftOvers['end']>[0]): Promise<boolean> {
    if (ref === null) return false;
    if (!paymentProviders.isThere(name)) {
      log.error({ provider: name, subscription: ref }, 'A subscription cannot be ended: no plugin brings its provider');
      return false;
    }
    const provider = paymentProviders.named(name);
    const state = await provider.fetchSubscription(ref);
    if (!state || state.status === 'canceled') return false;
    await provider.cancel(ref, { immediately: true, idempotencyKey: `left-over-${ref}` });
    return true;
  }

  async function isErased(on: Knex | Transaction, tenantId: string): Promise<boolean> {
    return (await erasedAmong(on, [tenantId])).size > 0;
  }

  async function erasedAmong(on: Knex | Transaction, tenantIds: readonly string[]): Promise<ReadonlySet<string>> {
    const byHash = new Map(tenantIds.map((tenantId) => [sha256(tenantId), tenantId]));
    const found = await on('billing_erased_tenants')
      .whereIn('tenant_hash', [...byHash.keys()])
      .pluck('tenant_hash');
    return new Set(found.map((hash) => byHash.get(hash) ?? ''));
  }

  /** An erasure is remembered before it deletes anything: who has written too late for it finds it here. */
  async function removeUsageOfErased(tenantIds: readonly string[]): Promise<void> {
    const erased = [...(await erasedAmong(db.write, tenantIds))];
    if (erased.length === 0) return;
    await db.transaction(async (trx) => {
      await trx('billing_usage').whereIn('tenant_id', erased).delete();
      await trx('billing_usage_daily').whereIn('tenant_id', erased).delete();
      await trx('billing_usage_history').whereIn('tenant_id', erased).delete();
      await trx('billing_usage_keys').whereIn('tenant_id', erased).delete();
    });
  }

  async function rememberErased(trx: Transaction, tenantId: string, at: number): Promise<void> {
    await trx('billing_erased_tenants')
      .insert({ tenant_hash: sha256(tenantId), at })
      .onConflict('tenant_hash')
      .ignore();
  }

  async function endErased(providerName: string, ref: string, since: number): Promise<void> {
    const state = await paymentProviders.named(providerName).fetchSubscription(ref);
    if (state) await endAndRefund(providerName, state, since);
  }

  async function endOfErased(providerName: string, { facts }: ProviderEvent): Promise<void> {
    for (const fact of facts) {
      if (fact.kind !== 'subscription' && fact.kind !== 'checkout') continue;
      const state = fact.subscription;
      const erased = state?.tenantId
        ? await db
            .write('billing_erased_tenants')
            .where({ tenant_hash: sha256(state.tenantId) })
            .first()
        : undefined;
      if (state && erased) await endAndRefund(providerName, state, Number(erased.at));
    }
  }

  async function endAndRefund(
    providerName: string,
    { ref, status }: ProviderSubscription,
    since: number,
  ): Promise<void> {
    const provider = paymentProviders.named(providerName);
    if (status !== 'canceled') {
      log.warn(
        { provider: providerName, subscription: ref },
        'A subscription of an erased tenant is ended and paid back',
      );
      await provider.cancel(ref, { immediately: true, idempotencyKey: `erased-${ref}` });
    }
    // Also when it has ended: an earlier try may have failed between the two.
    await provider.refundSince?.(ref, since);
  }

  async function forgetBefore(time: number): Promise<void> {
    await db.write('billing_erased_tenants').where('at', '<', time).delete();
  }
}
