/** Coupons: only for super-admins. */
import Type from 'typebox';
import { IF_MATCH, listRoute, preconditionOf, route, versioned } from '#core/plugin.ts';
import { originOf } from '../../access.ts';
import type { CouponRow } from '../../contract.ts';
import { CouponCode, Id } from '../../views.ts';
import { couponTerms } from '../coupons.ts';
import type { PaymentsScope } from '../services.ts';
import { CouponView, couponView } from '../views/coupons.ts';

const access = 'superadmin';
const Count = Type.Integer({ minimum: 1, maximum: 1e9 });
const Time = Type.String({ format: 'date-time' });

export const couponRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/billing/coupons',
    access,
    summary: 'Makes a coupon',
    body: Type.Object({
      code: CouponCode,
      percent_off: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
      amount_off: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1e9 })),
      currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
      duration: Type.Enum(['once', 'repeating', 'forever']),
      duration_in_months: Type.Optional(Type.Integer({ minimum: 1, maximum: 120 })),
      max_redemptions: Type.Optional(Count),
      expires_at: Type.Optional(Time),
    }),
    responses: { 201: CouponView },
    async handler({ body, principal, ...request }, { coupons }: PaymentsScope) {
      return changed(await coupons.create(principal, body, originOf(request)), 201);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/billing/coupons/{id}',
    access,
    summary: 'One coupon, by code or id',
    params: Id,
    responses: { 200: CouponView },
    handler: async ({ params }, { coupons }: PaymentsScope) => changed(await coupons.find(params.id)),
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/billing/coupons/{id}',
    access,
    summary: 'Changes until when and how often a coupon can be redeemed',
    params: Id,
    body: Type.Object({
      is_active: Type.Optional(Type.Boolean()),
      max_redemptions: Type.Optional(Type.Union([Count, Type.Null()])),
      expires_at: Type.Optional(Type.Union([Time, Type.Null()])),
    }),
    requestHeaders: IF_MATCH,
    responses: { 200: CouponView },
    async handler({ params, body, principal, ...request }, { coupons }: PaymentsScope) {
      const unchanged = preconditionOf(request.ctx);
      return changed(await coupons.change(principal, params.id, body, originOf(request), unchanged));
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/billing/coupons/{id}',
    access,
    summary: 'Takes a coupon out of use; who redeemed it keeps it',
    params: Id,
    requestHeaders: IF_MATCH,
    responses: { 204: null },
    handler: ({ params, principal, ...request }, { coupons }: PaymentsScope) =>
      coupons.remove(principal, params.id, originOf(request), preconditionOf(request.ctx)),
  }),
  listRoute({
    path: '/api/platform/billing/coupons',
    access,
    summary: 'All coupons, newest first',
    item: CouponView,
    columns: {
      code: { type: 'text', filter: 'prefix', sort: true, description: 'The beginning of the code, in capitals' },
      is_active: { type: 'boolean', filter: 'equals' },
      expires_at: { type: 'time', filter: 'range' },
      created_at: { type: 'time', filter: 'range', sort: true },
    },
    rows: (_, { db }: PaymentsScope) => db.read('billing_coupons'),
    items: (rows: CouponRow[]) => rows.map(couponView),
  }),
];

function changed(coupon: CouponRow, status = 200) {
  return versioned(couponTerms(coupon), couponView(coupon), status);
}
