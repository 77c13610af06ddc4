/** A checksum of all rows of a table, whatever order they come in: the sum of the hashes of all of them. */
import { hash } from 'node:crypto';
import { type Column, compared, type Value } from './kinds.ts';

export interface RowSum {
  rows: number;
  /** Two sums of 64 bits, in hex. */
  sum: string;
}

export interface RowSummer {
  add(row: readonly Value[]): void;
  current(): RowSum;
}

const MASK = (1n << 64n) - 1n;
/** No text has it beside a null, and a value that held it would have to be of two columns at once. */
const BETWEEN = '\x1f';
const DIGITS = 16;

export const NO_ROWS: RowSum = { rows: 0, sum: '0'.repeat(2 * DIGITS) };

export function createRowSummer(columns: readonly Column[], begun: RowSum = NO_ROWS): RowSummer {
  let { rows } = begun;
  let high = BigInt(`0x${begun.sum.slice(0, DIGITS)}`);
  let low = BigInt(`0x${begun.sum.slice(DIGITS)}`);
  return {
    add(row) {
      let text = '';
      for (const [place, column] of columns.entries()) {
        const value = compared(row[place] ?? null, column);
        // With its length: what moves from one column to the next changes it.
        text += `${value.length}${BETWEEN}${value}`;
      }
      const digest = hash('sha256', text, 'buffer');
      high = (high + digest.readBigUInt64BE(0)) & MASK;
      low = (low + digest.readBigUInt64BE(8)) & MASK;
      rows++;
    },
    current: () => ({ rows, sum: hexOf(high) + hexOf(low) }),
  };
}

function hexOf(value: bigint): string {
  return value.toString(16).padStart(DIGITS, '0');
}
