/** Erasure: what of challenges goes with a person, and which factors end when an account is claimed. */
import type { Transaction } from '#core/plugin.ts';
import type { User } from '../contract.ts';

export async function eraseChallenges(trx: Transaction, { id }: User): Promise<void> {
  await trx('auth_challenges').where({ user_id: id }).delete();
}

export async function revokeFactors(trx: Transaction, { id }: User): Promise<void> {
  for (const table of ['auth_passkeys', 'auth_totp', 'auth_recovery_codes'] as const)
    await trx(table).where({ user_id: id }).delete();
}
