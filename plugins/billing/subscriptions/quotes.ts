/** What a plan costs somebody: new, or in place of another one that is paid for in part. Pure. */

import { shareLeft } from '../calendar.ts';
import type { CouponRow, Cycle, PlanRow } from '../contract.ts';
import { discountOf } from '../payments/coupons.ts';
import type { Line } from '../payments/invoices.ts';
import { priceOf } from '../plans/plans.ts';
import type { SubscriptionRow } from './tables.ts';

export interface Quote {
  lines: Line[];
  subtotal: number;
  discount: number;
  /** Taken from what was paid too much before. */
  credit: number;
  total: number;
  /** What is left over of the credit. */
  creditLeft: number;
  /** True when the period goes on and only the difference is paid. */
  keepsPeriod: boolean;
  /** What the whole period is worth at what is paid for it: the base of what is given back later. */
  worth: number;
  /** What it was made of, as `basisOf` says: it holds as long as that is the same. */
  basis: string;
  /**
   * When unused time of another cycle was counted, else null. The new period begins then, whenever it is paid: its price
   * pays for what is used until that.
   */
  beginsAt: number | null;
}

export interface Running {
  subscription: SubscriptionRow;
  planName: string;
}

/** What of a subscription goes into a quote: the time that is paid for, and credit. */
export function basisOf(subscription: SubscriptionRow | null | undefined): string {
  const credit = `credit ${subscription?.credit ?? 0}`;
  if (!subscription || subscription.price === 0 || subscription.status !== 'active') return credit;
  const { plan, billing_cycle, period_start, period_end } = subscription;
  return `${plan} ${billing_cycle} ${worthOf(subscription)} ${period_start} ${period_end} ${credit}`;
}

function worthOf({ period_worth, price }: SubscriptionRow): number {
  return Number(period_worth ?? price);
}

/** What of a period that is paid for has not been used. Not of its price: who paid half of it gets no more than that back. */
export function unusedWorth(subscription: SubscriptionRow, now: number): number {
  if (subscription.price === 0 || subscription.status !== 'active') return 0;
  const { period_start: start, period_end: end } = subscription;
  return Math.round(worthOf(subscription) * shareLeft({ start, end }, now));
}

/**
 * In the same cycle the period goes on: the rest of it is paid at the new price, less the rest at the old one. In another
 * cycle a new period begins: its price, less what is left of the old one. Someone who runs nothing pays the price. The
 * currency of what runs must be the plan's.
 */
export function quoteOf(
  plan: PlanRow,
  cycle: Cycle,
  coupon: Pick<CouponRow, 'percent_off' | 'amount_off' | 'duration'> | null,
  running: Running | null,
  now: number,
): Quote {
  const price = priceOf(plan, cycle);
  const label = `${plan.display_name} (${cycle})`;
  const credit = running?.subscription.currency === plan.currency ? running.subscription.credit : 0;
  const basis = basisOf(running?.subscription);
  if (!running || running.subscription.price === 0 || running.subscription.status !== 'active') {
    const discount = discountOf(coupon, price);
    const quote = closeQuote([{ description: label, amount: price }], discount, credit);
    return { ...quote, keepsPeriod: false, worth: price - discount, basis, beginsAt: null };
  }
  const { subscription, planName } = running;
  const share = shareLeft({ start: subscription.period_start, end: subscription.period_end }, now);
  const keepsPeriod = subscription.billing_cycle === cycle && share > 0;
  const due = keepsPeriod ? Math.round(price * share) : price;
  const lines = [{ description: keepsPeriod ? `${label}, rest of the period` : label, amount: due }];
  const back = unusedWorth(subscription, now);
  if (back > 0) lines.push({ description: `${planName}, unused time`, amount: -back });
  // An amount for each period is no more for a part of one, which may have had its part already.
  const isPart = keepsPeriod && coupon !== null && coupon.amount_off !== null && coupon.duration !== 'once';
  const part = isPart ? { percent_off: null, amount_off: Math.round((coupon.amount_off ?? 0) * share) } : coupon;
  const discount = discountOf(part, due);
  const worth = keepsPeriod ? Math.round((due - discount) / share) : due - discount;
  const beginsAt = back > 0 && !keepsPeriod ? now : null;
  return { ...closeQuote(lines, discount, credit), keepsPeriod, worth, basis, beginsAt };
}

/** A further period at the price that was agreed. */
export function renewalQuote(
  label: string,
  price: number,
  coupon: Pick<CouponRow, 'percent_off' | 'amount_off'> | null,
  credit: number,
) {
  return closeQuote([{ description: label, amount: price }], discountOf(coupon, price), credit);
}

/** Below zero, credit is what is owed for days that were used and not paid: a line of its own. */
function closeQuote(of: Line[], discount: number, balance: number) {
  const owed = Math.max(0, -balance);
  const lines = owed > 0 ? [...of, { description: 'Days used before and not paid', amount: owed }] : of;
  const credit = Math.max(0, balance);
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0);
  const net = subtotal - discount;
  const used = Math.min(credit, Math.max(0, net));
  return {
    lines,
    subtotal,
    discount,
    credit: used,
    total: Math.max(0, net) - used,
    creditLeft: credit - used + Math.max(0, -net),
  };
}
