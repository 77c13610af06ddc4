/** Checkouts: from "I want this plan" to where it can be paid. Table: billing_checkouts. */
import { v7 as uuidv7 } from 'uuid';
import { DAY_MS } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Origin } from '../access.ts';
import type { CouponRow, Cycle, PaymentProvider, PlanRow } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import type { Coupons, UsableCoupon } from '../payments/coupons.ts';
import { customerOf } from '../payments/customers.ts';
import type { OrphanedCharges } from '../payments/orphaned-charges.ts';
import type { PaymentProviders } from '../payments/providers.ts';
import type { PlanSync } from '../plans/plan-sync.ts';
import { isOffered, type Plans, priceOf } from '../plans/plans.ts';
import type { CheckoutCompletion } from './checkout-completion.ts';
import { checkoutOf } from './checkout-row.ts';
import type { CurrentPlans } from './current-plans.ts';
import { blank, wholeSecond } from './new-subscription.ts';
import { type Quote, quoteOf } from './quotes.ts';
import type { SubscriptionStore } from './subscription-store.ts';
import type { CheckoutRow, SubscriptionRow } from './tables.ts';

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
   * `coupon_not_valid`, `already_subscribed`, `currency_differs`, `invoice_open`, `provider_failed`.
   */
  begin(tenantId: string, wish: CheckoutWish): Promise<StartedCheckout>;
  /** What `begin` would ask for now, changing nothing. Throws what it throws of the plan and the coupon. */
  quote(tenantId: string, wish: CheckoutWish): Promise<{ plan: PlanRow; quote: Quote; trialDays: number }>;
  /** Makes an account and begins its payment. Throws what registration and `begin` throw. */
  signUp(
    person: { email: string; password?: string; fullName?: string },
    wish: CheckoutWish,
    origin: Origin,
  ): Promise<StartedCheckout>;
  /** Throws `checkout_not_found`. */
  find(sessionId: string): Promise<CheckoutRow>;
}

/** How long a checkout can be paid. */
const OPEN_MS = 7 * DAY_MS;

export function createCheckouts(
  services: Services &
    AuthServices & {
      plans: Plans;
      coupons: Coupons;
      currentPlans: CurrentPlans;
      paymentProviders: PaymentProviders;
      planSync: PlanSync;
      subscriptionStore: SubscriptionStore;
      orphanedCharges: OrphanedCharges;
      checkoutCompletion: CheckoutCompletion;
    },
): Checkouts {
  const { db, clock, coreConfig, plans, coupons, currentPlans, paymentProviders, planSync } = services;
  const { log, subscriptionStore: store, orphanedCharges, registration, erasure, people } = services;

  return { begin, quote, signUp, find: (sessionId) => checkoutOf(db, sessionId) };

  async function begin(tenantId: string, wish: CheckoutWish): Promise<StartedCheckout> {
    const provider = paymentProviders.current();
    const { plan, usable } = await checked(wish, tenantId);
    const coupon = usable?.coupon ?? null;
    const { subscription, plan: currentPlan, status } = await currentPlans.of(tenantId);
    const running = subscription && status !== 'canceled' ? subscription : null;
    refuseSecond(running, plan, wish.cycle);
    if (subscription && status === 'past_due') await refuseDebt(subscription);
    const now = clock.now();
    const { quote, trialDays } = counted(provider, { subscription, plan: currentPlan }, plan, wish.cycle, coupon, now);
    const customer = await customerOf(services, tenantId);
    await closeOthers(provider, tenantId, null);
    if (subscription && !running) await orphanedCharges.end(subscription);
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
      couponMonths: usable?.months ?? null,
      customerRef: subscription?.customer_ref ?? null,
      idempotencyKey: `checkout-${uuidv7()}`,
      successUrl: `${coreConfig.http.publicUrl}/billing?checkout=done`,
      cancelUrl: `${coreConfig.http.publicUrl}/billing?checkout=canceled`,
    });
    const id = await db.transaction(async (trx) => {
      // Checkouts of a tenant are stored one after the other, so that the later of two finds the earlier.
      await store.locked(trx, tenantId);
      const facts = {
        session_id: started.sessionId,
        tenant_id: tenantId,
        provider: provider.name,
        plan: plan.id,
        billing_cycle: wish.cycle,
        amount: quote.total,
        currency: plan.currency,
        coupon: coupon?.id ?? null,
        status: 'open' as const,
        created_at: now,
        expires_at: now + OPEN_MS,
        quote: JSON.stringify(quote),
      };
      const [checkout] = await trx('billing_checkouts').insert(facts).returning('id');
      if (!checkout) throw new Error('The checkout was not stored');
      if (trialDays > 0 && paymentProviders.isSelfRun(provider))
        await beginTrial(trx, tenantId, plan, wish.cycle, trialDays);
      return checkout.id;
    });
    await closeBegunMeanwhile(provider, tenantId, { id, sessionId: started.sessionId });
    // Nothing is to be paid, so there is nothing to wait for.
    if (quote.total === 0 && paymentProviders.isSelfRun(provider))
      await db.transaction((trx) => services.checkoutCompletion.complete(trx, started.sessionId, customer));
    return { checkout_url: started.url, session_id: started.sessionId };
  }

  async function quote(tenantId: string, wish: CheckoutWish) {
    const { plan, usable } = await checked(wish, tenantId);
    const had = await currentPlans.of(tenantId);
    const provider = paymentProviders.current();
    return { plan, ...counted(provider, had, plan, wish.cycle, usable?.coupon ?? null, clock.now()) };
  }

  /**
   * Two that are asked for in the same instant do not see each other before they are stored: the later one closes the
   * earlier. What cannot be closed, or is paid, leaves none of ours to pay beside it.
   */
  async function closeBegunMeanwhile(
    provider: PaymentProvider,
    tenantId: string,
    own: { id: number; sessionId: string },
  ): Promise<void> {
    try {
      await closeOthers(provider, tenantId, own.id);
    } catch (error) {
      if ((await provider.expireCheckout?.(own.sessionId)) === 'expired')
        await db.write('billing_checkouts').where({ id: own.id, status: 'open' }).update({ status: 'expired' });
      throw error;
    }
  }

  /** What was begun before (than `before`) and not paid is closed, so that nobody pays for two subscriptions. */
  async function closeOthers(provider: PaymentProvider, tenantId: string, before: number | null): Promise<void> {
    if (!provider.expireCheckout) return;
    const query = db.write('billing_checkouts').where({ tenant_id: tenantId, provider: provider.name, status: 'open' });
    if (before !== null) query.where('id', '<', before);
    for (const { id, session_id } of await query) {
      if ((await provider.expireCheckout(session_id)) === 'paid') throw billingErrors.payment_under_way();
      await db.write('billing_checkouts').where({ id, status: 'open' }).update({ status: 'expired' });
    }
  }

  async function checked(
    { planId, cycle, coupon: code }: CheckoutWish,
    tenantId: string | null,
  ): Promise<{ plan: PlanRow; usable: UsableCoupon | null }> {
    const plan = await plans.find(planId);
    if (!isOffered(plan, cycle)) throw billingErrors.plan_not_for_sale();
    if (priceOf(plan, cycle) === 0) throw billingErrors.plan_is_free();
    return { plan, usable: code ? await coupons.usable(code, plan.currency, tenantId) : null };
  }

  /** A subscription that the provider runs is changed there; one of ours may be paid for anew or replaced. */
  function refuseSecond(running: SubscriptionRow | null, plan: PlanRow, cycle: Cycle): void {
    if (!running || running.price === 0) return;
    if (running.provider_ref !== null) throw billingErrors.already_subscribed();
    if (running.currency !== plan.currency) throw billingErrors.currency_differs();
    const isSame = running.plan === plan.id && running.billing_cycle === cycle;
    if (isSame && running.status === 'active' && running.period_end > clock.now())
      throw billingErrors.already_subscribed();
  }

  /** A new period would begin now: what was used since the old one ended would be nobody's to pay. */
  async function refuseDebt({ tenant_id, provider: name, customer_ref }: SubscriptionRow): Promise<never> {
    const open = await db.read('billing_invoices').where({ tenant_id, status: 'open' }).orderBy('id', 'desc').first();
    const provider = paymentProviders.named(name);
    const returnUrl = `${coreConfig.http.publicUrl}/billing`;
    const { url } = await provider.portal({ tenantId: tenant_id, customerRef: customer_ref, returnUrl });
    const what = open
      ? `The invoice ${open.number} is to be paid first`
      : 'The period is over: its invoice comes first';
    throw billingErrors.invoice_open({ message: what, extra: { invoice: open?.number ?? null, payment_url: url } });
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
    await store.save(
      trx,
      undefined,
      {
        ...blank(tenantId, plan, cycle, now),
        status: 'trialing',
        period_end: end,
        trial_end: end,
      },
      'try',
    );
  }

  async function signUp(
    person: { email: string; password?: string; fullName?: string },
    wish: CheckoutWish,
    origin: Origin,
  ): Promise<StartedCheckout> {
    // What can be refused is refused before the account exists.
    await checked(wish, null);
    const user = await registration.register({ ...person, origin });
    const tenant = await people.tenantById(user.tenant_id);
    if (!tenant) throw billingErrors.tenant_not_found();
    try {
      return await begin(tenant.uuid, wish);
    } catch (error) {
      // The next try makes the account: with this one it would hear that the address is taken.
      await db
        .transaction((trx) => erasure.eraseUser(trx, user))
        .catch((err) => log.error({ err, user: user.uuid }, 'An account without its checkout could not be taken back'));
      throw error;
    }
  }
}

/** What a tenant pays for a plan, with what it had before; and the days that it may try it. */
function counted(
  provider: PaymentProvider,
  { subscription, plan: current }: { subscription: SubscriptionRow | null; plan: PlanRow },
  plan: PlanRow,
  cycle: Cycle,
  coupon: CouponRow | null,
  now: number,
): { quote: Quote; trialDays: number } {
  // A provider that charges its own prices takes all of them: what there is to count against them becomes credit there.
  const before = provider.syncPlan || !subscription ? null : { subscription, planName: current.display_name };
  // Also of what has ended: its credit is still there.
  return { quote: quoteOf(plan, cycle, coupon, before, now), trialDays: subscription ? 0 : plan.trial_days };
}
