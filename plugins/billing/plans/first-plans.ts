/** The plans of a fresh installation. Prices are in the minor unit of a currency with cents. */
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

/** Sessions, messages a month, groups, labels, AI replies a month, requests a minute. */
function limits(...[sessions, messages, groups, labels, aiReplies, requests]: [...number[]]): Limits {
  return {
    max_sessions: sessions ?? -1,
    max_messages_per_month: messages ?? -1,
    max_groups: groups ?? -1,
    max_labels: labels ?? -1,
    ai_replies_per_month: aiReplies ?? -1,
    requests_per_minute: requests ?? -1,
  };
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
    limits: limits(1, 50, 2, 5, 10, 10),
  },
  {
    plan_id: 'starter',
    display_name: 'Starter',
    description: 'For one person',
    price_monthly: 990,
    price_yearly: 9900,
    is_public: true,
    limits: limits(1, 1500, 5, 20, 100, 20),
  },
  {
    plan_id: 'pro',
    display_name: 'Pro',
    description: 'For a small team',
    price_monthly: 2990,
    price_yearly: 29900,
    is_public: true,
    limits: limits(3, 5000, 10, 50, 500, 40),
  },
  {
    plan_id: 'business',
    display_name: 'Business',
    description: 'Messages without limit',
    price_monthly: 4990,
    price_yearly: 49900,
    is_public: true,
    limits: limits(10, -1, 50, 200, 5000, 60),
  },
  {
    plan_id: 'self-hosted',
    display_name: 'Self-hosted',
    description: 'Everything, without limit, for who runs this server',
    price_monthly: 0,
    price_yearly: 0,
    is_public: false,
    limits: limits(),
  },
];
