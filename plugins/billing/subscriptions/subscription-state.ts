/** The state of a subscription: what it is worth at a moment. Pure: whoever asks after the end gets the right answer before any cron has run. */

import { DAY_MS } from '#core/kit.ts';
import type { SubscriptionStatus } from '../contract.ts';
import type { SubscriptionRow } from './tables.ts';

/** Somebody who owes keeps the plan for so long. */
export const GRACE_MS = 7 * DAY_MS;

export interface SubscriptionState {
  status: SubscriptionStatus;
  /** Integer key of the plan; null is the fallback plan. */
  plan: number | null;
  /** When this must be looked at again. */
  until: number;
}

type Facts = Pick<
  SubscriptionRow,
  | 'status'
  | 'plan'
  | 'price'
  | 'provider_ref'
  | 'period_end'
  | 'trial_end'
  | 'cancel_at_period_end'
  | 'past_due_since'
  | 'next_plan'
  | 'next_cycle'
>;

export function stateAt(row: Facts, now: number): SubscriptionState {
  // A free plan that was chosen instead has no cycle. One with a cycle was to be paid for, and nobody has.
  const follower = row.next_cycle === null ? row.next_plan : null;
  const over: SubscriptionState = { status: 'canceled', plan: follower, until: Number.POSITIVE_INFINITY };
  if (row.status === 'canceled') return { ...over, plan: row.plan };
  if (row.status === 'past_due') return inGrace(row, row.past_due_since ?? row.period_end, now) ?? over;
  if (row.cancel_at_period_end) {
    return row.period_end <= now ? over : { status: row.status, plan: row.plan, until: row.period_end };
  }
  // A provider runs the calendar of its subscriptions; what it says comes by webhook or is asked for.
  if (row.provider_ref !== null) return { status: row.status, plan: row.plan, until: Number.POSITIVE_INFINITY };
  if (row.status === 'trialing') {
    const end = row.trial_end ?? row.period_end;
    return end <= now ? over : { status: 'trialing', plan: row.plan, until: end };
  }
  if (row.period_end > now) return { status: 'active', plan: row.plan, until: row.period_end };
  const plan = row.next_plan ?? row.plan;
  if (row.price === 0 && row.next_plan === null) return { status: 'active', plan, until: Number.POSITIVE_INFINITY };
  return inGrace({ ...row, plan }, row.period_end, now) ?? { ...over, plan: null };
}

function inGrace(row: Pick<Facts, 'plan'>, since: number, now: number): SubscriptionState | null {
  const end = since + GRACE_MS;
  return end <= now ? null : { status: 'past_due', plan: row.plan, until: end };
}
