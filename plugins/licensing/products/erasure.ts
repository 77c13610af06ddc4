/** Products that go with their tenant. */
import type { Database } from '#core/plugin.ts';

export async function removeProductsOfTenant(db: Database, tenantId: string): Promise<void> {
  await db.write('licensing_products').where({ tenant_id: tenantId }).delete();
}
