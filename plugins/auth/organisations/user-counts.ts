/** How many people tenants have. */
import type { Database } from '#core/plugin.ts';

/** By the tenants' keys; those without people are missing. */
export async function userCounts({ read }: Database, tenantIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await read('auth_users')
    .whereIn('tenant_id', tenantIds)
    .groupBy('tenant_id')
    .select('tenant_id')
    .count({ total: '*' });
  return new Map(rows.map((row) => [row.tenant_id, Number(row.total)]));
}
