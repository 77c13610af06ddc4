/** Erasure and export: what of API keys goes with a person, and what is held about them. Their own go by their foreign key. */
import { isoSeconds } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { DataOfPart } from '../account-data.ts';

export function keyDataOf(db: Services['db'], clock: Services['clock']): DataOfPart {
  return {
    async erase(trx, { id }) {
      await trx('auth_api_keys').where({ made_by: id }).delete();
    },
    async revoke(trx, { id }) {
      await trx('auth_api_keys').where({ user_id: id }).orWhere({ made_by: id }).update({ revoked_at: clock.now() });
    },
    async export({ id }) {
      const keys = await db.read('auth_api_keys').where({ user_id: id }).orderBy('id', 'desc').limit(500);
      return {
        api_keys: keys.map(({ uuid, name, created_at }) => ({ id: uuid, name, created_at: isoSeconds(created_at) })),
      };
    },
  };
}
