/** Rows of the tables of subscriptions. Money is in the currency's minor unit, times are milliseconds since the epoch. */
import type { OwnedTables } from '#core/plugin.ts';

import type { Cycle, SubscriptionStatus } from '../contract.ts';

export interface SubscriptionRow {
  id: number;
  uuid: string;
  tenant_id: string;
  plan: number;
  provider: string;
  provider_ref: string | null;
  customer_ref: string | null;
  status: SubscriptionStatus;
  billing_cycle: Cycle;
  /** What was agreed: a plan that gets dearer does so for new subscriptions. */
  price: number;
  /** What was paid for the present period as a whole; null: its price. */
  period_worth: number | null;
  currency: string;
  anchor_at: number;
  period_start: number;
  period_end: number;
  trial_end: number | null;
  cancel_at_period_end: number;
  canceled_at: number | null;
  past_due_since: number | null;
  next_plan: number | null;
  next_cycle: Cycle | null;
  coupon: number | null;
  coupon_periods: number | null;
  credit: number;
  /** When the provider was last asked. */
  synced_at: number;
  /** When the provider said that it has ended there. */
  provider_ended_at: number | null;
  /** When it was last tried to ask. */
  asked_at: number;
  /** When time alone changed it last, and what it was before: JSON, see `time-moves.ts`. */
  moved_at: number | null;
  moves: string | null;
  created_at: number;
  updated_at: number;
}

export interface CheckoutRow {
  id: number;
  session_id: string;
  tenant_id: string;
  provider: string;
  plan: number;
  billing_cycle: Cycle;
  amount: number;
  currency: string;
  coupon: number | null;
  status: 'open' | 'completed' | 'expired';
  created_at: number;
  expires_at: number;
  completed_at: number | null;
  invoice_number: string | null;
  /** JSON `Quote`. */
  quote: string;
}

/** Credit, below zero what is owed, in a currency that the subscription has no more. */
export interface SetAsideRow {
  tenant_id: string;
  currency: string;
  amount: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      billing_subscriptions: SubscriptionRow;
      billing_checkouts: CheckoutRow;
      billing_set_aside: SetAsideRow;
    }
  }
}

/** In one transaction with what ends at the provider. */
const BY_ERASURE = { by: 'subscriptions/erasure.ts' };

/** Whose they are. */
export const subscriptionTables = {
  billing_subscriptions: { 'tenant.deleted': BY_ERASURE },
  billing_checkouts: { 'tenant.deleted': BY_ERASURE },
  billing_set_aside: { 'tenant.deleted': BY_ERASURE },
} satisfies OwnedTables;
