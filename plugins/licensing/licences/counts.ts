/** Counts that are kept up in the transactions that change them, so that statistics scan nothing. Table: licensing_counts. */
import type { Usage } from '#core/kit.ts';
import type { Database, Transaction } from '#core/plugin.ts';
import { EVERY_TENANT, type Reach } from '../access.ts';
import { LICENCES } from './meters.ts';
import type { LicenceRow } from './tables.ts';

/**
 * Adds to counts of a tenant. Rows are made when they are missing. Licences that become active are counted against the
 * tenant's plan, and given back when they are it no longer. Throws `limit_exceeded`.
 */
export async function addCounts(
  usage: Usage,
  trx: Transaction,
  tenantId: string | null,
  changes: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [name, value] of Object.entries(changes).sort()) {
    if (value === 0) continue;
    await trx('licensing_counts')
      .insert({ tenant_id: tenantId ?? '', name, value })
      .onConflict(['tenant_id', 'name'])
      .merge({ value: trx.raw('licensing_counts.value + ?', [value]) });
  }
  // Last, so that all take their locks in one order.
  const active = changes['status.active'] ?? 0;
  if (active > 0) await usage.consume(trx, { tenantId, meter: LICENCES, amount: active });
  if (active < 0) await usage.giveBack(trx, { tenantId, meter: LICENCES, amount: -active });
}

/** What a licence is counted under. */
export function countsOf({ plan, status }: Pick<LicenceRow, 'plan' | 'status'>): Record<string, number> {
  return { total: 1, [`plan.${plan}`]: 1, [`status.${status}`]: 1 };
}

/** All counts of a tenant; of everybody with `EVERY_TENANT`. */
export async function readCounts(db: Database, reach: Reach): Promise<Map<string, number>> {
  const query = db.read('licensing_counts').groupBy('name').select('name').sum({ value: 'value' });
  if (reach !== EVERY_TENANT) query.where({ tenant_id: reach ?? '' });
  const rows = await query;
  return new Map(rows.map(({ name, value }) => [name, Number(value ?? 0)]));
}
