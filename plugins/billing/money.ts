/** Money on the wire is decimal in the major unit (29.9), inside an integer in the minor unit (2990). */
import { billingErrors } from './errors.ts';

/**
 * Decimals of currencies that have not two (ISO 4217, column "minor unit"). A table of our own: what the runtime knows is
 * how people write amounts, which differs for a dozen currencies and moves with its version, and every stored amount with it.
 */
const DECIMALS: Readonly<Record<string, number>> = {
  ...of(0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'),
  ...of(3, 'BHD IQD JOD KWD LYD OMR TND'),
  ...of(4, 'CLF UYW'),
};

/** Decimals of a currency: 2 for USD, 0 for JPY, 3 for KWD. */
export function decimalsOf(currency: string): number {
  return DECIMALS[currency] ?? 2;
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

function of(decimals: number, currencies: string): Record<string, number> {
  return Object.fromEntries(currencies.split(' ').map((currency) => [currency, decimals]));
}
