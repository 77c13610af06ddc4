/** Activation codes: five characters three times, from letters and digits that nobody mistakes for others. */
import { randomFrom } from '#core/kit.ts';

/** Without 0 O 1 I L U. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';

export function newActivationCode(): string {
  const group = (): string => randomFrom(ALPHABET, 5);
  return `${group()}-${group()}-${group()}`;
}

export function newLicenceId(): string {
  return `LIC-${randomFrom(ALPHABET, 8)}`;
}

/** In capitals, without dashes and blanks: existing codes come in any grouping. */
export function normalCode(given: string): string {
  return given.toUpperCase().replace(/[\s\0-]/g, '');
}

export function newProductId(): string {
  return `PROD-${randomFrom(ALPHABET, 10)}`;
}
