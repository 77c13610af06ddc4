/** Licences that go with their tenant, and with them their customers' addresses, devices and history. */
import { deleteInSteps } from '#core/kit.ts';
import type { Database } from '#core/plugin.ts';

export async function removeLicencesOfTenant(db: Database, tenantId: string): Promise<void> {
  await deleteInSteps(db, 'licensing_licences', 'id', (rows) => rows.where({ tenant_id: tenantId }));
  await db.write('licensing_counts').where({ tenant_id: tenantId }).delete();
}
