/** The list of products, for the people who administer licences. */
import { listRoute } from '#core/plugin.ts';
import { ProductView, productView } from '../product-view.ts';
import type { LicensingScope } from '../scope.ts';
import { MANAGER_ROLES, scopeOf } from '../services/licence-rows.ts';
import type { ProductRow } from '../tables.ts';

export const productList = listRoute({
  path: '/api/platform/licensing/products',
  access: { scope: 'licenses:read', roles: MANAGER_ROLES },
  summary: 'Products, newest first',
  item: ProductView,
  columns: {
    code: { type: 'text', filter: 'prefix', sort: true, description: 'The beginning of the code' },
    name: { type: 'text', sort: true },
    floating: { type: 'boolean', column: 'is_floating', filter: 'equals' },
    device_policy: { type: 'text', filter: 'equals', values: ['refuse', 'replace_oldest'] },
    created_at: { type: 'time', filter: 'range' },
  },
  search: {
    description: 'A code, a product id, or a name as it is spelt',
    find(rows, text) {
      const wanted = text.trim();
      rows.where((either) =>
        either.where({ code: wanted.toLowerCase() }).orWhere({ product_id: wanted }).orWhere({ name: wanted }),
      );
    },
  },
  rows({ principal }, { db }: LicensingScope) {
    const rows = db.read('licensing_products');
    const scope = scopeOf(principal);
    return scope === undefined ? rows : rows.where({ tenant_id: scope ?? '' });
  },
  items: (rows: ProductRow[]) => rows.map(productView),
});
