/** What the inside of billing sees: the platform's services, the public ones of auth, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { CheckoutCompletion } from './services/checkout-completion.ts';
import type { Checkouts } from './services/checkouts.ts';
import type { Coupons } from './services/coupons.ts';
import type { BillingDocuments } from './services/documents.ts';
import type { Entitlements } from './services/entitlements.ts';
import type { BillingErasure } from './services/erasure.ts';
import type { Invoices } from './services/invoices.ts';
import type { LeftOvers } from './services/payments/orphaned-charges.ts';
import type { PlanSync } from './services/payments/plan-sync.ts';
import type { ProviderEvents } from './services/payments/provider-events.ts';
import type { PaymentProviders } from './services/payments/providers.ts';
import type { Plans } from './services/plans.ts';
import type { Portal } from './services/portal.ts';
import type { SubscriptionChanges } from './services/subscription-changes.ts';
import type { SubscriptionStore } from './services/subscription-store.ts';
import type { SubscriptionTimes } from './services/subscription-times.ts';
import type { TenantLimits } from './services/tenant-limits.ts';
import type { TimeMoves } from './services/time-moves.ts';
import type { UsageCalls } from './services/usage/calls.ts';
import type { UsageFigures } from './services/usage/figures.ts';
import type { UsageClosing } from './services/usage/month-close.ts';
import type { UsageMeters } from './services/usage/usage.ts';

/** The services of billing by name. */
export interface BillingOwn {
  billingDocuments: BillingDocuments;
  usageMeters: UsageMeters;
  usageCalls: UsageCalls;
  usageFigures: UsageFigures;
  usageClosing: UsageClosing;
  entitlements: Entitlements;
  plans: Plans;
  planSync: PlanSync;
  tenantLimits: TenantLimits;
  coupons: Coupons;
  invoices: Invoices;
  checkouts: Checkouts;
  checkoutCompletion: CheckoutCompletion;
  portal: Portal;
  subscriptionStore: SubscriptionStore;
  subscriptionChanges: SubscriptionChanges;
  timeMoves: TimeMoves;
  subscriptionTimes: SubscriptionTimes;
  paymentProviders: PaymentProviders;
  leftOvers: LeftOvers;
  billingErasure: BillingErasure;
  providerEvents: ProviderEvents;
}

export interface BillingScope extends Services, AuthServices, BillingOwn {}
