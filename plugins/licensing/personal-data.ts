/** What goes when a tenant is gone: its licences with their customers' addresses, its products and counts. */
import { deleteInSteps } from '#core/kit.ts';
import type { EventHandler } from '#core/plugin.ts';

export const removeLicencesOfTenant: EventHandler<'tenant.deleted'> = async ({ data }, { db }) => {
  const where = { tenant_id: data.tenant_id };
  await deleteInSteps(db, 'licensing_licences', 'id', (rows) => rows.where(where));
  await db.write('licensing_products').where(where).delete();
  await db.write('licensing_counts').where(where).delete();
};
