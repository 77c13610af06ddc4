/** Rows of billing's tables. Money is in the currency's minor unit, times are milliseconds since the epoch. */
import type { CouponRow, Cycle, PlanRefRow, PlanRow, SubscriptionStatus } from './contract.ts';

export type { CouponRow, Cycle, PlanRefRow, PlanRow, SubscriptionStatus } from './contract.ts';

/** `refunded`: all of it went back. `disputed`: the payer's bank wants it back, and nothing is decided. */
export type InvoiceStatus = 'open' | 'paid' | 'void' | 'uncollectible' | 'refunded' | 'disputed';

export interface PriceRefRow {
  provider: string;
  price_ref: string;
  plan: number;
  billing_cycle: Cycle;
}

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

export interface OverrideRow {
  tenant_id: string;
  limits: string;
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

/** A coupon that a tenant has used. */
export interface RedemptionRow {
  coupon: number;
  tenant_id: string;
  /** That were paid with it. */
  months: number;
  at: number;
}

export interface ErasedTenantRow {
  tenant_hash: string;
  at: number;
}

export interface CounterRow {
  name: string;
  value: number;
}

export interface InvoiceRow {
  id: number;
  number: string;
  tenant_id: string;
  provider: string;
  provider_ref: string | null;
  status: InvoiceStatus;
  currency: string;
  subtotal: number;
  discount: number;
  /** Taken from what the tenant had paid too much before. */
  credit: number;
  total: number;
  /** How much of it went back. */
  refunded: number;
  /** JSON list of `{description, amount}`. */
  lines: string;
  /** JSON: the company as it was then. */
  issuer: string;
  /** JSON `{name, email}`. */
  customer: string;
  period_start: number;
  period_end: number;
  created_at: number;
  due_at: number;
  paid_at: number | null;
}

export interface ProviderEventRow {
  provider: string;
  event_id: string;
  at: number;
}

export interface UsageRow {
  tenant_id: string;
  meter: string;
  period: string;
  used: number;
  announced: number;
  announced_in: string;
  updated_at: number;
}

export interface UsageDayRow {
  tenant_id: string;
  day: string;
  meter: string;
  used: number;
}

export interface UsageHistoryRow {
  tenant_id: string;
  period: string;
  meter: string;
  used: number;
  closed_at: number;
}

export interface UsageKeyRow {
  tenant_id: string;
  meter: string;
  idempotency_key: string;
  at: number;
  /** What a call counted and may still give back; 0 for the keys of plugins. */
  amount: number;
}

/** Credit, below zero what is owed, in a currency that the subscription has no more. */
export interface SetAsideRow {
  tenant_id: string;
  currency: string;
  amount: number;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    billing_plans: PlanRow;
    billing_plan_refs: PlanRefRow;
    billing_price_refs: PriceRefRow;
    billing_coupons: CouponRow;
    billing_subscriptions: SubscriptionRow;
    billing_overrides: OverrideRow;
    billing_set_aside: SetAsideRow;
    billing_checkouts: CheckoutRow;
    billing_redemptions: RedemptionRow;
    billing_erased_tenants: ErasedTenantRow;
    billing_counters: CounterRow;
    billing_invoices: InvoiceRow;
    billing_provider_events: ProviderEventRow;
    billing_usage: UsageRow;
    billing_usage_daily: UsageDayRow;
    billing_usage_history: UsageHistoryRow;
    billing_usage_keys: UsageKeyRow;
  }
}
