/** Erasure: what goes with a tenant: its licences with their customers' addresses, its products and counts. */
import type { EventHandler } from '#core/plugin.ts';
import { removeLicencesOfTenant } from './licences/erasure.ts';
import { removeProductsOfTenant } from './products/erasure.ts';

export const removeOfTenant: EventHandler<'tenant.deleted'> = async ({ data }, { db }) => {
  await removeLicencesOfTenant(db, data.tenant_id);
  await removeProductsOfTenant(db, data.tenant_id);
};
