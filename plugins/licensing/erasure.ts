/** Erasure: what goes with a tenant: its licences with their customers' addresses, devices and history, its counts and products. */
import { deleteInSteps } from '#core/kit.ts';
import type { EventHandler } from '#core/plugin.ts';

export const removeOfTenant: EventHandler<'tenant.deleted'> = async ({ data: { tenant_id } }, { db }) => {
  await deleteInSteps(db, 'licensing_licences', 'id', (rows) => rows.where({ tenant_id }));
  await db.write('licensing_products').where({ tenant_id }).delete();
  // Last: a trial that is given meanwhile is counted until its product is gone.
  await db.write('licensing_counts').where({ tenant_id }).delete();
};
