/** Erasure and export: of consents, what says who has given them goes with the person, and the rest with the tenant. */
import type { Database } from '#core/plugin.ts';
import type { DataOfPart } from '../account-data.ts';

export function consentDataOf({ read }: Database): DataOfPart {
  return {
    async erase(trx, { id }) {
      await trx('auth_consents').where({ user_id: id }).update({ user_id: null, ip: '', user_agent: '' });
    },
    async eraseTenant(trx, tenant_id) {
      await trx('auth_consents').where({ tenant_id }).delete();
    },
    async export({ id }) {
      const consents = await read('auth_consents')
        .where({ user_id: id })
        .select('type', 'version', 'granted', 'ip', 'user_agent', 'created_at');
      return { consents };
    },
  };
}
