/** Licences: issuing, listing, finding, and what the clock does to them. Table: licensing_licences. */
import { DAY_MS, type Done, forEachIsolated } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { EVERY_TENANT, type Reach } from '../access.ts';
import { newActivationCode, newLicenceId, normalCode } from '../codes.ts';
import { licensingErrors } from '../errors.ts';
import type { Entitlements, Products } from '../products/products.ts';
import type { ProductRow } from '../products/tables.ts';
import { addCounts, countsOf, readCounts } from './counts.ts';
import { eventOf } from './events.ts';
import { type ExpiringLicence, idsOf, nextExpiring } from './expiring-licences.ts';
import { changeLicence, doneBefore, historyKey, recordHistory } from './licence-rows.ts';
import { nextStatus } from './states.ts';
import type { LicenceRow, LicenceStatus, Plan } from './tables.ts';

export interface NewLicence {
  plan: Plan;
  email: string;
  deviceCap?: number;
  /** Instead of the plan's own; without meaning for `lifetime`. */
  days?: number;
  userHint?: string;
  /** Code or id of one of the tenant's products; without it the default product. */
  product?: string;
  /** On top of the product's. */
  entitlements?: Entitlements;
  maxVersion?: string;
  /** A second one of the same tenant with the same key gives the first one's licence. */
  idempotencyKey?: string;
}

export interface Licences {
  /** Throws `PRODUCT_NOT_FOUND`, `limit_exceeded`. */
  generate(tenantId: string | null, wish: NewLicence): Promise<LicenceRow>;
  /** The same inside a transaction that has looked at the product. Throws `limit_exceeded`. */
  issue(
    trx: Transaction,
    tenantId: string | null,
    wish: NewLicence,
    product: ProductRow | null,
    isTrial: boolean,
  ): Promise<LicenceRow>;
  list(reach: Reach, filter: { status?: LicenceStatus; limit: number; offset: number }): Promise<LicenceRow[]>;
  stats(reach: Reach): Promise<{
    total_licenses: number;
    active_licenses: number;
    plan_statistics: Record<Plan, number>;
    active_devices: number;
  }>;
  /** Throws `LICENCE_NOT_FOUND`. */
  find(reach: Reach, licenseId: string): Promise<LicenceRow>;
  /** Marks those whose time is over, so many at once. */
  expireSome(size: number): Promise<Done>;
  /** Takes that back of those whose time is not over, since a clock that was ahead has marked them. */
  reinstateSome(size: number): Promise<Done>;
}

export const DEFAULT_DAYS: Record<Plan, number | null> = { monthly: 30, yearly: 365, lifetime: null };
export const DEFAULT_DEVICE_CAP = 5;

export function createLicences({
  db,
  clock,
  log,
  events,
  usage,
  products,
}: Services & { products: Products }): Licences {
  return { generate, issue, list, stats, find, expireSome, reinstateSome };

  async function generate(tenantId: string | null, wish: NewLicence): Promise<LicenceRow> {
    return db.transaction(async (trx) => {
      const key = historyKey('generate', wish.idempotencyKey);
      // Whoever comes with the same key at the same instant waits, and finds ours.
      if (key && db.client === 'pg') await trx.raw('select pg_advisory_xact_lock(hashtext(?))', [key]);
      const earlier = await doneBefore(trx, key);
      if (earlier) return earlier;
      const product = wish.product ? await products.find(trx, tenantId, wish.product) : null;
      return issue(trx, tenantId, wish, product, false);
    });
  }

  async function issue(
    trx: Transaction,
    tenantId: string | null,
    wish: NewLicence,
    product: ProductRow | null,
    isTrial: boolean,
  ): Promise<LicenceRow> {
    const now = clock.now();
    const days = wish.plan === 'lifetime' ? null : (wish.days ?? DEFAULT_DAYS[wish.plan]);
    const activationCode = newActivationCode();
    const [licence] = await trx('licensing_licences')
      .insert({
        license_id: await freeLicenceId(trx),
        tenant_id: tenantId,
        activation_code: activationCode,
        code: normalCode(activationCode),
        email: wish.email.trim().toLowerCase(),
        plan: wish.plan,
        device_cap: wish.deviceCap ?? DEFAULT_DEVICE_CAP,
        user_hint: wish.userHint ?? '',
        status: 'active',
        issued_at: now,
        valid_until: days === null ? null : now + days * DAY_MS,
        active_devices: 0,
        product_id: product?.id ?? null,
        is_trial: Number(isTrial),
        is_floating: product?.is_floating ?? 0,
        replaces_oldest: Number(product?.device_policy === 'replace_oldest'),
        entitlements: wish.entitlements ? JSON.stringify(wish.entitlements) : null,
        max_version: wish.maxVersion ?? null,
        created_at: now,
        updated_at: now,
      })
      .returning('*');
    if (!licence) throw new Error('The licence was not stored');
    await addCounts(usage, trx, tenantId, countsOf(licence));
    const detail = { plan: licence.plan, valid_until: licence.valid_until, product: product?.code, trial: isTrial };
    await recordHistory(trx, licence, {
      what: 'issued',
      detail,
      at: now,
      idempotencyKey: historyKey('generate', wish.idempotencyKey),
    });
    await events.emit(trx, 'licence.issued', eventOf(licence), { tenantId, subject: licence.license_id });
    return licence;
  }

  async function list(reach: Reach, { status, limit, offset }: Parameters<Licences['list']>[1]): Promise<LicenceRow[]> {
    const ids = db.read('licensing_licences').orderBy('id', 'desc').limit(limit).offset(offset).select('id');
    if (reach !== EVERY_TENANT) ids.where({ tenant_id: reach });
    if (status) ids.where({ status });
    // What a page skips is counted in the narrow index alone.
    return db.read('licensing_licences').whereIn('id', ids).orderBy('id', 'desc');
  }

  async function stats(reach: Reach) {
    const counts = await readCounts(db, reach);
    const count = (name: string): number => counts.get(name) ?? 0;
    return {
      total_licenses: count('total'),
      active_licenses: count('status.active'),
      plan_statistics: {
        monthly: count('plan.monthly'),
        yearly: count('plan.yearly'),
        lifetime: count('plan.lifetime'),
      },
      active_devices: count('devices'),
    };
  }

  async function find(reach: Reach, licenseId: string): Promise<LicenceRow> {
    const query = db.read('licensing_licences').where({ license_id: licenseId });
    if (reach !== EVERY_TENANT) query.where({ tenant_id: reach });
    const licence = await query.first();
    if (!licence) throw licensingErrors.LICENCE_NOT_FOUND();
    return licence;
  }

  /** What is over stays over when this runs late: verification looks at the time itself. */
  function expireSome(size: number): Promise<Done> {
    const over = () =>
      db.write('licensing_licences').where({ status: 'active' }).where('valid_until', '<=', clock.now());
    return forEachIsolated<ExpiringLicence>({
      size,
      log,
      failure: 'A licence that is over could not be marked so',
      next: (after, most) => nextExpiring(over(), after, most),
      work: { group: (some) => db.transaction((trx) => expire(trx, idsOf(some))) },
    });
  }

  function reinstateSome(size: number): Promise<Done> {
    const early = () =>
      db.write('licensing_licences').where({ status: 'expired' }).where('valid_until', '>', clock.now());
    return forEachIsolated<ExpiringLicence>({
      size,
      log,
      failure: 'A licence that was marked as over too early could not be put right',
      next: (after, most) => nextExpiring(early(), after, most),
      work: { group: (some) => db.transaction((trx) => reinstate(trx, idsOf(some))) },
    });
  }

  async function reinstate(trx: Transaction, ids: number[]): Promise<void> {
    const now = clock.now();
    const query = trx('licensing_licences')
      .whereIn('id', ids)
      .where({ status: 'expired' })
      .where('valid_until', '>', now)
      .orderBy(['tenant_id', 'id']);
    if (db.client === 'pg') query.forUpdate().skipLocked();
    for (const licence of await query) {
      const status = nextStatus('reinstate', licence.status);
      if (!status) continue;
      await changeLicence({ clock, usage }, trx, licence, { status });
      await recordHistory(trx, licence, { what: 'reinstated', detail: {}, at: now });
    }
  }

  async function expire(trx: Transaction, ids: number[]): Promise<void> {
    const now = clock.now();
    const query = trx('licensing_licences')
      .whereIn('id', ids)
      .where({ status: 'active' })
      .where('valid_until', '<=', now)
      .orderBy(['tenant_id', 'id']);
    if (db.client === 'pg') query.forUpdate().skipLocked();
    for (const licence of await query) {
      const status = nextStatus('expire', licence.status);
      if (!status) continue;
      await changeLicence({ clock, usage }, trx, licence, { status });
      await recordHistory(trx, licence, { what: 'expired', detail: {}, at: now });
      const options = { tenantId: licence.tenant_id, subject: licence.license_id };
      await events.emit(trx, 'licence.expired', eventOf(licence), options);
    }
  }
}

/** Eight characters can meet by chance once there are a million of them. */
export async function freeLicenceId(trx: Transaction): Promise<string> {
  for (;;) {
    const license_id = newLicenceId();
    if (!(await trx('licensing_licences').where({ license_id }).first('id'))) return license_id;
  }
}
