/** Licences in the order in which they end: what sweeps of them read, by the index of it, and no more than they take. */
import type { Knex } from 'knex';
import type { LicenceRow } from './tables.ts';

export interface ExpiringLicence {
  id: number;
  valid_until: number;
}

/** The next ones of a query on licences of one status with bounds of their end. */
export async function nextExpiring(
  query: Knex.QueryBuilder<LicenceRow>,
  after: ExpiringLicence | null,
  most: number,
): Promise<ExpiringLicence[]> {
  if (after) query.whereRaw('(valid_until, id) > (?, ?)', [after.valid_until, after.id]);
  return query.orderBy(['valid_until', 'id']).limit(most).select('id', 'valid_until');
}

export function idsOf(some: readonly ExpiringLicence[]): number[] {
  return some.map(({ id }) => id);
}
