/** Stripe's objects as billing's. Pure. */
import type { Stripe } from 'stripe';
import type { ProviderInvoice, ProviderSubscription, SubscriptionStatus } from '../../contract.ts';
import { ourAmount } from './amounts.ts';

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

/**
 * An invoice says by itself how it ended; `failed` is what an event says of one that is still open. Older API versions
 * name the subscription beside the invoice.
 */
export function invoiceState(invoice: Stripe.Invoice, told: 'paid' | 'failed' | null): ProviderInvoice {
  const details = invoice.parent?.subscription_details;
  const older = invoice as { subscription?: string | null; subscription_details?: { metadata?: Stripe.Metadata } };
  const currency = invoice.currency.toUpperCase();
  const money = (amount: number): number => ourAmount(amount, currency);
  const discount = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  return {
    ref: invoice.id ?? '',
    subscriptionRef: idOf(details?.subscription ?? older.subscription ?? null),
    tenantId: details?.metadata?.tenant_id ?? older.subscription_details?.metadata?.tenant_id ?? null,
    status: ENDS[invoice.status ?? ''] ?? told ?? 'failed',
    currency,
    subtotal: money(invoice.subtotal),
    discount: money(discount),
    total: money(invoice.total),
    lines: invoice.lines.data.map(({ description, amount }) => ({
      description: description ?? '',
      amount: money(amount),
    })),
    period: { start: ms(invoice.period_start), end: ms(invoice.period_end) },
  };
}

const ENDS: Readonly<Record<string, ProviderInvoice['status']>> = {
  paid: 'paid',
  void: 'void',
  uncollectible: 'uncollectible',
};

export function idOf(object: string | { id: string } | null): string | null {
  return typeof object === 'string' ? object : (object?.id ?? null);
}

const ms = (seconds: number): number => seconds * 1000;
