/** How a subscription looks on the wire, with the schema that says so. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { nextMonthStart } from '../services/calendar.ts';
import type { Entitlement } from '../services/entitlements.ts';
import { DOCUMENTED_METERS, limitNameOf, limitOf, usageNameOf } from '../services/meters.ts';
import { CycleSchema } from './shared.ts';

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
