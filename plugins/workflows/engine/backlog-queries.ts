/** How open executions are read: tenant after tenant, each by the index of its own. */
import type { Knex } from 'knex';
import type { Database } from '#core/plugin.ts';

/** As the index says it, to the letter: bound values would keep SQLite from using it. */
const OPEN = "status in ('pending', 'running')";

/** Tenants that have open executions, in the order of the index, after the one that is given. */
export async function tenantsWithOpen(db: Database, after: string | null, limit: number): Promise<string[]> {
  const first = after === null ? '' : 'and tenant_id > ?';
  // One step of the index for each, however many executions they have.
  const sql = `
    with recursive tenants (tenant_id, place) as (
      select * from (
        select tenant_id, 1 from workflows_executions where ${OPEN} ${first} order by tenant_id limit 1
      ) as first_one
      union all
      select (
        select e.tenant_id from workflows_executions e
        where e.${OPEN} and e.tenant_id > tenants.tenant_id order by e.tenant_id limit 1
      ), place + 1
      from tenants where tenants.tenant_id is not null and place < ?
    )
    select tenant_id from tenants where tenant_id is not null order by place`;
  const found = await db.write.raw(sql, after === null ? [limit] : [after, limit]);
  const rows: { tenant_id: string }[] = db.client === 'pg' ? found.rows : found;
  return rows.map(({ tenant_id }) => tenant_id);
}

/** Its open executions but for those named, and for those that a used up limit of their workflow keeps back. */
export function openRowsOf(
  db: Database,
  tenantId: string,
  but: readonly string[],
  blockedSlots: readonly string[],
): Knex.QueryBuilder {
  const query = db
    .write('workflows_executions')
    .where({ tenant_id: tenantId })
    .whereRaw(OPEN)
    .whereNotIn('id', but)
    .orderBy([{ column: 'priority', order: 'desc' }, { column: 'seq' }]);
  if (blockedSlots.length === 0) return query;
  // One that runs has its place already.
  return query.where((row) => row.whereNot('status', 'pending').orWhereNull('slot').orWhereNotIn('slot', blockedSlots));
}
