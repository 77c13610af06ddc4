/** What tenants decide about their subscription: cancelling, another plan, another cycle. */
import { v7 as uuidv7 } from 'uuid';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Cycle, PlanRow, SubscriptionStatus } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import { type Customer, customerOf } from '../payments/customers.ts';
import type { Invoices, Line } from '../payments/invoices.ts';
import type { OrphanedCharges } from '../payments/orphaned-charges.ts';
import type { PaymentProviders } from '../payments/providers.ts';
import type { PlanSync } from '../plans/plan-sync.ts';
import { isOffered, type Plans, priceOf } from '../plans/plans.ts';
import { canceledState } from './canceled-state.ts';
import type { Checkouts, CheckoutWish, StartedCheckout } from './checkouts.ts';
import type { CurrentPlans } from './current-plans.ts';
import { blank } from './new-subscription.ts';
import { owedFor } from './owed.ts';
import type { ProviderStates } from './provider-states.ts';
import { quoteOf, unusedWorth } from './quotes.ts';
import { stateAt } from './subscription-state.ts';
import type { NewSubscription, SubscriptionStore } from './subscription-store.ts';
import type { SubscriptionRow } from './tables.ts';

export interface ChangeOutcome {
  /** Null when it has happened or stands for the period's end; else it happens once this is paid. */
  checkout: StartedCheckout | null;
}

export interface SubscriptionChanges {
  /** At the period's end, or at once. Again is no error. Throws `no_subscription`, `provider_failed`. */
  cancel(tenantId: string, immediately: boolean): Promise<void>;
  /**
   * Throws `no_subscription`, `same_plan`, `plan_not_for_sale`, `currency_differs`, `change_not_supported`,
   * `subscription_changed`.
   */
  change(tenantId: string, wish: CheckoutWish, when: 'now' | 'period_end'): Promise<ChangeOutcome>;
}

export function createSubscriptionChanges(
  services: Services &
    AuthServices & {
      plans: Plans;
      currentPlans: CurrentPlans;
      checkouts: Checkouts;
      paymentProviders: PaymentProviders;
      planSync: PlanSync;
      providerStates: ProviderStates;
      invoices: Invoices;
      subscriptionStore: SubscriptionStore;
      orphanedCharges: OrphanedCharges;
    },
): SubscriptionChanges {
  const { db, clock, plans, currentPlans, checkouts, paymentProviders, planSync, providerStates, invoices } = services;
  const { subscriptionStore: store, orphanedCharges } = services;

  return { cancel, change };

  async function cancel(tenantId: string, immediately: boolean): Promise<void> {
    const { subscription, status } = await currentPlans.of(tenantId);
    if (subscription && status !== 'canceled' && subscription.price > 0) return end(subscription, immediately, null);
    // What has ended here may go on at the provider, which still tries to take money.
    const isEnded = subscription !== null && (await orphanedCharges.end(subscription));
    if (!isEnded) throw billingErrors.no_subscription();
  }

  async function change(tenantId: string, wish: CheckoutWish, when: 'now' | 'period_end'): Promise<ChangeOutcome> {
    const plan = await plans.find(wish.planId);
    if (!isOffered(plan, wish.cycle)) throw billingErrors.plan_not_for_sale();
    const { subscription, status, plan: current } = await currentPlans.of(tenantId);
    const isRunning = subscription !== null && isPaidFor(subscription, status);
    if (priceOf(plan, wish.cycle) === 0) {
      if (!isRunning && current.id === plan.id) throw billingErrors.same_plan();
      if (isRunning) await end(subscription, when === 'now', plan);
      else {
        // Its row is about to name no provider any more, where it may go on.
        if (subscription) await orphanedCharges.end(subscription);
        await moveToFree(tenantId, plan, wish.cycle);
      }
      return { checkout: null };
    }
    if (!isRunning) throw billingErrors.no_subscription();
    if (subscription.currency !== plan.currency) throw billingErrors.currency_differs();
    const isSame = subscription.plan === plan.id && subscription.billing_cycle === wish.cycle;
    const isLeaving = subscription.cancel_at_period_end === 1 || subscription.next_plan !== null;
    if (isSame && !isLeaving) throw billingErrors.same_plan();
    // To choose what one has takes back a cancellation or a change that waits.
    const at = isSame ? 'now' : when;
    if (subscription.provider_ref !== null) {
      await changeAtProvider(subscription, plan, wish.cycle, at);
      return { checkout: null };
    }
    if (isSame) {
      const asBefore = { cancel_at_period_end: 0, canceled_at: null, next_plan: null, next_cycle: null };
      await patch(tenantId, () => ({ state: asBefore }));
      return { checkout: null };
    }
    if (at === 'period_end') {
      const state = { next_plan: plan.id, next_cycle: wish.cycle, cancel_at_period_end: 0 };
      await patch(tenantId, () => ({ state }));
      return { checkout: null };
    }
    return changeNow(tenantId, plan, wish, { subscription, planName: current.display_name });
  }

  /** What costs more is paid first; what costs less happens at once, and the rest is credit. */
  async function changeNow(
    tenantId: string,
    plan: PlanRow,
    wish: CheckoutWish,
    running: { subscription: SubscriptionRow; planName: string },
  ): Promise<ChangeOutcome> {
    const now = clock.now();
    const due = quoteOf(plan, wish.cycle, null, running, now);
    if (due.total > 0) return { checkout: await checkouts.begin(tenantId, wish) };
    await patch(tenantId, (before) => {
      // Counted again under the lock: somebody may have been faster.
      const quote = quoteOf(plan, wish.cycle, null, { ...running, subscription: before }, now);
      if (quote.total > 0) throw billingErrors.subscription_changed();
      const fresh = blank(tenantId, plan, wish.cycle, now);
      const { anchor_at, period_start, period_end, coupon, coupon_periods, customer_ref } = before;
      const period = quote.keepsPeriod ? { anchor_at, period_start, period_end } : {};
      const money = { credit: quote.creditLeft, period_worth: quote.worth };
      return {
        state: { ...fresh, ...period, ...money, coupon, coupon_periods, customer_ref },
        lines: quote.lines,
      };
    });
    return { checkout: null };
  }

  async function changeAtProvider(row: SubscriptionRow, plan: PlanRow, cycle: Cycle, when: 'now' | 'period_end') {
    const provider = paymentProviders.named(row.provider);
    const refs = await planSync.refsFor(provider, plan, cycle);
    const priceRef = cycle === 'yearly' ? refs?.yearly_ref : refs?.monthly_ref;
    if (!provider.changePlan || !priceRef || row.provider_ref === null) throw billingErrors.change_not_supported();
    const state = await provider.changePlan(row.provider_ref, {
      priceRef,
      when,
      idempotencyKey: `change-${uuidv7()}`,
    });
    await providerStates.apply(provider.name, state);
    const next =
      when === 'period_end' ? { next_plan: plan.id, next_cycle: cycle } : { next_plan: null, next_cycle: null };
    await patch(row.tenant_id, () => ({ state: next }));
  }

  /** `target`: the free plan that follows; without one the fallback plan does. */
  async function end(row: SubscriptionRow, immediately: boolean, target: PlanRow | null): Promise<void> {
    if (row.provider_ref !== null) {
      const provider = paymentProviders.named(row.provider);
      // Another plan instead, if a free one, is a change with proration; the end alone is not.
      const options = { immediately, prorate: immediately && target !== null, idempotencyKey: `cancel-${uuidv7()}` };
      const state = await provider.cancel(row.provider_ref, options);
      if (state) await providerStates.apply(provider.name, state);
    }
    const customer = await customerOf(services, row.tenant_id);
    await db.transaction(async (trx) => {
      const before = await store.locked(trx, row.tenant_id);
      if (!before) throw billingErrors.no_subscription();
      // A provider that has taken it over meanwhile was not told.
      if (row.provider_ref === null && before.provider_ref !== null) throw billingErrors.subscription_changed();
      if (!immediately) {
        if (before.cancel_at_period_end && !target && before.next_plan === null) return;
        const canceled_at = before.canceled_at ?? clock.now();
        await store.save(
          trx,
          before,
          {
            ...before,
            cancel_at_period_end: 1,
            canceled_at,
            next_plan: target?.id ?? null,
            next_cycle: null,
          },
          'keep',
        );
        return;
      }
      const follower = target ?? (await plans.fallback(trx));
      const back = target !== null && before.provider_ref === null ? unusedWorth(before, clock.now()) : 0;
      const state = canceledState(before, follower, clock.now());
      const owed = owedFor(before, clock.now());
      const ended = await store.save(trx, before, { ...state, credit: Number(before.credit) + back - owed }, 'cancel');
      await invoices.closeOpen(trx, row.tenant_id, owed > 0 ? 'uncollectible' : 'void');
      if (back === 0) return;
      const { display_name } = await plans.byKey(before.plan, trx);
      await documentCredit(
        trx,
        before,
        ended,
        [{ description: `${display_name}, unused time`, amount: -back }],
        customer,
      );
    });
  }

  async function moveToFree(tenantId: string, plan: PlanRow, cycle: Cycle): Promise<void> {
    await db.transaction(async (trx) => {
      const before = await store.locked(trx, tenantId);
      // Looked at again under the lock: what was paid for meanwhile would be gone without a credit.
      if (before && isPaidFor(before, stateAt(before, clock.now()).status)) throw billingErrors.subscription_changed();
      const kept = before
        ? { credit: before.credit, customer_ref: before.customer_ref, currency: before.currency }
        : {};
      await store.save(trx, before, { ...blank(tenantId, plan, cycle, clock.now()), ...kept }, 'chooseFree');
    });
  }

  /** `lines`: what was counted when that gave credit, for its document. */
  async function patch(
    tenantId: string,
    change: (before: SubscriptionRow) => { state: Partial<NewSubscription>; lines?: Line[] },
  ): Promise<void> {
    const customer = await customerOf(services, tenantId);
    await db.transaction(async (trx) => {
      const before = await store.locked(trx, tenantId);
      if (!before) throw billingErrors.no_subscription();
      const { state, lines } = change(before);
      const row = await store.save(trx, before, { ...before, ...state }, lines ? 'change' : 'keep');
      if (lines) await documentCredit(trx, before, row, lines, customer);
    });
  }

  /** An invoice over nothing, which says what was given back and what it was counted against. */
  async function documentCredit(
    trx: Transaction,
    before: SubscriptionRow,
    { tenant_id: tenantId, provider, currency, credit, period_start, period_end }: SubscriptionRow,
    lines: Line[],
    customer: Customer,
  ): Promise<void> {
    const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
    const taken = Number(before.credit) - Number(credit);
    if (subtotal === 0 && taken === 0) return;
    const period = { start: Number(period_start), end: Number(period_end) };
    const figures = { lines, subtotal, discount: 0, credit: taken, total: 0, currency };
    await invoices.issue(trx, { tenantId, customer, provider, status: 'paid', period, ...figures });
  }
}

function isPaidFor({ price }: SubscriptionRow, status: SubscriptionStatus): boolean {
  return status !== 'canceled' && price > 0;
}
