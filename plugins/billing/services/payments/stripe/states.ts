/** Stripe's objects as billing's. Pure. */
import type { Stripe } from 'stripe';
import type { ProviderInvoice, ProviderSubscription } from '../../../contract.ts';
import type { SubscriptionStatus } from '../../../tables.ts';

/** `incomplete`: the first payment has not come in, so there is nothing to use yet. */
const STATUSES: Record<string, SubscriptionStatus> = {
  trialing: 'trialing',
  active: 'active',
  past_due: 'past_due',
  unpaid: 'past_due',
  paused: 'past_due',
  canceled: 'canceled',
  incomplete: 'canceled',
  incomplete_expired: 'canceled',
};

export function subscriptionState(subscription: Stripe.Subscription, asOf: number): ProviderSubscription {
  const item = subscription.items.data[0];
  return {
    ref: subscription.id,
    customerRef: idOf(subscription.customer),
    tenantId: subscription.metadata.tenant_id ?? null,
    priceRef: item ? item.price.id : null,
    status: STATUSES[subscription.status] ?? 'active',
    period: {
      start: ms(item?.current_period_start ?? subscription.start_date),
      end: ms(item?.current_period_end ?? 0),
    },
    trialEnd: subscription.trial_end === null ? null : ms(subscription.trial_end),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    canceledAt: subscription.canceled_at === null ? null : ms(subscription.canceled_at),
    asOf,
  };
}

export function invoiceState(invoice: Stripe.Invoice, status: 'paid' | 'failed'): ProviderInvoice {
  const details = invoice.parent?.subscription_details;
  const discount = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  return {
    ref: invoice.id ?? '',
    subscriptionRef: idOf(details?.subscription ?? null),
    tenantId: details?.metadata?.tenant_id ?? null,
    status,
    currency: invoice.currency.toUpperCase(),
    subtotal: invoice.subtotal,
    discount,
    total: invoice.total,
    lines: invoice.lines.data.map(({ description, amount }) => ({ description: description ?? '', amount })),
    period: { start: ms(invoice.period_start), end: ms(invoice.period_end) },
  };
}

export function idOf(object: string | { id: string } | null): string | null {
  return typeof object === 'string' ? object : (object?.id ?? null);
}

const ms = (seconds: number): number => seconds * 1000;
