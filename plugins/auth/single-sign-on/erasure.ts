/** Erasure: which identities at other providers end when an account is claimed; with a person they go by their foreign key. */
import type { Transaction } from '#core/plugin.ts';
import type { User } from '../contract.ts';

export async function revokeIdentities(trx: Transaction, { id }: User): Promise<void> {
  await trx('auth_oidc_identities').where({ user_id: id }).delete();
}
