/**
 * What payment providers tell, applied: each event once, in one transaction with its id. States are asked for freshly
 * and carry when, so that an old one that comes late changes nothing. Table: billing_provider_events.
 */
import { CLOCK_TOLERANCE_MS } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { ProviderEvent, ProviderFact, ProviderSubscription } from '../../contract.ts';
import type { SubscriptionRow } from '../../tables.ts';
import { canceledState } from '../canceled-state.ts';
import type { CheckoutCompletion } from '../checkout-completion.ts';
import { type Customer, customerIfAny } from '../customers.ts';
import type { Invoices } from '../invoices.ts';
import type { Plans } from '../plans.ts';
import type { SubscriptionStore } from '../subscription-store.ts';
import type { LeftOvers } from './orphaned-charges.ts';
import { applyInvoice, applyMoneyBack } from './provider-invoices.ts';
import { stateAfter } from './provider-state.ts';
import type { PaymentProviders } from './providers.ts';

export interface ProviderEvents {
  /** A webhook. Gives false when its event had been handled before. */
  handle(provider: string, request: { body: Buffer; header(name: string): string }): Promise<boolean>;
  /** A state that was asked for. */
  apply(provider: string, state: ProviderSubscription): Promise<void>;
  /** The provider knows no such subscription any more. */
  lose(tenantId: string, ref: string): Promise<void>;
  /** Forgets old event ids; gives how many. */
  forgetBefore(time: number): Promise<number>;
}

export function createProviderEvents(
  services: Services &
    AuthServices & {
      plans: Plans;
      checkoutCompletion: CheckoutCompletion;
      paymentProviders: PaymentProviders;
      leftOvers: LeftOvers;
      subscriptionStore: SubscriptionStore;
      invoices: Invoices;
    },
): ProviderEvents {
  const { db, clock, log, jobs, plans, checkoutCompletion, paymentProviders, leftOvers } = services;
  const { subscriptionStore: store } = services;

  return { handle, apply, lose, forgetBefore };

  async function handle(providerName: string, request: Parameters<ProviderEvents['handle']>[1]): Promise<boolean> {
    const event = await paymentProviders.named(providerName).handleWebhook(request);
    if (!event) return true;
    await leftOvers.endOfErased(providerName, event);
    const customers = await customersOf(providerName, event);
    return db.transaction(async (trx) => {
      const taken = await trx('billing_provider_events')
        .insert({ provider: providerName, event_id: event.id, at: clock.now() })
        .onConflict(['provider', 'event_id'])
        .ignore()
        .returning('event_id');
      if (taken.length === 0) return false;
      for (const fact of event.facts) await applyFact(trx, providerName, fact, customers);
      return true;
    });
  }

  /** Tenants that are there, with their names for invoices; read before the transaction begins. */
  async function customersOf(providerName: string, event: ProviderEvent): Promise<Map<string, Customer>> {
    const customers = new Map<string, Customer>();
    for (const fact of event.facts) {
      const tenantId = await tenantOf(providerName, fact);
      const customer = tenantId ? await customerIfAny(services, tenantId) : null;
      if (tenantId && customer) customers.set(tenantId, customer);
    }
    return customers;
  }

  async function tenantOf(providerName: string, fact: ProviderFact): Promise<string | null> {
    if (fact.kind === 'checkout_expired' || fact.kind === 'refund' || fact.kind === 'dispute') return null;
    if (fact.kind === 'checkout') {
      const checkout = await db.read('billing_checkouts').where({ session_id: fact.sessionId }).first();
      return checkout?.tenant_id ?? fact.subscription?.tenantId ?? null;
    }
    const isInvoice = fact.kind === 'invoice';
    const ref = isInvoice ? fact.invoice.subscriptionRef : fact.subscription.ref;
    const facts = { provider: providerName, provider_ref: ref };
    const row = ref ? await db.read('billing_subscriptions').where(facts).first() : undefined;
    return row?.tenant_id ?? (isInvoice ? fact.invoice.tenantId : fact.subscription.tenantId);
  }

  async function applyFact(
    trx: Transaction,
    provider: string,
    fact: ProviderFact,
    customers: ReadonlyMap<string, Customer>,
  ): Promise<void> {
    if (fact.kind === 'subscription') return applyFound(trx, provider, fact.subscription, customers);
    if (fact.kind === 'invoice') return applyInvoice(services, trx, provider, fact.invoice, customers);
    if (fact.kind === 'refund' || fact.kind === 'dispute') return applyMoneyBack(services, trx, provider, fact);
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
    customers: ReadonlyMap<string, Customer>,
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
    const row = await store.save(trx, before, await stateAfter(services, trx, provider, tenantId, before, state));
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
      await store.save(trx, before, { ...state, provider_ended_at: now });
    });
  }

  async function forgetBefore(time: number): Promise<number> {
    return db.write('billing_provider_events').where('at', '<', time).delete();
  }
}
