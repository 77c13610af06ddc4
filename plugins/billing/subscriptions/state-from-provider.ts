/** A subscription of ours after its provider has said how it stands. */
import { CLOCK_TOLERANCE_MS } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { ProviderSubscription } from '../contract.ts';
import { type Plans, priceOf } from '../plans/plans.ts';
import { canceledState } from './canceled-state.ts';
import { blank } from './new-subscription.ts';
import { unusedWorth } from './quotes.ts';
import { GRACE_MS } from './subscription-state.ts';
import type { NewSubscription } from './subscription-store.ts';
import type { SubscriptionRow } from './tables.ts';

export async function stateAfter(
  { clock, log, plans }: Pick<Services, 'clock' | 'log'> & { plans: Plans },
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
    past_due_since: isPastDue ? pastDueSince(before, state.asOf) : null,
    // A change that was put off has come once the plan is the one that was wanted.
    next_plan: before?.next_plan === plan.id ? null : (before?.next_plan ?? null),
    next_cycle: before?.next_plan === plan.id ? null : (before?.next_cycle ?? null),
    credit: creditAfter(before, state, plan.currency, clock.now()),
    synced_at: state.asOf,
    provider_ended_at: state.status === 'canceled' ? state.asOf : null,
    asked_at: before?.asked_at ?? 0,
  };
  const graceIsOver = isPastDue && (next.past_due_since ?? 0) + GRACE_MS <= clock.now();
  if (state.status !== 'canceled' && !graceIsOver) return next;
  // A plan with a cycle was to be paid for, and nobody has.
  const chosen = next.next_cycle === null ? next.next_plan : null;
  const follower = chosen === null ? await plans.fallback(trx) : await plans.byKey(chosen, trx);
  const row = { ...next, id: 0, uuid: '', created_at: 0, updated_at: 0, moved_at: null, moves: null };
  return canceledState(row, follower, clock.now());
}

/** Noted by a clock that was ahead, it would begin the grace only when that time has come. */
function pastDueSince(before: SubscriptionRow | undefined, asOf: number): number {
  const since = before?.past_due_since ?? asOf;
  return Number(since) > asOf + CLOCK_TOLERANCE_MS ? asOf : Number(since);
}

/** What somebody had paid too much stays theirs when a provider takes over, and so does the time that is paid for. */
function creditAfter(
  before: SubscriptionRow | undefined,
  { ref }: ProviderSubscription,
  currency: string,
  now: number,
): number {
  if (!before || before.currency !== currency) return 0;
  const isTakenOver = before.provider_ref === null && before.provider_ref !== ref;
  return Number(before.credit) + (isTakenOver ? unusedWorth(before, now) : 0);
}
