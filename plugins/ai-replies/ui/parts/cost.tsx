/** Money of models: a single call costs less than the smallest coin, so small amounts keep the digits that count. */
import { useFormats } from 'patchbay-platform/ui';

const SMALL = 0.1;

export function useCostText(currency: string): (amount: number) => string {
  const { money, number } = useFormats();
  return (amount) =>
    amount === 0 || amount >= SMALL
      ? money(amount, currency)
      : number(amount, { style: 'currency', currency, maximumSignificantDigits: 2 });
}

export function Cost({ amount, currency }: { amount: number; currency: string }) {
  return <span style={{ fontVariantNumeric: 'tabular-nums' }}>{useCostText(currency)(amount)}</span>;
}
