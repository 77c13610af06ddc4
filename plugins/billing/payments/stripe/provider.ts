/** The provider `stripe`, on the official SDK: subscriptions are run by Stripe, and we follow. */
import type { Stripe } from 'stripe';
import type { Services } from '#core/plugin.ts';
import type { CancelOptions, PaymentProvider, ProviderSubscription } from '../../contract.ts';
import { billingErrors } from '../../errors.ts';
import { stripeAmount } from './amounts.ts';
import { expireStripeCheckout, stripeCheckout } from './checkout.ts';
import { asked, isDeclined, isMissing, isMissingCustomer, type StripeConfig, stripeClient } from './client.ts';
import { syncStripePlan } from './plan-sync.ts';
import { refundStripe } from './refunds.ts';
import { subscriptionState } from './states.ts';
import { stripeEvent } from './webhook.ts';

export function createStripeProvider({ clock }: Services, config: StripeConfig): PaymentProvider {
  const client = stripeClient(config);

  return {
    name: 'stripe',
    checkout: async (request) => stripeCheckout(await client(), request),
    expireCheckout: async (sessionId) => expireStripeCheckout(await client(), sessionId),
    portal,
    cancel,
    refundSince: async (ref, since) => refundStripe(await client(), ref, since),
    addCredit,
    changePlan,
    syncPlan: async (plan, known) => syncStripePlan(await client(), plan, known, clock.now()),
    fetchSubscription,
    async handleWebhook(request) {
      const stripe = await client();
      return stripeEvent(request, { stripe, secret: config.webhookSecret, now: clock.now(), fetchSubscription });
    },
  };

  async function portal({ customerRef, returnUrl }: { customerRef: string | null; returnUrl: string }) {
    if (customerRef === null) throw billingErrors.no_customer();
    const stripe = await client();
    const { url } = await asked(() =>
      stripe.billingPortal.sessions.create({ customer: customerRef, return_url: returnUrl }).catch((error) => {
        throw isMissingCustomer(error) ? billingErrors.no_customer() : error;
      }),
    );
    return { url };
  }

  async function cancel(ref: string, options: CancelOptions) {
    const stripe = await client();
    const { idempotencyKey, prorate } = options;
    const asOf = clock.now();
    const before = await asked(() => stripe.subscriptions.retrieve(ref));
    if (before.status === 'canceled') return subscriptionState(before, asOf);
    await releaseSchedule(stripe, before, idempotencyKey);
    const canceled = await asked(() =>
      options.immediately
        ? stripe.subscriptions.cancel(ref, prorate ? { invoice_now: true, prorate } : {}, { idempotencyKey })
        : stripe.subscriptions.update(ref, { cancel_at_period_end: true }, { idempotencyKey }),
    );
    return subscriptionState(canceled, asOf);
  }

  async function addCredit(
    customer: string,
    { amount, currency, idempotencyKey }: { amount: number; currency: string; idempotencyKey: string },
  ): Promise<void> {
    const stripe = await client();
    // Below zero is in the customer's favour.
    const entry = { amount: -stripeAmount(amount, currency), currency: currency.toLowerCase() };
    await asked(() => stripe.customers.createBalanceTransaction(customer, entry, { idempotencyKey }));
  }

  async function changePlan(
    ref: string,
    change: { priceRef: string; when: 'now' | 'period_end'; idempotencyKey: string },
  ): Promise<ProviderSubscription> {
    const stripe = await client();
    const asOf = clock.now();
    const before = await asked(() => stripe.subscriptions.retrieve(ref));
    const item = before.items.data[0];
    if (!item) throw billingErrors.change_not_supported();
    await releaseSchedule(stripe, before, change.idempotencyKey);
    if (change.when === 'period_end') {
      await asked(() => schedule(stripe, ref, item, change));
      return subscriptionState(await asked(() => stripe.subscriptions.retrieve(ref)), asOf);
    }
    const { idempotencyKey } = change;
    const wish = {
      items: [{ id: item.id, price: change.priceRef }],
      proration_behavior: 'always_invoice',
      // Nothing is changed for who does not pay: else they had the dearer plan while they owe for it.
      payment_behavior: 'error_if_incomplete',
      cancel_at_period_end: false,
    } satisfies Stripe.SubscriptionUpdateParams;
    try {
      return subscriptionState(await stripe.subscriptions.update(ref, wish, { idempotencyKey }), asOf);
    } catch (error) {
      throw isDeclined(error)
        ? billingErrors.payment_failed({ cause: error })
        : billingErrors.provider_failed({ cause: error });
    }
  }

  /** Another price from the period's end on: Stripe calls that a schedule of two phases. */
  async function schedule(
    stripe: Stripe,
    ref: string,
    item: Stripe.SubscriptionItem,
    { priceRef, idempotencyKey }: { priceRef: string; idempotencyKey: string },
  ): Promise<void> {
    const made = await stripe.subscriptionSchedules.create(
      { from_subscription: ref },
      { idempotencyKey: `${idempotencyKey}-schedule` },
    );
    const now = { start_date: item.current_period_start, end_date: item.current_period_end };
    await stripe.subscriptionSchedules.update(
      made.id,
      {
        end_behavior: 'release',
        phases: [
          { ...now, items: [{ price: item.price.id, quantity: 1 }], proration_behavior: 'none' },
          { start_date: now.end_date, items: [{ price: priceRef, quantity: 1 }], proration_behavior: 'none' },
        ],
      },
      { idempotencyKey: `${idempotencyKey}-phases` },
    );
  }

  /** A change that waits for the period's end is dropped by whatever is decided after it. */
  async function releaseSchedule(stripe: Stripe, { schedule }: Stripe.Subscription, key: string): Promise<void> {
    const id = typeof schedule === 'string' ? schedule : schedule?.id;
    if (id) await asked(() => stripe.subscriptionSchedules.release(id, {}, { idempotencyKey: `${key}-release` }));
  }

  async function fetchSubscription(ref: string): Promise<ProviderSubscription | null> {
    const stripe = await client();
    const asOf = clock.now();
    try {
      return subscriptionState(await stripe.subscriptions.retrieve(ref), asOf);
    } catch (error) {
      if (isMissing(error)) return null;
      throw billingErrors.provider_failed({ cause: error });
    }
  }
}
