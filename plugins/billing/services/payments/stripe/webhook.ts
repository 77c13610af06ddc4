/** Stripe's webhooks: the signature is checked, and what an event is about is asked for freshly, so order does not matter. */
import type { Stripe } from 'stripe';
import { isAppError } from '#core/errors.ts';
import type { ProviderEvent, ProviderFact, ProviderSubscription } from '../../../contract.ts';
import { billingErrors } from '../../../errors.ts';
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
      if (!state) return [];
      const tenantId = state.tenantId ?? session.client_reference_id ?? session.metadata?.tenant_id ?? null;
      return [{ kind: 'checkout', sessionId: session.id, subscription: { ...state, tenantId } }];
    }
    case 'checkout.session.expired':
      return [{ kind: 'checkout_expired', sessionId: event.data.object.id }];
    case 'customer.subscription.created':
    case 'customer.subscription.updated':
    case 'customer.subscription.deleted':
    case 'customer.subscription.paused':
    case 'customer.subscription.resumed':
      return freshly(event.data.object.id, tools);
    case 'invoice.paid':
    case 'invoice.payment_failed': {
      const invoice = invoiceState(event.data.object, event.type === 'invoice.paid' ? 'paid' : 'failed');
      const state = invoice.subscriptionRef ? await freshly(invoice.subscriptionRef, tools) : [];
      return [...state, { kind: 'invoice', invoice }];
    }
    default:
      return [];
  }
}

async function freshly(ref: string, { fetchSubscription }: WebhookTools): Promise<ProviderFact[]> {
  const subscription = await fetchSubscription(ref);
  return subscription ? [{ kind: 'subscription', subscription }] : [];
}
