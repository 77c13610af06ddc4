/** A subscription as it begins. Pure. */

import { periodEnd } from '../calendar.ts';
import type { Cycle, PlanRow } from '../contract.ts';
import { priceOf } from '../plans/plans.ts';
import type { SubscriptionRow } from './tables.ts';

/** A subscription that begins now, with nothing special about it. */
export function blank(tenantId: string, plan: PlanRow, cycle: Cycle, now: number) {
  const start = wholeSecond(now);
  return {
    tenant_id: tenantId,
    plan: plan.id,
    provider: 'manual',
    provider_ref: null as string | null,
    customer_ref: null as string | null,
    status: 'active' as SubscriptionRow['status'],
    billing_cycle: cycle,
    price: priceOf(plan, cycle),
    period_worth: null as number | null,
    currency: plan.currency,
    anchor_at: start,
    period_start: start,
    period_end: periodEnd(start, cycle, start),
    trial_end: null as number | null,
    cancel_at_period_end: 0,
    canceled_at: null as number | null,
    past_due_since: null as number | null,
    next_plan: null as number | null,
    next_cycle: null as Cycle | null,
    coupon: null as number | null,
    coupon_periods: null as number | null,
    credit: 0,
    synced_at: now,
    provider_ended_at: null as number | null,
    asked_at: 0,
  };
}

/** Periods begin and end at whole seconds: the wire shows no more, and what it shows is the moment itself. */
export function wholeSecond(at: number): number {
  return Math.floor(at / 1000) * 1000;
}
