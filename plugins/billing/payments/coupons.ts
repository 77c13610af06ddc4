/** Coupons: what they take off, how often, until when. Table: billing_coupons. */
import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';
import { isUniqueViolation } from '#core/kit.ts';
import type { Precondition, Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Origin } from '../access.ts';
import { monthsOf } from '../calendar.ts';
import type { BillingConfig } from '../config.ts';
import type { CouponRow, Cycle } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import { minorUnits } from '../money.ts';
import type { RedemptionRow } from './tables.ts';

export interface CouponWish {
  code: string;
  percent_off?: number;
  /** In the major unit. */
  amount_off?: number;
  currency?: string;
  duration: CouponRow['duration'];
  duration_in_months?: number;
  max_redemptions?: number;
  expires_at?: string;
}

export interface Coupons {
  /** By code or uuid. Throws `coupon_not_found`. */
  find(id: string): Promise<CouponRow>;
  create(actor: Principal, wish: CouponWish, origin: Origin): Promise<CouponRow>;
  /** Throws what `unchanged` does, asked of the coupon's terms. */
  change(
    actor: Principal,
    id: string,
    patch: { is_active?: boolean; max_redemptions?: number | null; expires_at?: string | null },
    origin: Origin,
    unchanged: Precondition,
  ): Promise<CouponRow>;
  /** Takes it out of use; those who redeemed it keep it. */
  remove(actor: Principal, id: string, origin: Origin, unchanged: Precondition): Promise<void>;
  /** The coupon for a checkout; of nobody yet without a tenant. Throws `coupon_not_valid`. */
  usable(code: string, currency: string, tenantId: string | null): Promise<UsableCoupon>;
  /**
   * Counts so many months of it for the tenant, and the tenant once. Gives how many it has left after that (meant for
   * `repeating`), or false when it was used up. With the tenant's subscription locked.
   */
  redeem(trx: Transaction, coupon: CouponRow, tenantId: string, months: number): Promise<number | false>;
  /** A renewal that it counted for. */
  countRenewal(trx: Transaction, key: number, tenantId: string, months: number): Promise<void>;
}

export interface UsableCoupon {
  coupon: CouponRow;
  /** For how many months the tenant may use it; null when it is not counted by months. */
  months: number | null;
}

export function createCoupons({
  db,
  clock,
  auditLog,
  config,
}: Services & AuthServices & { config: BillingConfig }): Coupons {
  return { find, create, change, remove, usable, redeem, countRenewal };

  async function find(id: string): Promise<CouponRow> {
    const row = await db
      .read('billing_coupons')
      .where({ code: normal(id) })
      .orWhere({ uuid: id })
      .first();
    if (!row) throw billingErrors.coupon_not_found();
    return row;
  }

  async function create(actor: Principal, wish: CouponWish, origin: Origin): Promise<CouponRow> {
    if ((wish.percent_off === undefined) === (wish.amount_off === undefined)) throw billingErrors.coupon_wrong();
    if ((wish.duration === 'repeating') !== (wish.duration_in_months !== undefined))
      throw billingErrors.coupon_wrong({
        message: 'duration_in_months belongs to duration: repeating, and only there',
      });
    const currency = wish.currency ?? config.currency;
    const row = {
      uuid: uuidv7(),
      code: normal(wish.code),
      percent_off: wish.percent_off ?? null,
      amount_off: wish.amount_off === undefined ? null : minorUnits(wish.amount_off, currency),
      currency,
      duration: wish.duration,
      duration_in_months: wish.duration_in_months ?? null,
      max_redemptions: wish.max_redemptions ?? null,
      times_redeemed: 0,
      expires_at: wish.expires_at ? Date.parse(wish.expires_at) : null,
      is_active: 1,
      created_at: clock.now(),
    };
    return db
      .transaction(async (trx) => {
        const [coupon] = await trx('billing_coupons').insert(row).returning('*');
        if (!coupon) throw new Error('The coupon was not stored');
        await audit(trx, actor, 'coupon.created', coupon, origin);
        return coupon;
      })
      .catch((error) => {
        if (isUniqueViolation(error)) throw billingErrors.coupon_exists();
        throw error;
      });
  }

  async function change(
    actor: Principal,
    id: string,
    patch: Parameters<Coupons['change']>[2],
    origin: Origin,
    unchanged: Precondition,
  ): Promise<CouponRow> {
    const { id: key } = await find(id);
    const { is_active, max_redemptions, expires_at } = patch;
    return db.transaction(async (trx) => {
      unchanged(couponTerms(await held(trx, key)));
      // What is not named is not written: somebody else may change it at this moment.
      const [coupon] = await trx('billing_coupons')
        .where({ id: key })
        .update({
          ...(is_active !== undefined && { is_active: is_active ? 1 : 0 }),
          ...(max_redemptions !== undefined && { max_redemptions }),
          ...(expires_at !== undefined && { expires_at: expires_at === null ? null : Date.parse(expires_at) }),
          // An empty patch changes nothing, and is a statement all the same.
          id: key,
        })
        .returning('*');
      if (!coupon) throw billingErrors.coupon_not_found();
      await audit(trx, actor, 'coupon.updated', coupon, origin);
      return coupon;
    });
  }

  async function remove(actor: Principal, id: string, origin: Origin, unchanged: Precondition): Promise<void> {
    const { id: key } = await find(id);
    await db.transaction(async (trx) => {
      const coupon = await held(trx, key);
      unchanged(couponTerms(coupon));
      const isUsed =
        coupon.times_redeemed > 0 || (await trx('billing_checkouts').where({ coupon: coupon.id }).first('id'));
      const row = trx('billing_coupons').where({ id: coupon.id });
      if (isUsed) await row.update({ is_active: 0 });
      else await row.delete();
      await audit(trx, actor, 'coupon.deleted', coupon, origin);
    });
  }

  /** Who redeems or changes it at this moment waits, or is waited for. */
  async function held(trx: Transaction, id: number): Promise<CouponRow> {
    const coupon = await trx('billing_coupons').where({ id }).forUpdate().first();
    if (!coupon) throw billingErrors.coupon_not_found();
    return coupon;
  }

  async function usable(code: string, currency: string, tenantId: string | null): Promise<UsableCoupon> {
    const coupon = await db
      .read('billing_coupons')
      .where({ code: normal(code) })
      .first();
    if (!coupon?.is_active) throw billingErrors.coupon_not_valid();
    if (coupon.expires_at !== null && coupon.expires_at <= clock.now()) throw billingErrors.coupon_not_valid();
    if (coupon.amount_off !== null && coupon.currency !== currency) throw billingErrors.coupon_not_valid();
    if (isUsedUp(coupon)) throw billingErrors.coupon_not_valid();
    const used = tenantId === null ? undefined : await usedBy(db.read, coupon.id, tenantId);
    const months = monthsLeft(coupon, used);
    if (months === 0) throw billingErrors.coupon_not_valid({ message: 'You have used this coupon already' });
    return { coupon, months };
  }

  async function redeem(
    trx: Transaction,
    { id }: CouponRow,
    tenantId: string,
    months: number,
  ): Promise<number | false> {
    // The row of the coupon first and as it is now: two tenants may come for the last one.
    const coupon = await trx('billing_coupons').where({ id }).forUpdate().first();
    if (!coupon || isUsedUp(coupon)) return false;
    const used = await usedBy(trx, id, tenantId);
    const left = monthsLeft(coupon, used);
    if (left === 0 && months > 0) return false;
    if (!used) {
      await trx('billing_coupons').where({ id }).increment('times_redeemed', 1);
      await trx('billing_redemptions').insert({ coupon: id, tenant_id: tenantId, months, at: clock.now() });
    } else await countRenewal(trx, id, tenantId, months);
    return left === null ? 0 : Math.max(0, left - months);
  }

  async function countRenewal(trx: Transaction, key: number, tenantId: string, months: number): Promise<void> {
    await trx('billing_redemptions').where({ coupon: key, tenant_id: tenantId }).increment('months', months);
  }

  async function usedBy(on: Knex | Transaction, coupon: number, tenant_id: string): Promise<RedemptionRow | undefined> {
    return on('billing_redemptions').where({ coupon, tenant_id }).first();
  }

  async function audit(trx: Transaction, actor: Principal, action: string, coupon: CouponRow, origin: Origin) {
    const about = { targetType: 'coupon', targetId: coupon.uuid, detail: { code: coupon.code } };
    await auditLog.record({ action, actor, ...about, ...origin }, trx);
  }
}

/** What people change of it, for its version: that somebody redeems it undoes nobody's work. */
export function couponTerms({ times_redeemed, provider_ref, ...terms }: CouponRow): object {
  return terms;
}

const normal = (code: string): string => code.trim().toUpperCase();

function isUsedUp({ max_redemptions, times_redeemed }: CouponRow): boolean {
  return max_redemptions !== null && times_redeemed >= max_redemptions;
}

/** What the coupon takes off an amount; never more than there is. */
export function discountOf(coupon: Pick<CouponRow, 'percent_off' | 'amount_off'> | null, amount: number): number {
  if (!coupon) return 0;
  if (coupon.percent_off !== null) return Math.round((amount * coupon.percent_off) / 100);
  return Math.min(amount, coupon.amount_off ?? 0);
}

/** What is good for one payment is so for each tenant's first; null is for ever. */
function monthsLeft(coupon: CouponRow, used: RedemptionRow | undefined): number | null {
  if (coupon.duration === 'forever') return null;
  if (coupon.duration === 'once') return used ? 0 : null;
  return Math.max(0, (coupon.duration_in_months ?? 1) - (used?.months ?? 0));
}

/** For how many further periods it is good, with so many months left after the one that is paid; null is for ever. */
export function periodsLeft(coupon: CouponRow | null, cycle: Cycle, months: number): number | null {
  if (!coupon || coupon.duration === 'once') return 0;
  if (coupon.duration === 'forever') return null;
  return Math.ceil(months / monthsOf(cycle));
}
