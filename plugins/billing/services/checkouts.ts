/** Checkouts: from "I want this plan" to a subscription that runs. Table: billing_checkouts. */
import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '#core/database/database.ts';
import type { Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import type { PaymentProvider } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import type { CheckoutRow, CouponRow, Cycle, InvoiceRow, PlanRow, SubscriptionRow } from '../tables.ts';
import { DAY_MS, periodEnd } from './calendar.ts';
import { periodsLeft } from './coupons.ts';
import { type Customer, customerOf } from './customers.ts';
import { type Origin, priceOf } from './plans.ts';
import { type Quote, quoteOf } from './quotes.ts';

export interface CheckoutWish {
  planId: string;
  cycle: Cycle;
  coupon?: string;
}

export interface StartedCheckout {
  checkout_url: string;
  session_id: string;
}

export interface Checkouts {
  /**
   * Begins a payment with the configured provider. Throws `plan_not_found`, `plan_not_for_sale`, `plan_is_free`,
   * `coupon_not_valid`, `already_subscribed`, `provider_failed`.
   */
  begin(tenantId: string, wish: CheckoutWish): Promise<StartedCheckout>;
  /** Makes an account and begins its payment. Throws what registration and `begin` throw. */
  signUp(
    person: { email: string; password?: string; fullName?: string },
    wish: CheckoutWish,
    origin: Origin,
  ): Promise<StartedCheckout>;
  /** Throws `checkout_not_found`. */
  find(sessionId: string): Promise<CheckoutRow>;
  /** The money came in, says an administrator. Again is no error and has no effect. */
  confirm(actor: Principal, sessionId: string, origin: Origin): Promise<CheckoutRow>;
  /** The subscription begins or changes, and is invoiced. Inside the transaction of whatever told that it was paid. */
  complete(trx: Transaction, sessionId: string, customer: Customer): Promise<CheckoutRow>;
  /** Notes that a provider's own subscription came of it. */
  noteCompleted(trx: Transaction, sessionId: string): Promise<CheckoutRow | undefined>;
  expireSome(limit: number): Promise<number>;
}

/** How long a checkout can be paid. */
const OPEN_MS = 7 * DAY_MS;

export function createCheckouts(services: Services): Checkouts {
  const { db, clock, coreConfig, plans, coupons, invoices, entitlements, paymentProviders, planSync } = services;
  const { subscriptionStore: store, registration, auditLog, people } = services;

  return { begin, signUp, find, confirm, complete, noteCompleted, expireSome };

  async function begin(tenantId: string, wish: CheckoutWish): Promise<StartedCheckout> {
    const provider = paymentProviders.current();
    const { plan, coupon } = await checked(wish);
    const { subscription, plan: currentPlan, status } = await entitlements.fresh(tenantId);
    const running = subscription && status !== 'canceled' ? subscription : null;
    refuseSecond(running, plan, wish.cycle);
    const now = clock.now();
    const quote = quoteOf(
      plan,
      wish.cycle,
      coupon,
      running ? { subscription: running, planName: currentPlan.display_name } : null,
      now,
    );
    const trialDays = subscription ? 0 : plan.trial_days;
    const customer = await customerOf(services, tenantId);
    await closeEarlier(provider, tenantId);
    const started = await provider.checkout({
      tenantId,
      email: customer.email,
      plan,
      refs: await planSync.refsFor(provider, plan, wish.cycle),
      cycle: wish.cycle,
      amount: quote.total,
      currency: plan.currency,
      trialDays,
      coupon,
      customerRef: subscription?.customer_ref ?? null,
      idempotencyKey: `checkout-${uuidv7()}`,
      successUrl: `${coreConfig.http.publicUrl}/billing?checkout=done`,
      cancelUrl: `${coreConfig.http.publicUrl}/billing?checkout=canceled`,
    });
    await db.transaction(async (trx) => {
      await trx('billing_checkouts').insert({
        session_id: started.sessionId,
        tenant_id: tenantId,
        provider: provider.name,
        plan: plan.id,
        billing_cycle: wish.cycle,
        amount: quote.total,
        currency: plan.currency,
        coupon: coupon?.id ?? null,
        status: 'open',
        created_at: now,
        expires_at: now + OPEN_MS,
        quote: JSON.stringify(quote),
      });
      if (trialDays > 0 && paymentProviders.isSelfRun(provider))
        await beginTrial(trx, tenantId, plan, wish.cycle, trialDays);
    });
    return { checkout_url: started.url, session_id: started.sessionId };
  }

  /** What was begun before and not paid is closed, so that nobody pays for two subscriptions. */
  async function closeEarlier(provider: PaymentProvider, tenantId: string): Promise<void> {
    if (!provider.expireCheckout) return;
    const facts = { tenant_id: tenantId, provider: provider.name, status: 'open' as const };
    for (const { id, session_id } of await db.read('billing_checkouts').where(facts)) {
      if ((await provider.expireCheckout(session_id)) === 'paid') throw billingErrors.payment_under_way();
      await db.write('billing_checkouts').where({ id, status: 'open' }).update({ status: 'expired' });
    }
  }

  async function checked({
    planId,
    cycle,
    coupon: code,
  }: CheckoutWish): Promise<{ plan: PlanRow; coupon: CouponRow | null }> {
    const plan = await plans.find(planId);
    if (!plan.is_public) throw billingErrors.plan_not_for_sale();
    if (priceOf(plan, cycle) === 0) throw billingErrors.plan_is_free();
    return { plan, coupon: code ? await coupons.usable(code, plan.currency) : null };
  }

  /** A subscription that the provider runs is changed there; one of ours may be paid for anew or replaced. */
  function refuseSecond(running: SubscriptionRow | null, plan: PlanRow, cycle: Cycle): void {
    if (!running || running.price === 0) return;
    if (running.provider_ref !== null) throw billingErrors.already_subscribed();
    const isSame = running.plan === plan.id && running.billing_cycle === cycle;
    if (isSame && running.status === 'active' && running.period_end > clock.now())
      throw billingErrors.already_subscribed();
  }

  /** Who has never bought anything may try it first: the trial begins with the checkout. */
  async function beginTrial(
    trx: Transaction,
    tenantId: string,
    plan: PlanRow,
    cycle: Cycle,
    days: number,
  ): Promise<void> {
    if (await store.locked(trx, tenantId)) return;
    const now = clock.now();
    const end = wholeSecond(now) + days * DAY_MS;
    await store.save(trx, undefined, {
      ...blank(tenantId, plan, cycle, now),
      status: 'trialing',
      period_end: end,
      trial_end: end,
    });
  }

  async function signUp(
    person: { email: string; password?: string; fullName?: string },
    wish: CheckoutWish,
    origin: Origin,
  ): Promise<StartedCheckout> {
    // What can be refused is refused before the account exists.
    await checked(wish);
    const user = await registration.register({ ...person, origin });
    const tenant = await people.tenantById(user.tenant_id);
    if (!tenant) throw billingErrors.tenant_not_found();
    return begin(tenant.uuid, wish);
  }

  async function find(sessionId: string): Promise<CheckoutRow> {
    const row = await db.read('billing_checkouts').where({ session_id: sessionId }).first();
    if (!row) throw billingErrors.checkout_not_found();
    return row;
  }

  async function confirm(actor: Principal, sessionId: string, origin: Origin): Promise<CheckoutRow> {
    const { tenant_id: tenantId, provider } = await find(sessionId);
    if (provider !== 'manual') throw billingErrors.confirmed_by_provider();
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

  async function complete(trx: Transaction, sessionId: string, customer: Customer): Promise<CheckoutRow> {
    const checkout = await locked(trx, sessionId);
    if (checkout.status === 'completed') return checkout;
    if (checkout.status === 'expired' || checkout.expires_at <= clock.now()) throw billingErrors.checkout_expired();
    const plan = await plans.byKey(checkout.plan, trx);
    const coupon =
      checkout.coupon === null ? null : ((await trx('billing_coupons').where({ id: checkout.coupon }).first()) ?? null);
    if (coupon && !(await coupons.redeem(trx, coupon.id)))
      throw billingErrors.coupon_not_valid({ message: 'The coupon was used up in the meantime; start a new checkout' });
    const before = await store.locked(trx, checkout.tenant_id);
    const quote: Quote = JSON.parse(checkout.quote);
    const subscription = await store.save(trx, before, paidState(checkout, plan, coupon, before, quote));
    // What was owed for the period before is settled with this.
    await invoices.closeOpen(trx, checkout.tenant_id, 'void');
    const invoice = await issue(trx, checkout, subscription, quote, customer);
    const [completed] = await trx('billing_checkouts')
      .where({ id: checkout.id })
      .update({ status: 'completed', completed_at: clock.now(), invoice_number: invoice.number })
      .returning('*');
    if (!completed) throw new Error('The checkout was not stored');
    return completed;
  }

  async function locked(trx: Transaction, sessionId: string): Promise<CheckoutRow> {
    const query = trx('billing_checkouts').where({ session_id: sessionId });
    if (db.client === 'pg') query.forUpdate();
    const checkout = await query.first();
    if (!checkout) throw billingErrors.checkout_not_found();
    return checkout;
  }

  /** The subscription after the payment. A trial that still runs is not lost: the paid time begins after it. */
  function paidState(
    checkout: CheckoutRow,
    plan: PlanRow,
    coupon: CouponRow | null,
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
      coupon_periods: periodsLeft(coupon, cycle),
      credit: quote.creditLeft,
    };
    if (quote.keepsPeriod && before && before.period_end > now) {
      const { anchor_at, period_start, period_end } = before;
      return { ...state, anchor_at, period_start, period_end };
    }
    const trialEnd = before?.status === 'trialing' && before.trial_end !== null ? before.trial_end : now;
    const anchor = wholeSecond(Math.max(now, trialEnd));
    return { ...state, anchor_at: anchor, period_end: periodEnd(anchor, cycle, anchor) };
  }

  function issue(
    trx: Transaction,
    checkout: CheckoutRow,
    { tenant_id, provider, period_start, period_end }: SubscriptionRow,
    quote: Quote,
    customer: Customer,
  ): Promise<InvoiceRow> {
    const { lines, subtotal, discount, credit, total } = quote;
    const period = { start: Number(period_start), end: Number(period_end) };
    const figures = { lines, subtotal, discount, credit, total, currency: checkout.currency };
    return invoices.issue(trx, { tenantId: tenant_id, customer, provider, status: 'paid', period, ...figures });
  }

  async function noteCompleted(trx: Transaction, sessionId: string): Promise<CheckoutRow | undefined> {
    const [row] = await trx('billing_checkouts')
      .where({ session_id: sessionId })
      .whereNot({ status: 'completed' })
      .update({ status: 'completed', completed_at: clock.now() })
      .returning('*');
    if (row?.coupon) await coupons.redeem(trx, row.coupon);
    return row;
  }

  async function expireSome(limit: number): Promise<number> {
    const over = db.write('billing_checkouts').where({ status: 'open' }).where('expires_at', '<=', clock.now());
    const ids = await over.limit(limit).pluck('id');
    await db.write('billing_checkouts').whereIn('id', ids).where({ status: 'open' }).update({ status: 'expired' });
    return ids.length;
  }
}

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
  };
}

/** Periods begin and end at whole seconds: the wire shows no more, and what it shows is the moment itself. */
function wholeSecond(at: number): number {
  return Math.floor(at / 1000) * 1000;
}
