/** The tenant of who runs this server: that of the first super-admin. */

import { createRowCache } from '#core/database/row-cache.ts';
import type { Services } from '#core/plugin.ts';
import type { People } from './people.ts';

export interface OperatorTenant {
  /** Its uuid; null while there is no super-admin. */
  id(): Promise<string | null>;
}

export function createOperatorTenant({ db, people }: Services & { people: People }): OperatorTenant {
  const found = createRowCache<'operator', { uuid: string }>(db, () =>
    db
      .read('auth_users')
      .join('auth_tenants', 'auth_tenants.id', 'auth_users.tenant_id')
      .where('auth_users.is_superadmin', 1)
      .orderBy('auth_users.id')
      .first('auth_tenants.uuid as uuid'),
  );
  people.onForget(found.clear);
  return { id: async () => (await found.get('operator'))?.uuid ?? null };
}
