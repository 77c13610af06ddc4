/**
 * Amounts as Stripe counts them (docs.stripe.com/currencies). It follows ISO 4217 but for a few: ISK and UGX have two
 * decimals there that must be zero, MGA has none, and of three decimals the last must be zero.
 */
import { billingErrors } from '../../errors.ts';
import { decimalsOf } from '../../money.ts';

const OTHERWISE: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };

/** Throws `invalid_price` for what Stripe cannot charge. */
export function stripeAmount(minor: number, currency: string): number {
  const amount = minor * 10 ** (stripeDecimals(currency) - decimalsOf(currency));
  const isWhole = Number.isSafeInteger(amount) && (stripeDecimals(currency) < 3 || amount % 10 === 0);
  if (!isWhole) throw billingErrors.invalid_price({ message: `Stripe takes no such small parts of ${currency}` });
  return amount;
}

/** Back into the minor unit. */
export function ourAmount(amount: number, currency: string): number {
  return Math.round(amount * 10 ** (decimalsOf(currency) - stripeDecimals(currency)));
}

function stripeDecimals(currency: string): number {
  return OTHERWISE[currency] ?? decimalsOf(currency);
}
