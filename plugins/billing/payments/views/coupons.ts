/** How coupons look on the wire. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { versionOf } from '#core/plugin.ts';
import type { CouponRow } from '../../contract.ts';
import { majorUnits } from '../../money.ts';
import { TextOrNull } from '../../views.ts';
import { couponTerms } from '../coupons.ts';

export const CouponView = Type.Object({
  id: Type.String(),
  code: Type.String(),
  percent_off: Type.Union([Type.Integer(), Type.Null()]),
  amount_off: Type.Union([Type.Number(), Type.Null()]),
  currency: Type.String(),
  duration: Type.String(),
  duration_in_months: Type.Union([Type.Integer(), Type.Null()]),
  max_redemptions: Type.Union([Type.Integer(), Type.Null()]),
  times_redeemed: Type.Integer(),
  expires_at: TextOrNull,
  is_active: Type.Boolean(),
  created_at: Type.String(),
  version: Type.String({ description: 'For `If-Match` of a change' }),
});

export function couponView(row: CouponRow): Static<typeof CouponView> {
  return {
    id: row.uuid,
    code: row.code,
    percent_off: row.percent_off,
    amount_off: row.amount_off === null ? null : majorUnits(Number(row.amount_off), row.currency),
    currency: row.currency,
    duration: row.duration,
    duration_in_months: row.duration_in_months,
    max_redemptions: row.max_redemptions,
    times_redeemed: row.times_redeemed,
    expires_at: isoSeconds(row.expires_at),
    is_active: row.is_active === 1,
    created_at: isoSeconds(Number(row.created_at)),
    version: versionOf(couponTerms(row)),
  };
}
