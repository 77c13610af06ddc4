/** How activation codes look, and what they cost. */
import { randomFrom } from '#core/kit.ts';

/** Letters and digits without those that are taken for others: I O 0 1. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 8;

export function newCode(): string {
  return randomFrom(ALPHABET, LENGTH);
}

/** As it is stored, however it was typed. */
export function normalCode(given: string): string {
  return given.toUpperCase().replace(/[\s\0-]/g, '');
}

/** Of so many days, by the table of prices; other lengths cost by the day what the shortest does. Two decimals. */
export function priceOf(prices: Readonly<Record<string, number>>, days: number): number {
  const fixed = prices[days];
  if (fixed !== undefined) return fixed;
  const shortest = Math.min(...Object.keys(prices).map(Number));
  const price = prices[shortest];
  return price === undefined || shortest <= 0 ? 0 : Math.round(((price * days) / shortest) * 100) / 100;
}
