/**
 * Subscriptions as their payment providers say they are. States are asked for freshly and carry when, so that an old one
 * that comes late changes nothing.
 */
import { CLOCK_TOLERANCE_MS } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { ProviderSubscription } from '../contract.ts';
import type { Customers } from '../payments/customers.ts';
import type { SubscriptionFact, SubscriptionKeeper } from '../payments/provider-events.ts';
import type { Plans } from '../plans/plans.ts';
import { canceledState } from './canceled-state.ts';
import type { CheckoutCompletion } from './checkout-completion.ts';
import { stateAfter } from './state-from-provider.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import type { SubscriptionRow } from './tables.ts';

export interface ProviderStates extends Pick<SubscriptionKeeper, 'tenantOfSubscription' | 'tenantOfCheckout'> {
  /** A state that was asked for. */
  apply(provider: string, state: ProviderSubscription): Promise<void>;
  /** What a webhook told, inside its transaction. */
  applyFact: SubscriptionKeeper['apply'];
  /** The provider knows no such subscription any more. */
  lose(tenantId: string, ref: string): Promise<void>;
}

export function createProviderStates(
  services: Services & {
    plans: Plans;
    checkoutCompletion: CheckoutCompletion;
    subscriptionStore: SubscriptionStore;
  },
): ProviderStates {
  const { db, clock, log, jobs, plans, checkoutCompletion, subscriptionStore: store } = services;

  return { tenantOfSubscription, tenantOfCheckout, apply, applyFact, lose };

  async function tenantOfSubscription(on: typeof db.read | Transaction, provider: string, provider_ref: string) {
    const row = await on('billing_subscriptions').where({ provider, provider_ref }).first('tenant_id');
    return row?.tenant_id ?? null;
  }

  async function tenantOfCheckout(session_id: string) {
    const row = await db.read('billing_checkouts').where({ session_id }).first('tenant_id');
    return row?.tenant_id ?? null;
  }

  async function applyFact(
    trx: Transaction,
    provider: string,
    fact: SubscriptionFact,
    customers: Customers,
  ): Promise<void> {
    if (fact.kind === 'subscription') return applyFound(trx, provider, fact.subscription, customers);
    if (fact.kind === 'checkout_expired') {
      await trx('billing_checkouts')
        .where({ session_id: fact.sessionId, status: 'open' })
        .update({ status: 'expired' });
      return;
    }
    if (fact.subscription) {
      const checkout = await checkoutCompletion.noteCompleted(trx, fact.sessionId);
      const tenantId = checkout?.tenant_id ?? fact.subscription.tenantId;
      return applyFound(trx, provider, { ...fact.subscription, tenantId }, customers);
    }
    const checkout = await trx('billing_checkouts').where({ session_id: fact.sessionId }).first();
    const customer = checkout && customers.get(checkout.tenant_id);
    if (customer) await checkoutCompletion.complete(trx, fact.sessionId, customer, { isPaid: true });
  }

  /** What comes for a tenant that is gone begins nothing. */
  async function applyFound(
    trx: Transaction,
    provider: string,
    state: ProviderSubscription,
    customers: Customers,
  ): Promise<void> {
    const isGone = state.tenantId !== null && !customers.has(state.tenantId);
    if (!isGone) return applyState(trx, provider, state);
    log.warn(
      { provider, subscription: state.ref, status: state.status },
      'A subscription of a tenant that is not here was ignored',
    );
  }

  async function apply(provider: string, state: ProviderSubscription): Promise<void> {
    await db.transaction((trx) => applyState(trx, provider, state));
  }

  async function applyState(trx: Transaction, provider: string, state: ProviderSubscription): Promise<void> {
    const known = await trx('billing_subscriptions').where({ provider, provider_ref: state.ref }).first();
    const tenantId = known?.tenant_id ?? state.tenantId;
    if (!tenantId) {
      log.warn({ provider, subscription: state.ref }, 'A subscription of no known tenant was ignored');
      return;
    }
    const before = await store.locked(trx, tenantId);
    const isSame = before?.provider_ref === state.ref;
    if (isSame && isNewer(before.synced_at, state.asOf)) {
      // Within what clocks of replicas differ by, nobody knows which of the two is the later one.
      if (Number(before.synced_at) - state.asOf <= CLOCK_TOLERANCE_MS) await askAgain(trx, before);
      return;
    }
    // The end of an earlier subscription says nothing about the one that follows it.
    const isOtherLive = before && !isSame && before.provider_ref !== null && before.status !== 'canceled';
    if (!isSame && (state.status === 'canceled' || isOtherLive)) {
      const facts = { provider, tenantId, subscription: state.ref, status: state.status };
      if (state.status !== 'canceled') log.error(facts, 'A tenant pays for two subscriptions; end one at the provider');
      return;
    }
    const next = await stateAfter(services, trx, provider, tenantId, before, state);
    // One that nobody knows here, and that is over by what it owes, never began.
    if (!before && next.status === 'canceled') return;
    const row = await store.save(trx, before, next, before ? 'follow' : 'begin');
    if (isSame || Number(row.credit) === 0) return;
    await jobs.enqueue(trx, 'billing.moveCredit', { tenant_id: tenantId, provider, ref: state.ref });
  }

  /** A time that is yet to come was noted by a clock that was ahead, and says nothing. */
  function isNewer(syncedAt: number, asOf: number): boolean {
    return Number(syncedAt) > asOf && Number(syncedAt) <= clock.now() + CLOCK_TOLERANCE_MS;
  }

  async function askAgain(trx: Transaction, { tenant_id, provider_ref, synced_at }: SubscriptionRow): Promise<void> {
    const options = { key: `billing.askAgain ${provider_ref}`, runAt: Number(synced_at) + 1000, lane: tenant_id };
    await jobs.enqueue(trx, 'billing.askAgain', { tenant_id }, options);
  }

  async function lose(tenantId: string, ref: string): Promise<void> {
    await db.transaction(async (trx) => {
      const before = await store.locked(trx, tenantId);
      if (before?.provider_ref !== ref) return;
      const now = clock.now();
      const isOver = before.status === 'canceled';
      const state = isOver ? before : canceledState(before, await plans.fallback(trx), now);
      await store.save(trx, before, { ...state, provider_ended_at: now }, 'lose');
    });
  }
}
