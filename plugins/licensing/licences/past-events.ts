/** The last licences that were made, and that ended, as their events told of them. */
import type { PastEventsTeller } from '#core/plugin.ts';
import { eventOf } from './events.ts';
import type { LicencesScope } from './services.ts';

const NEWEST = 1_000;

type LicenceType = 'licence.issued' | 'licence.expiring' | 'licence.expired';

export const PAST_LICENCES: { [T in LicenceType]: PastEventsTeller<T> } = {
  'licence.issued': ({ tenantId, most }, scope: LicencesScope) => last(scope, tenantId, most, 'issued_at'),
  'licence.expiring': ({ tenantId, most }, scope: LicencesScope) => last(scope, tenantId, most, 'reminded_for'),
  'licence.expired': ({ tenantId, most }, scope: LicencesScope) => last(scope, tenantId, most, 'expired'),
};

async function last(
  { db }: LicencesScope,
  tenantId: string | null,
  most: number,
  of: 'issued_at' | 'reminded_for' | 'expired',
) {
  const query = db.read('licensing_licences').orderBy('id', 'desc').limit(most);
  if (tenantId !== null) query.where({ tenant_id: tenantId });
  if (of === 'reminded_for') {
    const newest = db.read('licensing_licences').orderBy('id', 'desc').limit(NEWEST).select('id');
    if (tenantId !== null) newest.where({ tenant_id: tenantId });
    // No index says who was reminded: it is looked for among so many.
    query.whereIn('id', db.read.from(newest.as('newest')).select('id')).whereNotNull('reminded_for');
  }
  if (of === 'expired') query.where({ status: 'expired' });
  return (await query).map((licence) => ({
    key: licence.license_id,
    at: Number(of === 'issued_at' ? licence.issued_at : (licence.valid_until ?? licence.issued_at)),
    tenantId: licence.tenant_id,
    subject: licence.license_id,
    data: eventOf(licence),
  }));
}
