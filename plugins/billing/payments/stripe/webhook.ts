/** Stripe's webhooks: the signature is checked, and what an event is about is asked for freshly, so order does not matter. */
import type { Stripe } from 'stripe';
import { isAppError } from '#core/kit.ts';
import type { ProviderEvent, ProviderFact, ProviderSubscription } from '../../contract.ts';
import { billingErrors } from '../../errors.ts';
import { isMissing } from './client.ts';
import { moneyBack } from './money-back.ts';
import { idOf, invoiceState } from './states.ts';

/** Seconds that a signature is good for. */
const TOLERANCE = 5 * 60;

export interface WebhookTools {
  stripe: Stripe;
  secret: string;
  now: number;
  fetchSubscription(ref: string): Promise<ProviderSubscription | null>;
}

/** Throws `invalid_signature`. */
export async function stripeEvent(
  request: { body: Buffer; header(name: string): string },
  tools: WebhookTools,
): Promise<ProviderEvent> {
  const event = verified(request, tools);
  return { id: event.id, facts: await factsOf(event, tools) };
}

function verified(
  { body, header }: { body: Buffer; header(name: string): string },
  { stripe, secret, now }: WebhookTools,
): Stripe.Event {
  const signature = header('stripe-signature');
  // The SDK lets signatures of the future pass; a time that is far off is wrong either way.
  const signedAt = Number(/(?:^|,)\s*t=(\d+)/.exec(signature)?.[1]);
  if (signedAt * 1000 > now + TOLERANCE * 1000) throw billingErrors.invalid_signature();
  try {
    return stripe.webhooks.constructEvent(body, signature, secret, TOLERANCE, undefined, now);
  } catch (error) {
    if (isAppError(error)) throw error;
    throw billingErrors.invalid_signature({ cause: error });
  }
}

async function factsOf(event: Stripe.Event, tools: WebhookTools): Promise<ProviderFact[]> {
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded': {
      const session = event.data.object;
      const ref = idOf(session.subscription);
      if (ref === null) return [];
      const state = await tools.fetchSubscription(ref);
      // The bank takes days to pay, or not to: until then nothing is bought, and no coupon is used up.
      if (!state || (session.payment_status === 'unpaid' && state.status === 'canceled')) return [];
      const tenantId = state.tenantId ?? session.client_reference_id ?? session.metadata?.tenant_id ?? null;
      return [{ kind: 'checkout', sessionId: session.id, subscription: { ...state, tenantId } }];
    }
    case 'checkout.session.async_payment_failed':
    case 'checkout.session.expired':
      return [{ kind: 'checkout_expired', sessionId: event.data.object.id }];
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.deleted':
    case 'customer.subscription.paused':
    case 'customer.subscription.resumed':
      return freshly(event.data.object.id, tools);
    case 'invoice.paid':
    case 'invoice.payment_failed':
    case 'invoice.voided':
    case 'invoice.marked_uncollectible': {
      const told = { 'invoice.paid': 'paid', 'invoice.payment_failed': 'failed' } as const;
      const type = event.type as keyof typeof told;
      const invoice = invoiceState(await freshInvoice(event.data.object, tools), told[type] ?? null);
      const state = invoice.subscriptionRef ? await freshly(invoice.subscriptionRef, tools) : [];
      return [...state, { kind: 'invoice', invoice }];
    }
    case 'charge.refunded':
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.closed':
    case 'charge.dispute.funds_withdrawn':
    case 'charge.dispute.funds_reinstated':
    case 'credit_note.created':
    case 'credit_note.updated':
      return moneyBack(event, tools);
    default:
      return [];
  }
}

/**
 * With the version that the SDK speaks: what stands in an event has the version of the endpoint, and is as old as the
 * event. What Stripe does not find (a test event) is taken as it came.
 */
async function freshInvoice(told: Stripe.Invoice, { stripe }: WebhookTools): Promise<Stripe.Invoice> {
  const { id } = told;
  if (!id) return told;
  try {
    return await stripe.invoices.retrieve(id);
  } catch (error) {
    if (isMissing(error)) return told;
    throw billingErrors.provider_failed({ cause: error });
  }
}

async function freshly(ref: string, { fetchSubscription }: WebhookTools): Promise<ProviderFact[]> {
  const subscription = await fetchSubscription(ref);
  return subscription ? [{ kind: 'subscription', subscription }] : [];
}
