/** What is known of somebody: the licences that were issued to them, by who may read licences. */
import type { PageText, PersonSection } from '#core/plugin.ts';
import { EVERY_TENANT, LICENCES_READ, reachOf } from '../access.ts';
import type { LicencesScope } from './services.ts';
import type { LicenceRow, LicenceStatus } from './tables.ts';

type Found = Pick<LicenceRow, 'license_id' | 'status' | 'created_at'> & { name: string | null };

const STATES: Readonly<Record<LicenceStatus, PageText>> = {
  active: { en: 'Active', zh: '有效' },
  expired: { en: 'Expired', zh: '已过期' },
  suspended: { en: 'Suspended', zh: '已暂停' },
  revoked: { en: 'Revoked', zh: '已吊销' },
};

export const THEIR_LICENCES: PersonSection = {
  id: 'licensing.licences',
  title: { en: 'Licences', zh: '许可证' },
  access: LICENCES_READ,
  async find({ principal, addresses, most }, { db }: LicencesScope) {
    const rows = db
      .read('licensing_licences as licence')
      .leftJoin('licensing_products as product', 'product.id', 'licence.product_id')
      .whereIn('licence.email', addresses);
    const reach = reachOf(principal);
    if (reach !== EVERY_TENANT) rows.where('licence.tenant_id', reach);
    const found: Found[] = await rows
      .orderBy('licence.id', 'desc')
      .limit(most + 1)
      .select('licence.license_id', 'licence.status', 'licence.created_at', 'product.name');
    return {
      rows: found.map(({ license_id, status, created_at, name }) => ({
        title: license_id,
        // Without one it is of the default product.
        ...(name !== null && { detail: name }),
        state: { value: status, text: STATES[status] },
        at: Number(created_at),
        path: `/sales/licences/${license_id}`,
      })),
      // The list is narrowed to one address.
      all: addresses.length === 1 ? `/sales/licences?email=${encodeURIComponent(addresses[0] ?? '')}` : null,
    };
  },
};
