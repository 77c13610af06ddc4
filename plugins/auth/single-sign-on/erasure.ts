/** Erasure and export of identities at other providers; with a person they go by their foreign key. */
import type { Database } from '#core/plugin.ts';
import type { DataOfPart } from '../account-data.ts';

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
