/** Routes of products: a new one, their list, and a change of one. */
import Type from 'typebox';
import { IF_MATCH, listRoute, preconditionOf, route, versioned } from '#core/plugin.ts';
import { LICENCES_MANAGE, LICENCES_READ, scopeOf } from '../access.ts';
import { IdParams } from '../codes.ts';
import { Entitlements, ProductView, productView } from './product-view.ts';
import { LONGEST_LEASE_MS } from './products.ts';
import type { ProductsScope } from './services.ts';
import type { ProductRow } from './tables.ts';

const ProductBody = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  entitlements: Type.Optional(Entitlements),
  current_version: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
  device_policy: Type.Optional(Type.Enum(['refuse', 'replace_oldest'])),
  floating: Type.Optional(Type.Boolean()),
  lease_seconds: Type.Optional(Type.Integer({ minimum: 30, maximum: LONGEST_LEASE_MS / 1000 })),
  trial_days: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })),
  offline_days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3660 })),
  grace_days: Type.Optional(Type.Integer({ minimum: 0, maximum: 365 })),
};

export const productRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/licensing/products',
    access: LICENCES_MANAGE,
    summary: 'A new product',
    body: Type.Object({ code: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' }), ...ProductBody }),
    responses: { 201: ProductView },
    async handler({ body, principal }, { products }: ProductsScope) {
      const { code, ...wish } = body;
      return productView(await products.create(principal.tenantId, code, wish));
    },
  }),
  listRoute({
    path: '/api/platform/licensing/products',
    access: LICENCES_READ,
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
    rows({ principal }, { db }: ProductsScope) {
      const rows = db.read('licensing_products');
      const scope = scopeOf(principal);
      return scope === undefined ? rows : rows.where({ tenant_id: scope ?? '' });
    },
    items: (rows: ProductRow[]) => rows.map(productView),
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/licensing/products/{id}',
    access: LICENCES_MANAGE,
    summary: 'Changes a product; licences keep the device rules they were made with',
    params: IdParams,
    body: Type.Object(ProductBody),
    requestHeaders: IF_MATCH,
    responses: { 200: ProductView },
    async handler({ params, body, principal, ctx }, { products }: ProductsScope) {
      const unchanged = preconditionOf(ctx);
      const product = await products.change(scopeOf(principal), params.id, body, unchanged);
      return versioned(product, productView(product));
    },
  }),
];
