/** Coupons: what they take off, how often, until when. Table: billing_coupons. */
import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '#core/database/database.ts';
import { type NumberedPage, numberedPage } from '#core/database/pagination.ts';
import { codeOf } from '#core/errors.ts';
import type { Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import type { BillingConfig } from '../config.ts';
import { billingErrors } from '../errors.ts';
import type { CouponRow, Cycle } from '../tables.ts';
import { minorUnits } from './money.ts';
import type { Origin } from './plans.ts';

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
  list(wish: { page?: number; page_size?: number }): Promise<NumberedPage<CouponRow>>;
  /** By code or uuid. Throws `coupon_not_found`. */
  find(id: string): Promise<CouponRow>;
  create(actor: Principal, wish: CouponWish, origin: Origin): Promise<CouponRow>;
  change(
    actor: Principal,
    id: string,
    patch: { is_active?: boolean; max_redemptions?: number | null; expires_at?: string | null },
    origin: Origin,
  ): Promise<CouponRow>;
  /** Takes it out of use; those who redeemed it keep it. */
  remove(actor: Principal, id: string, origin: Origin): Promise<void>;
  /** The coupon for a checkout; of nobody yet without a tenant. Throws `coupon_not_valid`. */
  usable(code: string, currency: string, tenantId: string | null): Promise<CouponRow>;
  /**
   * Counts a redemption, unless they are used up or the tenant had its only one; gives whether it could. Before the
   * checkout is completed, and with the tenant's subscription locked.
   */
  redeem(trx: Transaction, key: number, tenantId: string): Promise<boolean>;
}

export function createCoupons({ db, clock, auditLog, config }: Services & { config: BillingConfig }): Coupons {
  return { list, find, create, change, remove, usable, redeem };

  async function list(wish: { page?: number; page_size?: number }): Promise<NumberedPage<CouponRow>> {
    return numberedPage<CouponRow>(db.read('billing_coupons').orderBy('id', 'desc'), wish);
  }

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
        const code = codeOf(error);
        if (code === '23505' || code.startsWith('SQLITE_CONSTRAINT')) throw billingErrors.coupon_exists();
        throw error;
      });
  }

  async function change(
    actor: Principal,
    id: string,
    patch: Parameters<Coupons['change']>[2],
    origin: Origin,
  ): Promise<CouponRow> {
    const before = await find(id);
    return db.transaction(async (trx) => {
      const [coupon] = await trx('billing_coupons')
        .where({ id: before.id })
        .update({
          is_active: (patch.is_active ?? before.is_active === 1) ? 1 : 0,
          max_redemptions: patch.max_redemptions === undefined ? before.max_redemptions : patch.max_redemptions,
          expires_at:
            patch.expires_at === undefined
              ? before.expires_at
              : patch.expires_at === null
                ? null
                : Date.parse(patch.expires_at),
        })
        .returning('*');
      if (!coupon) throw billingErrors.coupon_not_found();
      await audit(trx, actor, 'coupon.updated', coupon, origin);
      return coupon;
    });
  }

  async function remove(actor: Principal, id: string, origin: Origin): Promise<void> {
    const coupon = await find(id);
    await db.transaction(async (trx) => {
      const isUsed =
        coupon.times_redeemed > 0 || (await trx('billing_checkouts').where({ coupon: coupon.id }).first('id'));
      const row = trx('billing_coupons').where({ id: coupon.id });
      if (isUsed) await row.update({ is_active: 0 });
      else await row.delete();
      await audit(trx, actor, 'coupon.deleted', coupon, origin);
    });
  }

  async function usable(code: string, currency: string, tenantId: string | null): Promise<CouponRow> {
    const coupon = await db
      .read('billing_coupons')
      .where({ code: normal(code) })
      .first();
    if (!coupon?.is_active) throw billingErrors.coupon_not_valid();
    if (coupon.expires_at !== null && coupon.expires_at <= clock.now()) throw billingErrors.coupon_not_valid();
    if (isUsedUp(coupon)) throw billingErrors.coupon_not_valid();
    if (coupon.amount_off !== null && coupon.currency !== currency) throw billingErrors.coupon_not_valid();
    if (tenantId !== null && (await hadItsOne(db.read, coupon.id, tenantId)))
      throw billingErrors.coupon_not_valid({ message: 'You have used this coupon already' });
    return coupon;
  }

  /** What is good for one payment is so for each tenant's first; longer ones go along to another plan. */
  async function hadItsOne(on: Knex | Transaction, key: number, tenantId: string): Promise<boolean> {
    const paid = on('billing_checkouts').where({ tenant_id: tenantId, coupon: key, status: 'completed' });
    const once = on('billing_coupons').where({ id: key, duration: 'once' }).select('id');
    return (await paid.whereIn('coupon', once).first('id')) !== undefined;
  }

  async function redeem(trx: Transaction, key: number, tenantId: string): Promise<boolean> {
    if (await hadItsOne(trx, key, tenantId)) return false;
    const changed = await trx('billing_coupons')
      .where({ id: key })
      .where((open) => open.whereNull('max_redemptions').orWhere('times_redeemed', '<', trx.ref('max_redemptions')))
      .increment('times_redeemed', 1);
    return Number(changed) > 0;
  }

  async function audit(trx: Transaction, actor: Principal, action: string, coupon: CouponRow, origin: Origin) {
    const about = { targetType: 'coupon', targetId: coupon.uuid, detail: { code: coupon.code } };
    await auditLog.record({ action, actor, ...about, ...origin }, trx);
  }
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

/** For how many further periods it is good after the first; null is for ever. */
export function periodsLeft(coupon: CouponRow | null, cycle: Cycle): number | null {
  if (!coupon || coupon.duration === 'once') return 0;
  if (coupon.duration === 'forever') return null;
  return Math.max(0, Math.ceil((coupon.duration_in_months ?? 1) / (cycle === 'yearly' ? 12 : 1)) - 1);
}
