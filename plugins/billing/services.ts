/** How the services of billing are made, by name. */
import type { ServicesOf } from '#core/plugin.ts';
import { createCheckoutCompletion } from './services/checkout-completion.ts';
import { createCheckouts } from './services/checkouts.ts';
import { createCoupons } from './services/coupons.ts';
import { createBillingDocuments } from './services/documents.ts';
import { createEntitlements } from './services/entitlements.ts';
import { createBillingErasure } from './services/erasure.ts';
import { createInvoices } from './services/invoices.ts';
import { createLeftOvers } from './services/payments/orphaned-charges.ts';
import { createPlanSync } from './services/payments/plan-sync.ts';
import { createProviderEvents } from './services/payments/provider-events.ts';
import { createPaymentProviders } from './services/payments/providers.ts';
import { createPlans } from './services/plans.ts';
import { createPortal } from './services/portal.ts';
import { createSubscriptionChanges } from './services/subscription-changes.ts';
import { createSubscriptionStore } from './services/subscription-store.ts';
import { createSubscriptionTimes } from './services/subscription-times.ts';
import { createTenantLimits } from './services/tenant-limits.ts';
import { createTimeMoves } from './services/time-moves.ts';
import { createUsageCalls } from './services/usage/calls.ts';
import { createUsageFigures } from './services/usage/figures.ts';
import { createUsageClosing } from './services/usage/month-close.ts';
import { createUsageMeters } from './services/usage/usage.ts';

export const billingServices = {
  billingDocuments: createBillingDocuments,
  plans: createPlans,
  leftOvers: createLeftOvers,
  planSync: createPlanSync,
  coupons: createCoupons,
  invoices: createInvoices,
  tenantLimits: createTenantLimits,
  subscriptionStore: createSubscriptionStore,
  checkouts: createCheckouts,
  checkoutCompletion: createCheckoutCompletion,
  providerEvents: createProviderEvents,
  subscriptionChanges: createSubscriptionChanges,
  billingErasure: createBillingErasure,
  timeMoves: createTimeMoves,
  subscriptionTimes: createSubscriptionTimes,
  portal: createPortal,
  usageMeters: createUsageMeters,
  usageCalls: createUsageCalls,
  usageClosing: createUsageClosing,
  usageFigures: createUsageFigures,
};

export const billingPublicServices = {
  entitlements: createEntitlements,
  paymentProviders: createPaymentProviders,
};

export interface BillingOwn extends ServicesOf<typeof billingServices>, ServicesOf<typeof billingPublicServices> {}
