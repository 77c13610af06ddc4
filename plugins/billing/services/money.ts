/** Money on the wire is decimal in the major unit (29.9), inside an integer in the minor unit (2990). */
import { billingErrors } from '../errors.ts';

/** Decimals of a currency (ISO 4217): 2 for USD, 0 for JPY, 3 for KWD. */
export function decimalsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** 29.9 → 2990. Throws `invalid_price` when the currency has fewer decimals. */
export function minorUnits(amount: number, currency: string): number {
  const minor = Math.round(amount * 10 ** decimalsOf(currency));
  // There and back is exact for every amount that the currency has; 19.99 * 100 itself is 1998.9999999999998.
  if (majorUnits(minor, currency) !== amount || !Number.isSafeInteger(minor)) throw billingErrors.invalid_price();
  return minor;
}

/** 2990 → 29.9 */
export function majorUnits(minor: number, currency: string): number {
  return minor / 10 ** decimalsOf(currency);
}

/** `29.90 USD` */
export function moneyText(minor: number, currency: string): string {
  return `${majorUnits(minor, currency).toFixed(decimalsOf(currency))} ${currency}`;
}
