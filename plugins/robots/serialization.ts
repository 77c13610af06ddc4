/** How values are written in the WorkBot document, and how those of real clients are read. */
import Type, { type TSchema } from 'typebox';
import { coreErrors } from '#core/plugin.ts';

/** A number, also as a text, as real clients send it; `numberOf` reads it. */
export const Numeric = (options: { minimum?: number; maximum?: number } = {}): TSchema =>
  Type.Union([Type.Number(options), Type.String({ pattern: '^-?[0-9]{1,15}(\\.[0-9]{1,6})?$' })]);

/** A boolean, also as `"true"`, `"1"`, 1; `booleanOf` reads it. */
export const Truthy = (): TSchema =>
  Type.Union([
    Type.Boolean(),
    Type.Integer({ minimum: 0, maximum: 1 }),
    Type.String({ pattern: '^(true|false|0|1|)$' }),
  ]);

export function numberOf(value: unknown, fallback: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : fallback;
}

/** A whole number of the range, also as a text. Throws `bad_request`. */
export function wholeOf(name: string, value: unknown, least: number, most: number): number {
  const number = numberOf(value, Number.NaN);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw coreErrors.bad_request({ message: `${name} is a whole number from ${least} to ${most}` });
}

export function booleanOf(value: unknown): boolean {
  return value === true || value === 1 || value === 'true' || value === '1';
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** A text; a number as one; '' for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

export const TextOrNull = Type.Union([Type.String(), Type.Null()]);
