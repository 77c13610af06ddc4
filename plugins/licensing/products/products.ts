/** Products: what a licence is for, and the rules that its licences follow. Table: licensing_products. */
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import type { Scope } from '../access.ts';
import { newProductId } from '../codes.ts';
import { licensingErrors } from '../errors.ts';
import type { ProductRow } from './tables.ts';

export type Entitlements = Record<string, unknown>;

/** What is set of a product, by the names of the API. */
export interface ProductWish
  extends Partial<
    Pick<
      ProductRow,
      'name' | 'current_version' | 'device_policy' | 'lease_seconds' | 'trial_days' | 'offline_days' | 'grace_days'
    >
  > {
  entitlements?: Entitlements;
  floating?: boolean;
}

export interface Products {
  /** Throws `PRODUCT_EXISTS` when the tenant has one with this code. */
  create(tenantId: string | null, code: string, wish: ProductWish): Promise<ProductRow>;
  /**
   * Its licences keep the rules they were made with, except entitlements and offline days. Throws `PRODUCT_NOT_FOUND`, and
   * what `unchanged` does.
   */
  change(scope: Scope, id: string, wish: ProductWish, unchanged: Precondition): Promise<ProductRow>;
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

/** What a licence without a product follows: the licence document knows none. */
const DEFAULT = {
  entitlements: '{}',
  current_version: null,
  device_policy: 'refuse',
  is_floating: 0,
  lease_seconds: 600,
  trial_days: 0,
  offline_days: 30,
  grace_days: 7,
} as const;
const DEFAULT_RULES: ProductRules = {
  code: 'default',
  productId: null,
  name: 'default',
  entitlements: {},
  currentVersion: null,
  leaseSeconds: DEFAULT.lease_seconds,
  offlineDays: DEFAULT.offline_days,
  graceDays: DEFAULT.grace_days,
};

export function createProducts({ db, clock }: Services): Products {
  return { create, change, find, findPublic, rulesOf };

  async function create(tenantId: string | null, code: string, wish: ProductWish): Promise<ProductRow> {
    const now = clock.now();
    const row = { ...DEFAULT, name: code, ...columnsOf(wish), created_at: now, updated_at: now };
    const [product] = await db
      .write('licensing_products')
      .insert({ ...row, product_id: newProductId(), tenant_id: tenantId ?? '', code })
      .onConflict(['tenant_id', 'code'])
      .ignore()
      .returning('*');
    if (!product) throw licensingErrors.PRODUCT_EXISTS();
    return product;
  }

  function change(scope: Scope, id: string, wish: ProductWish, unchanged: Precondition): Promise<ProductRow> {
    return db.transaction(async (trx) => {
      const query = trx('licensing_products').where({ product_id: id });
      if (scope !== undefined) query.where({ tenant_id: scope ?? '' });
      const before = await query.forUpdate().first();
      if (!before) throw licensingErrors.PRODUCT_NOT_FOUND();
      unchanged(before);
      const change = { ...columnsOf(wish), updated_at: clock.now() };
      const [product] = await trx('licensing_products').where({ id: before.id }).update(change).returning('*');
      return product ?? before;
    });
  }

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

function columnsOf({ entitlements, floating, ...columns }: ProductWish): Partial<ProductRow> {
  return {
    ...columns,
    ...(entitlements !== undefined && { entitlements: JSON.stringify(entitlements) }),
    ...(floating !== undefined && { is_floating: Number(floating) }),
  };
}
