/** Refunds, credit notes and disputes at Stripe, as facts about the invoice that the money was paid for. */
import type { Stripe } from 'stripe';
import type { ProviderFact } from '../../contract.ts';
import { ourAmount } from './amounts.ts';
import { asked } from './client.ts';
import { invoiceOfPayment } from './refunds.ts';
import { idOf, invoiceState } from './states.ts';

/** The states of a dispute in which nobody has decided; those that begin with `warning` cost nothing yet. */
const DECIDED: Readonly<Record<string, 'won' | 'lost'>> = { won: 'won', lost: 'lost', warning_closed: 'won' };

type MoneyBack =
  | Stripe.ChargeRefundedEvent
  | Stripe.ChargeDisputeCreatedEvent
  | Stripe.ChargeDisputeUpdatedEvent
  | Stripe.ChargeDisputeClosedEvent
  | Stripe.ChargeDisputeFundsWithdrawnEvent
  | Stripe.ChargeDisputeFundsReinstatedEvent
  | Stripe.CreditNoteCreatedEvent
  | Stripe.CreditNoteUpdatedEvent;

export async function moneyBack(event: MoneyBack, { stripe }: { stripe: Stripe }): Promise<ProviderFact[]> {
  const { object } = event.data;
  if (object.object === 'credit_note') return about(stripe, idOf(object.invoice), () => []);
  const currency = object.currency.toUpperCase();
  if (object.object === 'charge') {
    const { id } = object;
    const charge = await asked(() => stripe.charges.retrieve(id));
    const invoice = await invoiceOfPayment(stripe, { payment_intent: idOf(charge.payment_intent), charge: id });
    const refunded = ourAmount(charge.amount_refunded, currency);
    return about(stripe, invoice, (invoiceRef) => [{ kind: 'refund', invoiceRef, refunded }]);
  }
  const { id } = object;
  const dispute = await asked(() => stripe.disputes.retrieve(id));
  const payment = { payment_intent: idOf(dispute.payment_intent), charge: idOf(dispute.charge) };
  const state = DECIDED[dispute.status] ?? 'open';
  const amount = ourAmount(dispute.amount, currency);
  return about(stripe, await invoiceOfPayment(stripe, payment), (invoiceRef) => [
    { kind: 'dispute', invoiceRef, state, amount },
  ]);
}

/** The invoice first: what is paid back may be told before it was told that it was paid. */
async function about(
  stripe: Stripe,
  invoiceRef: string | null,
  factsOf: (invoiceRef: string) => ProviderFact[],
): Promise<ProviderFact[]> {
  if (invoiceRef === null) return [];
  const invoice = await asked(() => stripe.invoices.retrieve(invoiceRef));
  const credited = ourAmount(invoice.post_payment_credit_notes_amount ?? 0, invoice.currency.toUpperCase());
  return [
    { kind: 'invoice', invoice: invoiceState(invoice, null) },
    ...(credited > 0 ? [{ kind: 'refund' as const, invoiceRef, refunded: credited }] : []),
    ...factsOf(invoiceRef),
  ];
}
