/**
 * What payment providers tell, by webhook: each event once, in one transaction with its id. Invoices are followed here, and
 * subscriptions by the part that keeps them, which stands above payments. Table: billing_provider_events.
 */
import type { Knex } from 'knex';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { ProviderFact } from '../contract.ts';
import type { ErasedTenants } from '../erased-tenants.ts';
import { type Customer, type Customers, customerIfAny } from './customers.ts';
import type { Invoices } from './invoices.ts';
import type { OrphanedCharges } from './orphaned-charges.ts';
import { applyInvoice, applyMoneyBack } from './provider-invoices.ts';
import type { PaymentProviders } from './providers.ts';

export type SubscriptionFact = Extract<ProviderFact, { kind: 'subscription' | 'checkout' | 'checkout_expired' }>;

/** Who keeps subscriptions and checkouts, and follows what providers tell of them. */
export interface SubscriptionKeeper {
  tenantOfSubscription(on: Knex | Transaction, provider: string, ref: string): Promise<string | null>;
  tenantOfCheckout(sessionId: string): Promise<string | null>;
  /** Inside the transaction of the event. */
  apply(trx: Transaction, provider: string, fact: SubscriptionFact, customers: Customers): Promise<void>;
}

export interface ProviderEvents {
  /** A webhook. Gives false when its event had been handled before. */
  handle(provider: string, request: { body: Buffer; header(name: string): string }): Promise<boolean>;
  /** Said once, by who it is. */
  keptBy(keeper: SubscriptionKeeper): void;
  /** Forgets old event ids; gives how many. */
  deleteBefore(time: number): Promise<number>;
}

export function createProviderEvents(
  services: Services &
    AuthServices & {
      erasedTenants: ErasedTenants;
      paymentProviders: PaymentProviders;
      orphanedCharges: OrphanedCharges;
      invoices: Invoices;
    },
): ProviderEvents {
  const { db, clock, paymentProviders, orphanedCharges } = services;
  let kept: SubscriptionKeeper | null = null;

  return {
    handle,
    keptBy(keeper) {
      kept = keeper;
    },
    deleteBefore: (time) => db.write('billing_provider_events').where('at', '<', time).delete(),
  };

  function keeper(): SubscriptionKeeper {
    if (!kept) throw new Error('Nobody has said who keeps subscriptions');
    return kept;
  }

  async function handle(providerName: string, request: Parameters<ProviderEvents['handle']>[1]): Promise<boolean> {
    const event = await paymentProviders.named(providerName).handleWebhook(request);
    if (!event) return true;
    await orphanedCharges.endOfErased(providerName, event);
    const customers = await customersOf(providerName, event.facts);
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

  async function customersOf(providerName: string, facts: readonly ProviderFact[]): Promise<Customers> {
    const customers = new Map<string, Customer>();
    for (const fact of facts) {
      const tenantId = await tenantOf(providerName, fact);
      const customer = tenantId ? await customerIfAny(services, tenantId) : null;
      if (tenantId && customer) customers.set(tenantId, customer);
    }
    return customers;
  }

  async function tenantOf(provider: string, fact: ProviderFact): Promise<string | null> {
    if (fact.kind === 'checkout_expired' || fact.kind === 'refund' || fact.kind === 'dispute') return null;
    if (fact.kind === 'checkout')
      return (await keeper().tenantOfCheckout(fact.sessionId)) ?? fact.subscription?.tenantId ?? null;
    const [ref, said] =
      fact.kind === 'invoice'
        ? [fact.invoice.subscriptionRef, fact.invoice.tenantId]
        : [fact.subscription.ref, fact.subscription.tenantId];
    return (ref && (await keeper().tenantOfSubscription(db.read, provider, ref))) ?? said;
  }

  async function applyFact(trx: Transaction, provider: string, fact: ProviderFact, customers: Customers) {
    if (fact.kind === 'refund' || fact.kind === 'dispute') return applyMoneyBack(services, trx, provider, fact);
    if (fact.kind !== 'invoice') return keeper().apply(trx, provider, fact, customers);
    const { subscriptionRef: ref } = fact.invoice;
    const tenantId = ref ? await keeper().tenantOfSubscription(trx, provider, ref) : null;
    return applyInvoice(services, trx, provider, fact.invoice, { tenantId, customers });
  }
}
