/**
 * The answer about a subscription, with its limits and what is used of them: changes of a subscription are answered with it,
 * and usage, which stands above subscriptions, makes it.
 */
import Type, { type Static } from 'typebox';
import { createPort, type Port } from '#core/kit.ts';
import { CycleSchema, SUBSCRIPTION_STATUSES } from './views.ts';

/** Exactly as documented. */
export const SubscriptionView = Type.Object(
  {
    plan_id: Type.String(),
    display_name: Type.String(),
    status: Type.Enum([...SUBSCRIPTION_STATUSES]),
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

export type SubscriptionAnswers = Port<{ of(tenantId: string): Promise<SubscriptionView> }>;

export const createSubscriptionAnswers = (): SubscriptionAnswers => createPort('answers about subscriptions');
