/** Activation codes and public ids, from letters and digits that nobody mistakes for others; and how requests spell them. */
import Type from 'typebox';
import { randomFrom } from '#core/kit.ts';

/** Without 0 O 1 I L U. */
const ALPHABET = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';

/** Five characters three times. */
export function newActivationCode(): string {
  const group = (): string => randomFrom(ALPHABET, 5);
  return `${group()}-${group()}-${group()}`;
}

/** In capitals, without dashes and blanks: existing codes come in any grouping. */
export function normalCode(given: string): string {
  return given.toUpperCase().replace(/[\s\0-]/g, '');
}

export function newLicenceId(): string {
  return `LIC-${randomFrom(ALPHABET, 8)}`;
}

export function newProductId(): string {
  return `PROD-${randomFrom(ALPHABET, 10)}`;
}

export const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
export const Secret = (maxLength: number) => Type.String({ minLength: 1, maxLength, writeOnly: true });

/** In a path: the public id of a licence or a product. */
export const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });
