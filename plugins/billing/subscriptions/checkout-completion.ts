/** Checkouts that are paid, confirmed or over: the subscription begins or changes, and is invoiced. Table: billing_checkouts. */
import type { Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Origin } from '../access.ts';
import { monthsOf, periodEnd } from '../calendar.ts';
import type { CouponRow, PlanRow } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import { type Coupons, periodsLeft } from '../payments/coupons.ts';
import { type Customer, customerOf } from '../payments/customers.ts';
import type { Invoices } from '../payments/invoices.ts';
import type { InvoiceRow } from '../payments/tables.ts';
import type { Plans } from '../plans/plans.ts';
import { checkoutOf } from './checkout-row.ts';
import { blank, wholeSecond } from './new-subscription.ts';
import { basisOf, type Quote } from './quotes.ts';
import { stateAt } from './subscription-state.ts';
import type { NewSubscription, SubscriptionStore } from './subscription-store.ts';
import type { CheckoutRow, SubscriptionRow } from './tables.ts';

export interface CheckoutCompletion {
  /** The money came in, says an administrator. Again is no error and has no effect. */
  confirm(actor: Principal, sessionId: string, origin: Origin): Promise<CheckoutRow>;
  /**
   * The subscription begins or changes, and is invoiced. Inside the transaction of whatever told that it was paid.
   * Throws `checkout_expired`, `checkout_outdated` and `coupon_not_valid`, unless the money is there already (`isPaid`):
   * then what does not hold any more becomes credit.
   */
  complete(
    trx: Transaction,
    sessionId: string,
    customer: Customer,
    options?: { isPaid: boolean },
  ): Promise<CheckoutRow>;
  /** Notes that a provider's own subscription came of it. */
  noteCompleted(trx: Transaction, sessionId: string): Promise<CheckoutRow | undefined>;
  expireSome(limit: number): Promise<number>;
}

/** The provider whose payments people confirm. */
const MANUAL = 'manual';

export function createCheckoutCompletion(
  services: Services &
    AuthServices & {
      plans: Plans;
      coupons: Coupons;
      invoices: Invoices;
      subscriptionStore: SubscriptionStore;
    },
): CheckoutCompletion {
  const { db, clock, plans, coupons, invoices, auditLog } = services;
  const { subscriptionStore: store } = services;

  return { confirm, complete, noteCompleted, expireSome };

  async function confirm(actor: Principal, sessionId: string, origin: Origin): Promise<CheckoutRow> {
    const { tenant_id: tenantId, provider } = await checkoutOf(db, sessionId);
    if (provider !== MANUAL) throw billingErrors.confirmed_by_provider();
    const customer = await customerOf(services, tenantId);
    return db.transaction(async (trx) => {
      const before = await locked(trx, sessionId);
      const row = await complete(trx, sessionId, customer);
      if (before.status === 'open') {
        const about = { tenantId, targetType: 'checkout', targetId: sessionId };
        await auditLog.record({ action: 'checkout.confirmed', actor, ...about, ...origin }, trx);
      }
      return row;
    });
  }

  async function complete(
    trx: Transaction,
    sessionId: string,
    customer: Customer,
    { isPaid } = { isPaid: false },
  ): Promise<CheckoutRow> {
    const checkout = await locked(trx, sessionId);
    if (checkout.status === 'completed') return checkout;
    const isOver = checkout.status === 'expired' || checkout.expires_at <= clock.now();
    if (isOver && !isPaid) throw billingErrors.checkout_expired();
    const plan = await plans.byKey(checkout.plan, trx);
    const coupon =
      checkout.coupon === null ? null : ((await trx('billing_coupons').where({ id: checkout.coupon }).first()) ?? null);
    // Held from here on: of two checkouts of a tenant one counts its coupon after the other.
    const before = await store.locked(trx, checkout.tenant_id);
    const quote: Quote = JSON.parse(checkout.quote);
    const left = coupon ? await redeemed(trx, coupon, checkout, quote, before) : null;
    if (coupon && left === false && !isPaid)
      throw billingErrors.coupon_not_valid({ message: 'The coupon was used up in the meantime; start a new checkout' });
    const holds = isStillRight(quote, before);
    if (!holds && !isPaid) throw billingErrors.checkout_outdated();
    const invoice =
      before && !holds
        ? await takeAsCredit(trx, checkout, before, customer)
        : await start(
            trx,
            checkout,
            before,
            paidState(checkout, plan, coupon, left || 0, before, quote),
            quote,
            customer,
          );
    const [completed] = await trx('billing_checkouts')
      .where({ id: checkout.id })
      .update({ status: 'completed', completed_at: clock.now(), invoice_number: invoice.number })
      .returning('*');
    if (!completed) throw new Error('The checkout was not stored');
    return completed;
  }

  /** The months that are left of it after this payment; false when the tenant cannot use it any more. */
  async function redeemed(
    trx: Transaction,
    coupon: CouponRow,
    { tenant_id, billing_cycle }: CheckoutRow,
    { keepsPeriod }: Quote,
    before: SubscriptionRow | undefined,
  ): Promise<number | false> {
    // The rest of a period that it counted for already is no further one.
    const isCounted = keepsPeriod && before?.coupon === coupon.id && coupon.duration !== 'once';
    const months = isCounted ? 0 : monthsOf(billing_cycle);
    return coupons.redeem(trx, coupon, tenant_id, months);
  }

  /**
   * Who waits until the period is over would have a whole one for the price of its last hour, and who owes for one would
   * have the days since for nothing.
   */
  function isStillRight(quote: Quote, before: SubscriptionRow | undefined): boolean {
    if (quote.basis !== basisOf(before)) return false;
    if (before && stateAt(before, clock.now()).status === 'past_due') return false;
    return !quote.keepsPeriod || (before !== undefined && before.period_end > clock.now());
  }

  async function start(
    trx: Transaction,
    checkout: CheckoutRow,
    before: SubscriptionRow | undefined,
    state: NewSubscription,
    quote: Quote,
    customer: Customer,
  ): Promise<InvoiceRow> {
    const subscription = await store.save(trx, before, state, 'pay');
    // What was owed for the period before is settled with this.
    await invoices.closeOpen(trx, checkout.tenant_id, 'void');
    return issue(trx, checkout, subscription, quote, customer);
  }

  async function takeAsCredit(
    trx: Transaction,
    checkout: CheckoutRow,
    before: SubscriptionRow,
    customer: Customer,
  ): Promise<InvoiceRow> {
    const amount = Number(checkout.amount);
    const subscription = await store.credit(trx, before, amount, checkout.currency);
    const lines = [{ description: 'Credit for later invoices', amount }];
    return issue(
      trx,
      checkout,
      subscription,
      { lines, subtotal: amount, discount: 0, credit: 0, total: amount },
      customer,
    );
  }

  async function locked(trx: Transaction, sessionId: string): Promise<CheckoutRow> {
    const checkout = await trx('billing_checkouts').where({ session_id: sessionId }).forUpdate().first();
    if (!checkout) throw billingErrors.checkout_not_found();
    return checkout;
  }

  /** The subscription after the payment. A trial that still runs is not lost: the paid time begins after it. */
  function paidState(
    checkout: CheckoutRow,
    plan: PlanRow,
    coupon: CouponRow | null,
    monthsLeft: number,
    before: SubscriptionRow | undefined,
    quote: Quote,
  ) {
    const now = clock.now();
    const cycle = checkout.billing_cycle;
    const state = {
      ...blank(checkout.tenant_id, plan, cycle, now),
      provider: checkout.provider,
      customer_ref: before?.customer_ref ?? null,
      coupon: coupon?.id ?? null,
      coupon_periods: periodsLeft(coupon, cycle, monthsLeft),
      credit: quote.creditLeft,
      period_worth: quote.worth,
    };
    if (quote.keepsPeriod && before) {
      const { anchor_at, period_start, period_end } = before;
      return { ...state, anchor_at, period_start, period_end };
    }
    // Quotes that were stored before they said so begin with their payment.
    const begin = wholeSecond(quote.beginsAt ?? now);
    const trialEnd = before?.status === 'trialing' && before.trial_end !== null ? before.trial_end : begin;
    const anchor = wholeSecond(Math.max(begin, trialEnd));
    return { ...state, period_start: begin, anchor_at: anchor, period_end: periodEnd(anchor, cycle, anchor) };
  }

  function issue(
    trx: Transaction,
    checkout: CheckoutRow,
    { tenant_id, provider, period_start, period_end }: SubscriptionRow,
    quote: Pick<Quote, 'lines' | 'subtotal' | 'discount' | 'credit' | 'total'>,
    customer: Customer,
  ): Promise<InvoiceRow> {
    const { lines, subtotal, discount, credit, total } = quote;
    const period = { start: Number(period_start), end: Number(period_end) };
    const figures = { lines, subtotal, discount, credit, total, currency: checkout.currency };
    return invoices.issue(trx, { tenantId: tenant_id, customer, provider, status: 'paid', period, ...figures });
  }

  async function noteCompleted(trx: Transaction, sessionId: string): Promise<CheckoutRow | undefined> {
    const asked = trx('billing_checkouts').where({ session_id: sessionId }).whereNot({ status: 'completed' });
    const found = await asked.clone().first('tenant_id');
    if (!found) return undefined;
    await store.locked(trx, found.tenant_id);
    // Again: while we waited, another event may have told the same.
    const open = await asked.first();
    if (!open) return undefined;
    const coupon = open.coupon === null ? null : await trx('billing_coupons').where({ id: open.coupon }).first();
    // The provider counts the months of its own subscription: with this they are given away.
    if (coupon) await coupons.redeem(trx, coupon, open.tenant_id, coupon.duration_in_months ?? 0);
    const [row] = await trx('billing_checkouts')
      .where({ id: open.id })
      .update({ status: 'completed', completed_at: clock.now() })
      .returning('*');
    return row;
  }

  async function expireSome(limit: number): Promise<number> {
    // Nothing but time closes those that people confirm: what a clock that was ahead has closed can be paid again.
    const early = db.write('billing_checkouts').where({ status: 'expired', provider: MANUAL });
    await early.where('expires_at', '>', clock.now()).update({ status: 'open' });
    const over = db.write('billing_checkouts').where({ status: 'open' }).where('expires_at', '<=', clock.now());
    const ids = await over.limit(limit).pluck('id');
    await db.write('billing_checkouts').whereIn('id', ids).where({ status: 'open' }).update({ status: 'expired' });
    return ids.length;
  }
}
