/**
 * What other plugins may use of billing: entitlements, events, and how to add a payment provider. It imports
 * nothing from inside.
 */
import type { Transaction } from '#core/plugin.ts';

export type Cycle = 'monthly' | 'yearly';
export type SubscriptionStatus = 'trialing' | 'active' | 'past_due' | 'canceled';

export interface PlanRow {
  id: number;
  uuid: string;
  plan_id: string;
  display_name: string;
  description: string;
  price_monthly: number;
  price_yearly: number;
  currency: string;
  trial_days: number;
  /** JSON: limits by name, -1 is unlimited. */
  limits: string;
  /** JSON list of texts. */
  features: string;
  is_public: number;
  created_at: number;
  updated_at: number;
}

/** What a payment provider calls a plan. */
export interface PlanRefRow {
  plan: number;
  provider: string;
  product_ref: string;
  monthly_ref: string | null;
  monthly_amount: number | null;
  yearly_ref: string | null;
  yearly_amount: number | null;
  currency: string;
  synced_at: number;
}

export interface CouponRow {
  id: number;
  uuid: string;
  /** In capitals. */
  code: string;
  percent_off: number | null;
  amount_off: number | null;
  currency: string;
  duration: 'once' | 'repeating' | 'forever';
  duration_in_months: number | null;
  max_redemptions: number | null;
  times_redeemed: number;
  expires_at: number | null;
  is_active: number;
  provider_ref: string | null;
  created_at: number;
}

/** A subscription as its provider knows it. Times in ms. */
export interface ProviderSubscription {
  ref: string;
  customerRef: string | null;
  /** The tenant that stands in its metadata. */
  tenantId: string | null;
  /** The price that it runs on; billing finds plan and cycle by it. */
  priceRef: string | null;
  status: SubscriptionStatus;
  period: { start: number; end: number };
  trialEnd: number | null;
  cancelAtPeriodEnd: boolean;
  canceledAt: number | null;
  /** When the provider was asked: what is older than what is known is dropped. */
  asOf: number;
}

export interface CancelOptions {
  immediately: boolean;
  /** With `immediately`: time that is paid and not used becomes credit at the provider. */
  prorate?: boolean;
  idempotencyKey: string;
}

export interface CheckoutRequest {
  tenantId: string;
  email: string | null;
  plan: PlanRow;
  /** What `syncPlan` gave; null for providers without it. */
  refs: PlanRefRow | null;
  cycle: Cycle;
  /** To pay now, in the minor unit. */
  amount: number;
  currency: string;
  trialDays: number;
  coupon: CouponRow | null;
  /** For how many months a `repeating` coupon is good for this tenant; null for others. */
  couponMonths: number | null;
  customerRef: string | null;
  /** The same on every try of this checkout. */
  idempotencyKey: string;
  successUrl: string;
  cancelUrl: string;
}

export type ProviderFact =
  /** The state of a subscription, freshly asked for. */
  | { kind: 'subscription'; subscription: ProviderSubscription }
  /** A checkout was paid. Without a subscription, billing runs one itself and asks for each renewal. */
  | { kind: 'checkout'; sessionId: string; subscription: ProviderSubscription | null }
  | { kind: 'checkout_expired'; sessionId: string }
  | { kind: 'invoice'; invoice: ProviderInvoice }
  /** Money went back, or a bank wants it back. `refunded` is all that went back until now. */
  | { kind: 'refund'; invoiceRef: string; refunded: number }
  | { kind: 'dispute'; invoiceRef: string; state: 'open' | 'won' | 'lost'; amount: number };

export interface ProviderInvoice {
  ref: string;
  subscriptionRef: string | null;
  tenantId: string | null;
  /** `failed`: a try to take the money has; the other three are how it ended. */
  status: 'paid' | 'failed' | 'void' | 'uncollectible';
  currency: string;
  subtotal: number;
  discount: number;
  total: number;
  lines: { description: string; amount: number }[];
  period: { start: number; end: number };
}

/** What a webhook told. Billing applies it once, in one transaction with its id. */
export interface ProviderEvent {
  id: string;
  facts: ProviderFact[];
}

/**
 * A way of being paid. A plugin that adds one requires `billing` and calls `paymentProviders.register(provider)` in a
 * service factory or in `start`; `plugins.billing.provider` chooses it by its name.
 */
export interface PaymentProvider {
  name: string;
  /** Begins a payment: where to send the payer, and the provider's id of it. */
  checkout(request: CheckoutRequest): Promise<{ url: string; sessionId: string }>;
  /** Closes an unpaid checkout, so that nobody pays twice; one that is paid already stays so. */
  expireCheckout?(sessionId: string): Promise<'expired' | 'paid'>;
  /** A page where the customer sees and changes payment details. */
  portal(request: { tenantId: string; customerRef: string | null; returnUrl: string }): Promise<{ url: string }>;
  /** Gives the state after it; null when billing runs the subscription itself. */
  cancel(ref: string, options: CancelOptions): Promise<ProviderSubscription | null>;
  /** Pays back what was paid for a subscription since then. Again is no error. */
  refundSince?(ref: string, since: number): Promise<void>;
  /** Keeps an amount for the customer's later invoices; once for each key. Without it the credit stays with billing. */
  addCredit?(customerRef: string, credit: { amount: number; currency: string; idempotencyKey: string }): Promise<void>;
  /** Moves a subscription to another price, prorated when `now`. */
  changePlan?(
    ref: string,
    change: { priceRef: string; when: 'now' | 'period_end'; idempotencyKey: string },
  ): Promise<ProviderSubscription>;
  /**
   * Makes product and prices, or brings them up to date; gives their refs. A provider that has it charges those prices,
   * whatever `amount` says: what billing counts against them (credit, unused time) becomes credit when it is paid.
   */
  syncPlan?(plan: PlanRow, known: PlanRefRow | null): Promise<PlanRefRow>;
  /** The state now, for reconciliation; null when the provider does not know it. */
  fetchSubscription(ref: string): Promise<ProviderSubscription | null>;
  /** Checks the signature (throws `invalid_signature`) and says what happened; null for what does not matter. */
  handleWebhook(request: { body: Buffer; header(name: string): string }): Promise<ProviderEvent | null>;
}

export interface SubscriptionEvent {
  tenant_id: string;
  plan_id: string;
  status: SubscriptionStatus;
  billing_cycle: Cycle;
  /** ISO 8601. */
  current_period_end: string;
}

export interface InvoiceEvent {
  tenant_id: string;
  number: string | null;
  /** In the minor unit. */
  total: number;
  currency: string;
}

export interface UsageEvent {
  tenant_id: string;
  meter: string;
  used: number;
  limit: number;
  /** `2026-02` */
  period: string;
}

/** What a tenant may have now: its plan, with its own limits over those of the plan. */
export interface TenantEntitlement {
  tenantId: string;
  plan: PlanRow;
  status: SubscriptionStatus;
  /** By name; -1 is unlimited. */
  limits: Readonly<Record<string, number>>;
}

export interface Entitlements {
  /** At once when it is remembered, else by a query. */
  of(tenantId: string): TenantEntitlement | Promise<TenantEntitlement>;
  /** Always from the database. */
  fresh(tenantId: string): Promise<TenantEntitlement>;
}

export interface PaymentProviders {
  /** Adds one; throws when the name is taken. */
  register(provider: PaymentProvider): void;
}

/** What plugins that require `billing` see of it. */
export interface BillingServices {
  entitlements: Entitlements;
  paymentProviders: PaymentProviders;
}

declare global {
  namespace Patchbay {
    interface EventCatalogue {
      'subscription.created': SubscriptionEvent;
      'subscription.updated': SubscriptionEvent;
      'subscription.canceled': SubscriptionEvent;
      'plan.changed': { tenant_id: string; from: string; to: string; billing_cycle: Cycle };
      'invoice.paid': InvoiceEvent;
      'invoice.failed': InvoiceEvent;
      /** All or a part of it went back; `refunded` is all that did until now. */
      'invoice.refunded': InvoiceEvent & { refunded: number };
      /** The payer's bank wants it back. */
      'invoice.disputed': InvoiceEvent & { amount: number };
      /** 80 and 100 percent of a limit, once a month each. */
      'usage.threshold': UsageEvent & { percent: number };
      /** Something was refused; once a month for each meter. */
      'usage.exceeded': UsageEvent;
    }
    interface HookCatalogue {
      /** Before something over the limit is refused: set `allow` to let it pass and be counted. */
      'usage.exceeding': {
        tenantId: string;
        meter: string;
        amount: number;
        used: number;
        limit: number;
        allow: boolean;
        /** The caller's, when it counts in one: who asks the database has to ask here. */
        trx: Transaction | null;
      };
    }
  }
}
