/** Erasure: the code for the phone of a person goes with them. */
import type { Transaction } from '#core/plugin.ts';
import type { User } from '../contract.ts';

export async function erasePhoneCodes(trx: Transaction, { phone }: User): Promise<void> {
  if (phone) await trx('auth_phone_codes').where({ phone }).delete();
}
