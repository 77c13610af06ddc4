/** How a subscription stands once it has ended, whoever ended it: its tenant, its time, or its provider. */
import type { PlanRow } from '../contract.ts';
import type { NewSubscription } from './subscription-store.ts';
import type { SubscriptionRow } from './tables.ts';

/** The end of a subscription: its row stays and shows the plan that follows. */
export function canceledState(before: SubscriptionRow, follower: PlanRow, now: number): NewSubscription {
  return {
    ...before,
    status: 'canceled',
    plan: follower.id,
    canceled_at: before.canceled_at ?? now,
    cancel_at_period_end: 0,
    next_plan: null,
    next_cycle: null,
  };
}
