/**
 * Orphaned charges: what goes on at a payment provider although it is over here: subscriptions that fell for not paying, and
 * those of erased tenants.
 */
import type { Services } from '#core/plugin.ts';
import type { ProviderEvent, ProviderSubscription } from '../contract.ts';
import type { ErasedTenants } from '../erased-tenants.ts';
import type { PaymentProviders } from './providers.ts';

export interface OrphanedCharges {
  /** Ends at its provider what still runs there; false when nothing does. Throws `provider_failed`. */
  end(subscription: { provider: string; provider_ref: string | null }): Promise<boolean>;
  /** Ends one of an erased tenant, and pays back what was taken since. Throws when the provider is not there. */
  endErased(provider: string, ref: string, since: number): Promise<void>;
  /**
   * Ends, and pays back, what was paid for a tenant after it was erased. Other tenants that are not here may be those of
   * another server with the same account at the provider: they are left alone.
   */
  endOfErased(provider: string, event: ProviderEvent): Promise<void>;
}

export function createOrphanedCharges({
  db,
  log,
  paymentProviders,
  erasedTenants,
}: Services & { paymentProviders: PaymentProviders; erasedTenants: ErasedTenants }): OrphanedCharges {
  return { end, endErased, endOfErased };

  async function end({ provider: name, provider_ref: ref }: Parameters<OrphanedCharges['end']>[0]): Promise<boolean> {
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

  async function endErased(providerName: string, ref: string, since: number): Promise<void> {
    const state = await paymentProviders.named(providerName).fetchSubscription(ref);
    if (state) await endAndRefund(providerName, state, since);
  }

  async function endOfErased(providerName: string, { facts }: ProviderEvent): Promise<void> {
    for (const fact of facts) {
      if (fact.kind !== 'subscription' && fact.kind !== 'checkout') continue;
      const state = fact.subscription;
      const since = state?.tenantId ? await erasedTenants.erasedAt(db.write, state.tenantId) : null;
      if (state && since !== null) await endAndRefund(providerName, state, since);
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
}
