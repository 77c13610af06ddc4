/** Routes of products: a new one, their list, and a change of one. */
import Type from 'typebox';
import { resource } from '#core/plugin.ts';
import { EVERY_TENANT, LICENCES_MANAGE, LICENCES_READ, reachOf } from '../access.ts';
import { newProductId } from '../codes.ts';
import { licensingErrors } from '../errors.ts';
import { Entitlements } from './entitlements.ts';
import { DEFAULT, LONGEST_LEASE_MS } from './products.ts';
import type { ProductsScope } from './services.ts';

const POLICIES = ['refuse', 'replace_oldest'] as const;

const products = resource({
  path: '/api/platform/licensing/products',
  table: 'licensing_products',
  read: LICENCES_READ,
  write: LICENCES_MANAGE,
  id: { column: 'product_id', name: 'product_id', create: newProductId },
  fields: {
    code: {
      schema: Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' }),
      isFixed: true,
      list: { type: 'text', filter: 'prefix', sort: true, description: 'The beginning of the code' },
    },
    name: {
      schema: Type.String({ minLength: 1, maxLength: 200 }),
      default: '',
      list: { type: 'text', sort: true },
    },
    entitlements: { schema: Entitlements, shown: Entitlements, default: {}, as: 'json' },
    current_version: {
      schema: Type.Union([Type.String({ maxLength: 64 }), Type.Null()]),
      default: DEFAULT.current_version,
    },
    device_policy: {
      schema: Type.Enum([...POLICIES]),
      shown: Type.String(),
      default: DEFAULT.device_policy,
      list: { type: 'text', filter: 'equals', values: POLICIES },
    },
    floating: {
      schema: Type.Boolean(),
      column: 'is_floating',
      as: 'flag',
      default: false,
      list: { type: 'boolean', filter: 'equals' },
    },
    lease_seconds: {
      schema: Type.Integer({ minimum: 30, maximum: LONGEST_LEASE_MS / 1000 }),
      default: DEFAULT.lease_seconds,
    },
    trial_days: { schema: Type.Integer({ minimum: 0, maximum: 365 }), default: DEFAULT.trial_days },
    offline_days: { schema: Type.Integer({ minimum: 1, maximum: 3660 }), default: DEFAULT.offline_days },
    grace_days: { schema: Type.Integer({ minimum: 0, maximum: 365 }), default: DEFAULT.grace_days },
  },
  columns: { created_at: { type: 'time', filter: 'range' } },
  search: {
    description: 'A code, a product id, or a name as it is spelt',
    find(rows, text) {
      const wanted = text.trim();
      rows.where((either) =>
        either.where({ code: wanted.toLowerCase() }).orWhere({ product_id: wanted }).orWhere({ name: wanted }),
      );
    },
  },
  summaries: {
    list: 'Products, newest first',
    create: 'A new product',
    change: 'Changes a product; licences keep the device rules they were made with',
  },
  errors: { notFound: licensingErrors.PRODUCT_NOT_FOUND, exists: licensingErrors.PRODUCT_EXISTS },
  owner: ({ tenantId }) => ({ tenant_id: tenantId ?? '' }),
  seen(principal) {
    const reach = reachOf(principal);
    return reach === EVERY_TENANT ? {} : { tenant_id: reach ?? '' };
  },
  before: ({ name, code }, { verb }) => (verb === 'create' && name === undefined ? { name: code } : {}),
  async after({ product_id, tenant_id }, { verb, trx, principal }, services) {
    const { auditLog } = services as ProductsScope;
    const action = verb === 'create' ? 'product.created' : 'product.changed';
    const about = { tenantId: tenant_id, targetType: 'product', targetId: product_id };
    await auditLog.record({ action, actor: principal, ...about }, trx);
  },
});

export const ProductView = products.schema;
export const productRoutes = products.routes;
