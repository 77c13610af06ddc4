/** Rows of the tables of payments. Money is in the currency's minor unit, times are milliseconds since the epoch. */
import type { OwnedTables } from '#core/plugin.ts';

import type { CouponRow } from '../contract.ts';

/** A coupon that a tenant has used. */
export interface RedemptionRow {
  coupon: number;
  tenant_id: string;
  /** That were paid with it. */
  months: number;
  at: number;
}

export interface CounterRow {
  name: string;
  value: number;
}

/** `refunded`: all of it went back. `disputed`: the payer's bank wants it back, and nothing is decided. */
export const INVOICE_STATUSES = ['open', 'paid', 'void', 'uncollectible', 'refunded', 'disputed'] as const;
export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

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

declare global {
  namespace Patchbay {
    interface Tables {
      billing_coupons: CouponRow;
      billing_redemptions: RedemptionRow;
      billing_counters: CounterRow;
      billing_invoices: InvoiceRow;
      billing_provider_events: ProviderEventRow;
    }
  }
}

/** Whose they are. */
export const paymentTables = {
  billing_redemptions: { 'tenant.deleted': { by: 'payments/erasure.ts' } },
  billing_invoices: { 'tenant.deleted': { by: 'payments/erasure.ts: the law wants them, without a name' } },
} satisfies OwnedTables;
