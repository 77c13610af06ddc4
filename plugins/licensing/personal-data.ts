/** What goes when a tenant is gone: its licences with their customers' addresses, its products and counts. */
import type { EventHandler } from '#core/plugin.ts';

const BATCH = 500;

export const removeLicencesOfTenant: EventHandler<'tenant.deleted'> = async ({ data }, { db }) => {
  const where = { tenant_id: data.tenant_id };
  for (let removed = BATCH; removed === BATCH; ) {
    const some = db.write('licensing_licences').where(where).orderBy('id').limit(BATCH).select('id');
    removed = await db.write('licensing_licences').whereIn('id', some).delete();
  }
  await db.write('licensing_products').where(where).delete();
  await db.write('licensing_counts').where(where).delete();
};
