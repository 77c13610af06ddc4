/** How plans, subscriptions, coupons, invoices and usage look on the wire, with the schemas that say so. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/iso-time.ts';
import { nextMonthStart } from './services/calendar.ts';
import type { Entitlement } from './services/entitlements.ts';
import {
  DOCUMENTED_METERS,
  limitNameOf,
  limitOf,
  type MeterList,
  REQUESTS_PER_MINUTE,
  usageNameOf,
} from './services/meters.ts';
import { majorUnits } from './services/money.ts';
import type { CouponRow, InvoiceRow, PlanRefRow, PlanRow } from './tables.ts';

const Numbers = Type.Record(Type.String(), Type.Integer());
const TimeOrNull = Type.Union([Type.String(), Type.Null()]);
export const CycleSchema = Type.Enum(['monthly', 'yearly']);

const LIMIT_NAMES = DOCUMENTED_METERS.map(limitNameOf);

/** Exactly as documented. */
export const SubscriptionView = Type.Object(
  {
    plan_id: Type.String(),
    display_name: Type.String(),
    status: Type.Enum(['trialing', 'active', 'past_due', 'canceled']),
    billing_cycle: CycleSchema,
    current_period_end: Type.String(),
    limits: Type.Object({
      max_sessions: Type.Integer(),
      max_messages_per_month: Type.Integer(),
      max_groups: Type.Integer(),
      max_labels: Type.Integer(),
      ai_replies_per_month: Type.Integer(),
    }),
    usage: Type.Object({
      sessions: Type.Integer(),
      messages_this_month: Type.Integer(),
      groups: Type.Integer(),
      labels: Type.Integer(),
      ai_replies_this_month: Type.Integer(),
    }),
  },
  {
    additionalProperties: false,
    examples: [
      {
        plan_id: 'pro',
        display_name: 'Pro',
        status: 'active',
        billing_cycle: 'monthly',
        current_period_end: '2026-02-15T00:00:00Z',
        limits: {
          max_sessions: 3,
          max_messages_per_month: 5000,
          max_groups: 10,
          max_labels: 50,
          ai_replies_per_month: 500,
        },
        usage: { sessions: 2, messages_this_month: 1247, groups: 5, labels: 12, ai_replies_this_month: 89 },
      },
    ],
  },
);
export type SubscriptionView = Static<typeof SubscriptionView>;

export function subscriptionView(
  { plan, subscription, status, limits }: Entitlement,
  used: Readonly<Record<string, number>>,
  now: number,
): SubscriptionView {
  const isRunning = subscription !== null && status !== 'canceled';
  // Who pays nothing has no period but the month that is counted.
  const end = isRunning ? Math.max(Number(subscription.period_end), now) : nextMonthStart(now);
  const shown = Object.fromEntries(LIMIT_NAMES.map((name) => [name, limitOf(limits, name)]));
  const usage = Object.fromEntries(DOCUMENTED_METERS.map((meter) => [usageNameOf(meter), used[meter.name] ?? 0]));
  return {
    plan_id: plan.plan_id,
    display_name: plan.display_name,
    status,
    billing_cycle: subscription?.billing_cycle ?? 'monthly',
    current_period_end: isoSeconds(end),
    limits: shown as SubscriptionView['limits'],
    usage: usage as SubscriptionView['usage'],
  };
}

const plan = {
  id: Type.String(),
  plan_id: Type.String(),
  display_name: Type.String(),
  description: Type.String(),
  price_monthly: Type.Number({ description: 'In the major unit: 29.9' }),
  price_yearly: Type.Number(),
  currency: Type.String(),
  trial_days: Type.Integer(),
  limits: Numbers,
  features: Type.Array(Type.String()),
};
export const PlanView = Type.Object(plan);
export const AdminPlanView = Type.Object({
  ...plan,
  is_public: Type.Boolean(),
  created_at: Type.String(),
  updated_at: Type.String(),
  stripe_product_id: TimeOrNull,
  stripe_price_monthly_id: TimeOrNull,
  stripe_price_yearly_id: TimeOrNull,
  stripe_synced_at: TimeOrNull,
});

export function planView(row: PlanRow): Static<typeof PlanView> {
  return {
    id: row.uuid,
    plan_id: row.plan_id,
    display_name: row.display_name,
    description: row.description,
    price_monthly: majorUnits(Number(row.price_monthly), row.currency),
    price_yearly: majorUnits(Number(row.price_yearly), row.currency),
    currency: row.currency,
    trial_days: row.trial_days,
    limits: JSON.parse(row.limits),
    features: JSON.parse(row.features),
  };
}

export function adminPlanView(row: PlanRow, refs: readonly PlanRefRow[] = []): Static<typeof AdminPlanView> {
  const stripe = refs.find(({ provider }) => provider === 'stripe');
  return {
    ...planView(row),
    is_public: row.is_public === 1,
    created_at: isoSeconds(Number(row.created_at)),
    updated_at: isoSeconds(Number(row.updated_at)),
    stripe_product_id: stripe?.product_ref ?? null,
    stripe_price_monthly_id: stripe?.monthly_ref ?? null,
    stripe_price_yearly_id: stripe?.yearly_ref ?? null,
    stripe_synced_at: stripe ? isoSeconds(Number(stripe.synced_at)) : null,
  };
}

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
  expires_at: TimeOrNull,
  is_active: Type.Boolean(),
  created_at: Type.String(),
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
    expires_at: timeOrNull(row.expires_at),
    is_active: row.is_active === 1,
    created_at: isoSeconds(Number(row.created_at)),
  };
}

const Line = Type.Object({ description: Type.String(), amount: Type.Number() });
const Issuer = Type.Object({ name: Type.String(), address: Type.String(), taxId: Type.String() });
const CustomerSchema = Type.Object({ name: Type.String(), email: TimeOrNull });
export const InvoiceView = Type.Object({
  number: Type.String(),
  status: Type.Enum(['open', 'paid', 'void', 'uncollectible']),
  currency: Type.String(),
  subtotal: Type.Number(),
  discount: Type.Number(),
  credit: Type.Number(),
  total: Type.Number(),
  lines: Type.Array(Line),
  issuer: Issuer,
  customer: CustomerSchema,
  period_start: Type.String(),
  period_end: Type.String(),
  created_at: Type.String(),
  due_at: Type.String(),
  paid_at: TimeOrNull,
});
export type InvoiceView = Static<typeof InvoiceView>;

export function invoiceView(row: InvoiceRow): InvoiceView {
  const money = (minor: number): number => majorUnits(Number(minor), row.currency);
  const lines: Static<typeof Line>[] = JSON.parse(row.lines);
  return {
    number: row.number,
    status: row.status,
    currency: row.currency,
    subtotal: money(row.subtotal),
    discount: money(row.discount),
    credit: money(row.credit),
    total: money(row.total),
    lines: lines.map(({ description, amount }) => ({ description, amount: money(amount) })),
    issuer: JSON.parse(row.issuer),
    customer: JSON.parse(row.customer),
    period_start: isoSeconds(Number(row.period_start)),
    period_end: isoSeconds(Number(row.period_end)),
    created_at: isoSeconds(Number(row.created_at)),
    due_at: isoSeconds(Number(row.due_at)),
    paid_at: timeOrNull(row.paid_at),
  };
}

const MeterView = Type.Object({
  name: Type.String(),
  summary: Type.String(),
  period: Type.Enum(['month', 'current']),
  used: Type.Integer(),
  limit: Type.Integer({ description: '-1 is unlimited' }),
  remaining: Type.Union([Type.Integer(), Type.Null()]),
});
export const CurrentUsageView = Type.Object({
  period: Type.String(),
  period_start: Type.String(),
  resets_at: Type.String(),
  plan_id: Type.String(),
  limits: Numbers,
  usage: Numbers,
  meters: Type.Array(MeterView),
});

export function currentUsageView(
  { plan, limits }: Entitlement,
  used: Readonly<Record<string, number>>,
  meters: MeterList,
  period: { name: string; start: number; end: number },
): Static<typeof CurrentUsageView> {
  const names = meters.limitNames.filter((name) => name !== REQUESTS_PER_MINUTE);
  return {
    period: period.name,
    period_start: isoSeconds(period.start),
    resets_at: isoSeconds(period.end),
    plan_id: plan.plan_id,
    limits: Object.fromEntries(names.map((name) => [name, limitOf(limits, name)])),
    usage: Object.fromEntries(meters.all.map((meter) => [usageNameOf(meter), used[meter.name] ?? 0])),
    meters: meters.all.map(({ name, summary, period: kind }) => {
      const limit = limitOf(limits, limitNameOf({ name, summary, period: kind }));
      const count = used[name] ?? 0;
      return {
        name,
        summary,
        period: kind,
        used: count,
        limit,
        remaining: limit < 0 ? null : Math.max(0, limit - count),
      };
    }),
  };
}

export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : isoSeconds(Number(ms));
}

export function pageOf<T extends Type.TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    total: Type.Integer(),
    page: Type.Integer(),
    page_size: Type.Integer(),
  });
}
