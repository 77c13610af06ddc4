/** Money that goes back at Stripe: paying it back, and finding the invoice that a charge has paid. */
import type { Stripe } from 'stripe';
import { asked, isRefusal } from './client.ts';
import { idOf } from './states.ts';

/** Pays back what was paid for the subscription since then. Again is no error: what went back is refused there. */
export async function refundStripe(stripe: Stripe, subscription: string, since: number): Promise<void> {
  const created = { gte: Math.floor(since / 1000) };
  const { data } = await asked(() => stripe.invoices.list({ subscription, status: 'paid', created, limit: 100 }));
  for (const { id } of data) {
    if (!id) continue;
    const payments = await asked(() => stripe.invoicePayments.list({ invoice: id, status: 'paid' }));
    for (const { payment } of payments.data) {
      const intent = idOf(payment.payment_intent ?? null);
      if (intent === null) continue;
      await asked(async () => {
        try {
          await stripe.refunds.create({ payment_intent: intent }, { idempotencyKey: `erased-${intent}` });
        } catch (error) {
          if (!isRefusal(error)) throw error;
        }
      });
    }
  }
}

/** The invoice that was paid by it, if any. */
export async function invoiceOfPayment(
  stripe: Stripe,
  { payment_intent, charge }: { payment_intent: string | null; charge: string | null },
): Promise<string | null> {
  const payment = payment_intent
    ? ({ type: 'payment_intent', payment_intent } as const)
    : charge
      ? ({ type: 'charge', charge } as const)
      : null;
  if (!payment) return null;
  const { data } = await asked(() => stripe.invoicePayments.list({ payment, limit: 1 }));
  return idOf(data[0]?.invoice ?? null);
}
