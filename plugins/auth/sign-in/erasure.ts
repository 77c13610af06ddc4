/** Erasure and export: the code for the phone of a person goes with them; identities at other providers by their foreign key. */
import type { Database, Transaction } from '#core/plugin.ts';
import type { DataOfPart } from '../account-data.ts';
import type { User } from '../contract.ts';

export async function erasePhoneCodes(trx: Transaction, { phone }: User): Promise<void> {
  if (phone) await trx('auth_phone_codes').where({ phone }).delete();
}

export function identityDataOf({ read }: Database): DataOfPart {
  return {
    async revoke(trx, { id }) {
      await trx('auth_oidc_identities').where({ user_id: id }).delete();
    },
    async export({ id }) {
      const identities = read('auth_oidc_identities').where({ user_id: id });
      return { providers: await identities.select('provider', 'subject', 'created_at') };
    },
  };
}
