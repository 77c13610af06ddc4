/** Products: what a licence is for, and the rules that its licences follow. Table: licensing_products. */
import type { Services, Transaction } from '#core/plugin.ts';
import { licensingErrors } from '../errors.ts';
import type { ProductRow } from './tables.ts';

export type Entitlements = Record<string, unknown>;

export interface Products {
  /** By its id or, in a tenant, its code. Throws `PRODUCT_NOT_FOUND`. */
  find(trx: Transaction | null, tenantId: string | null, id: string): Promise<ProductRow>;
  /** By its public id, whoever's it is; for callers that have no account. Throws `PRODUCT_NOT_FOUND`. */
  findPublic(id: string): Promise<ProductRow>;
  /** The rules of a licence: its product's, or those of the default product. */
  rulesOf(licence: OfProduct, trx?: Transaction): Promise<ProductRules>;
}

/** What a licence says of its product. */
interface OfProduct {
  /** Null: the default product. */
  product_id: number | null;
  /** JSON; null: those of the product. */
  entitlements: string | null;
}

export interface ProductRules {
  code: string;
  /** Public id; null for the default product. */
  productId: string | null;
  name: string;
  entitlements: Entitlements;
  currentVersion: string | null;
  leaseSeconds: number;
  offlineDays: number;
  graceDays: number;
}

/** No lease lasts longer. */
export const LONGEST_LEASE_MS = 7 * 24 * 3600_000;

/** The rules of a product that says nothing of them, and of a licence without one: the licence document knows none. */
export const DEFAULT = {
  current_version: null,
  device_policy: 'refuse',
  lease_seconds: 600,
  trial_days: 0,
  offline_days: 30,
  grace_days: 7,
} as const;
/** Of the product of a licence that has none. */
export const DEFAULT_CODE = 'default';
const DEFAULT_RULES: ProductRules = {
  code: DEFAULT_CODE,
  productId: null,
  name: 'default',
  entitlements: {},
  currentVersion: null,
  leaseSeconds: DEFAULT.lease_seconds,
  offlineDays: DEFAULT.offline_days,
  graceDays: DEFAULT.grace_days,
};

export function createProducts({ db }: Services): Products {
  return { find, findPublic, rulesOf };

  async function find(trx: Transaction | null, tenantId: string | null, id: string): Promise<ProductRow> {
    const product = await (trx ?? db.read)('licensing_products')
      .where({ tenant_id: tenantId ?? '' })
      .where((either) => either.where({ code: id }).orWhere({ product_id: id }))
      .first();
    if (!product) throw licensingErrors.PRODUCT_NOT_FOUND();
    return product;
  }

  async function findPublic(id: string): Promise<ProductRow> {
    const product = await db.read('licensing_products').where({ product_id: id }).first();
    if (!product) throw licensingErrors.PRODUCT_NOT_FOUND();
    return product;
  }

  async function rulesOf({ product_id, entitlements }: OfProduct, trx?: Transaction): Promise<ProductRules> {
    const product = product_id && (await (trx ?? db.read)('licensing_products').where({ id: product_id }).first());
    const own: Entitlements | null = entitlements === null ? null : JSON.parse(entitlements);
    if (!product) return { ...DEFAULT_RULES, entitlements: own ?? {} };
    return {
      code: product.code,
      productId: product.product_id,
      name: product.name,
      entitlements: { ...JSON.parse(product.entitlements), ...own },
      currentVersion: product.current_version,
      leaseSeconds: product.lease_seconds,
      offlineDays: product.offline_days,
      graceDays: product.grace_days,
    };
  }
}
