/** What plans may count of licensing: licences that are active, so neither expired nor suspended nor revoked. */
import type { Knex } from 'knex';
import type { Meter } from '#core/plugin.ts';

export const LICENCES = 'licences';

export const LICENCE_METERS: readonly Meter[] = [
  { name: LICENCES, summary: 'Active licences', period: 'current', present: activeLicencesOf },
];

/** By the counts that are kept up with every licence. */
async function activeLicencesOf(on: Knex, tenantId: string | null): Promise<ReadonlyMap<string, number>> {
  const query = on('licensing_counts').where({ name: 'status.active' }).whereNot({ tenant_id: '' });
  if (tenantId !== null) query.where({ tenant_id: tenantId });
  const rows = await query.select('tenant_id', 'value');
  return new Map(rows.map(({ tenant_id, value }) => [tenant_id, Math.max(0, Number(value))]));
}
