/** Erasure: what goes of usage with a tenant, also when it was counted while the tenant was erased. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { EntitlementChanges } from '../entitlement-changes.ts';
import type { ErasedTenants } from '../erased-tenants.ts';

export async function eraseUsage(
  { entitlementChanges, usageMeters }: { entitlementChanges: EntitlementChanges; usageMeters: { invalidate(): void } },
  trx: Transaction,
  tenantId: string,
): Promise<void> {
  await trx('billing_overrides').where({ tenant_id: tenantId }).delete();
  await deleteCounts(trx, [tenantId]);
  await entitlementChanges.announce(trx, tenantId);
  usageMeters.invalidate();
}

/** An erasure is remembered before it deletes anything: who has written too late for it finds it here. */
export async function eraseLateUsage(
  { db, erasedTenants }: Pick<Services, 'db'> & { erasedTenants: ErasedTenants },
  tenantIds: readonly string[],
): Promise<void> {
  const erased = [...(await erasedTenants.among(db.write, tenantIds))];
  if (erased.length > 0) await db.transaction((trx) => deleteCounts(trx, erased));
}

async function deleteCounts(trx: Transaction, tenantIds: readonly string[]): Promise<void> {
  await trx('billing_usage').whereIn('tenant_id', tenantIds).delete();
  await trx('billing_usage_daily').whereIn('tenant_id', tenantIds).delete();
  await trx('billing_usage_history').whereIn('tenant_id', tenantIds).delete();
  await trx('billing_usage_keys').whereIn('tenant_id', tenantIds).delete();
}
