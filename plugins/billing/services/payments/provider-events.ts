/**
 * What payment providers tell, applied: each event once, in one transaction with its id. States are asked for freshly
 * and carry when, so that an old one that comes late changes nothing. Table: billing_provider_events.
 */
import type { Transaction } from '#core/database/database.ts';
import type { Services } from '#core/plugin.ts';
import type { ProviderEvent, ProviderFact, ProviderInvoice, ProviderSubscription } from '../../contract.ts';
import type { SubscriptionRow } from '../../tables.ts';
import { type Customer, customerIfAny, NOBODY } from '../customers.ts';
import { blank } from '../new-subscription.ts';
import { priceOf } from '../plans.ts';
import { GRACE_MS } from '../standing.ts';
import { canceledState } from '../subscription-changes.ts';
import type { NewSubscription } from '../subscription-store.ts';

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

export function createProviderEvents(services: Services): ProviderEvents {
  const { db, clock, log, events, plans, invoices, checkoutCompletion, paymentProviders } = services;
  const { subscriptionStore: store } = services;

  return { handle, apply, lose, forgetBefore };

  async function handle(providerName: string, request: Parameters<ProviderEvents['handle']>[1]): Promise<boolean> {
    const event = await paymentProviders.named(providerName).handleWebhook(request);
    if (!event) return true;
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
    if (fact.kind === 'checkout_expired') return null;
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
    if (fact.kind === 'invoice') return applyInvoice(trx, provider, fact.invoice, customers);
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

  /** What comes after its tenant was erased begins nothing. */
  async function applyFound(
    trx: Transaction,
    provider: string,
    state: ProviderSubscription,
    customers: ReadonlyMap<string, Customer>,
  ): Promise<void> {
    const isErased = state.tenantId !== null && !customers.has(state.tenantId);
    if (!isErased) return applyState(trx, provider, state);
    log.warn(
      { provider, subscription: state.ref, status: state.status },
      'A subscription of an erased tenant was ignored',
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
    if (isSame && before.synced_at > state.asOf) return;
    // The end of an earlier subscription says nothing about the one that follows it.
    const isOtherLive = before && !isSame && before.provider_ref !== null && before.status !== 'canceled';
    if (!isSame && (state.status === 'canceled' || isOtherLive)) {
      const facts = { provider, tenantId, subscription: state.ref, status: state.status };
      if (state.status !== 'canceled') log.error(facts, 'A tenant pays for two subscriptions; end one at the provider');
      return;
    }
    await store.save(trx, before, await stateAfter(trx, provider, tenantId, before, state));
  }

  async function stateAfter(
    trx: Transaction,
    provider: string,
    tenantId: string,
    before: SubscriptionRow | undefined,
    state: ProviderSubscription,
  ): Promise<NewSubscription> {
    const price = state.priceRef
      ? await trx('billing_price_refs').where({ provider, price_ref: state.priceRef }).first()
      : undefined;
    const plan = price
      ? await plans.byKey(price.plan, trx)
      : before
        ? await plans.byKey(before.plan, trx)
        : await plans.fallback(trx);
    if (!price) log.warn({ provider, price: state.priceRef }, 'A subscription runs on a price that is not known here');
    const cycle = price?.billing_cycle ?? before?.billing_cycle ?? 'monthly';
    const isPastDue = state.status === 'past_due';
    const next: NewSubscription = {
      ...blank(tenantId, plan, cycle, state.period.start),
      provider,
      provider_ref: state.ref,
      customer_ref: state.customerRef ?? before?.customer_ref ?? null,
      status: state.status,
      price: before && before.plan === plan.id && before.billing_cycle === cycle ? before.price : priceOf(plan, cycle),
      period_end: state.period.end,
      trial_end: state.trialEnd,
      cancel_at_period_end: state.cancelAtPeriodEnd ? 1 : 0,
      canceled_at: state.canceledAt,
      past_due_since: isPastDue ? (before?.past_due_since ?? state.asOf) : null,
      // A change that was put off has come once the plan is the one that was wanted.
      next_plan: before?.next_plan === plan.id ? null : (before?.next_plan ?? null),
      next_cycle: before?.next_plan === plan.id ? null : (before?.next_cycle ?? null),
      synced_at: state.asOf,
    };
    const graceIsOver = isPastDue && (next.past_due_since ?? 0) + GRACE_MS <= clock.now();
    if (state.status !== 'canceled' && !graceIsOver) return next;
    // A plan with a cycle was to be paid for, and nobody has.
    const chosen = next.next_cycle === null ? next.next_plan : null;
    const follower = chosen === null ? await plans.fallback(trx) : await plans.byKey(chosen, trx);
    const row = { ...next, id: 0, uuid: '', created_at: 0, updated_at: 0 };
    return canceledState(row, follower, clock.now());
  }

  async function applyInvoice(
    trx: Transaction,
    provider: string,
    invoice: ProviderInvoice,
    customers: ReadonlyMap<string, Customer>,
  ): Promise<void> {
    const row = invoice.subscriptionRef
      ? await trx('billing_subscriptions').where({ provider, provider_ref: invoice.subscriptionRef }).first()
      : undefined;
    const tenantId = row?.tenant_id ?? invoice.tenantId;
    if (!tenantId) {
      log.warn({ provider, invoice: invoice.ref }, 'An invoice of no known tenant was ignored');
      return;
    }
    const { currency, total, subtotal, discount, lines, period } = invoice;
    if (invoice.status === 'failed') {
      const data = { tenant_id: tenantId, number: null, total, currency };
      await events.emit(trx, 'invoice.failed', data, { tenantId, subject: invoice.ref });
      return;
    }
    if (await trx('billing_invoices').where({ provider, provider_ref: invoice.ref }).first('id')) return;
    await invoices.issue(trx, {
      tenantId,
      customer: customers.get(tenantId) ?? NOBODY,
      provider,
      providerRef: invoice.ref,
      status: 'paid',
      credit: 0,
      ...{ currency, total, subtotal, discount, lines, period },
    });
  }

  async function lose(tenantId: string, ref: string): Promise<void> {
    await db.transaction(async (trx) => {
      const before = await store.locked(trx, tenantId);
      if (before?.provider_ref !== ref || before.status === 'canceled') return;
      await store.save(trx, before, canceledState(before, await plans.fallback(trx), clock.now()));
    });
  }

  async function forgetBefore(time: number): Promise<number> {
    return db.write('billing_provider_events').where('at', '<', time).delete();
  }
}
