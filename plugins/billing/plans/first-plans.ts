/** The plans of a fresh installation. Prices are in the minor unit of a currency with cents; of a limit, -1 is none. */
import type { Limits } from '../meters.ts';

export interface FirstPlan {
  plan_id: string;
  display_name: string;
  description: string;
  price_monthly: number;
  price_yearly: number;
  is_public: boolean;
  limits: Limits;
}

/** What somebody who stops paying falls back to. */
export const FALLBACK_PLAN = 'free';

export const FIRST_PLANS: readonly FirstPlan[] = [
  {
    plan_id: FALLBACK_PLAN,
    display_name: 'Free',
    description: 'To look around',
    price_monthly: 0,
    price_yearly: 0,
    is_public: true,
    limits: {
      max_sessions: 1,
      max_messages_per_month: 50,
      max_groups: 2,
      max_labels: 5,
      ai_replies_per_month: 10,
      requests_per_minute: 10,
    },
  },
  {
    plan_id: 'starter',
    display_name: 'Starter',
    description: 'For one person',
    price_monthly: 990,
    price_yearly: 9900,
    is_public: true,
    limits: {
      max_sessions: 1,
      max_messages_per_month: 1500,
      max_groups: 5,
      max_labels: 20,
      ai_replies_per_month: 100,
      requests_per_minute: 20,
    },
  },
  {
    plan_id: 'pro',
    display_name: 'Pro',
    description: 'For a small team',
    price_monthly: 2990,
    price_yearly: 29900,
    is_public: true,
    limits: {
      max_sessions: 3,
      max_messages_per_month: 5000,
      max_groups: 10,
      max_labels: 50,
      ai_replies_per_month: 500,
      requests_per_minute: 40,
    },
  },
  {
    plan_id: 'business',
    display_name: 'Business',
    description: 'Messages without limit',
    price_monthly: 4990,
    price_yearly: 49900,
    is_public: true,
    limits: {
      max_sessions: 10,
      max_messages_per_month: -1,
      max_groups: 50,
      max_labels: 200,
      ai_replies_per_month: 5000,
      requests_per_minute: 60,
    },
  },
  {
    plan_id: 'self-hosted',
    display_name: 'Self-hosted',
    description: 'Everything, without limit, for who runs this server',
    price_monthly: 0,
    price_yearly: 0,
    is_public: false,
    limits: {
      max_sessions: -1,
      max_messages_per_month: -1,
      max_groups: -1,
      max_labels: -1,
      ai_replies_per_month: -1,
      requests_per_minute: -1,
    },
  },
];
