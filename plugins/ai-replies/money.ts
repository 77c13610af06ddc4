/** Amounts of the plugin's currency are kept in millionths. */
export function moneyOf(micros: number): number {
  return micros / 1_000_000;
}

export function microsOf(amount: number): number {
  return Math.round(amount * 1_000_000);
}
