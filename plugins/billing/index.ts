/** Plans, subscriptions, invoices, usage meters. Speaks MoltFlow's dialect. */
import { definePlugin, type FactoriesOf } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { BillingConfig } from './config.ts';
import type { BillingServices } from './contract.ts';
import { advanceSubscriptions, cleanUp, closeUsage, reconcile, reconcileUsage } from './cron.ts';
import { BILLING_EVENT_ACCESS, BILLING_EVENTS } from './events.ts';
import { billingFunctions } from './functions.ts';
import { BILLING_ATTENTION, pages } from './navigation.ts';
import { eraseBilling, exportBilling } from './personal-data.ts';
import { adminPlanRoutes } from './routes/admin-plans.ts';
import { adminTenantRoutes } from './routes/admin-tenants.ts';
import { billingRoutes } from './routes/billing.ts';
import { couponRoutes } from './routes/coupons.ts';
import { invoiceLists } from './routes/invoice-lists.ts';
import { invoiceRoutes } from './routes/invoices.ts';
import { ownSubscriptionRoutes } from './routes/own-subscription.ts';
import { pageRoutes } from './routes/pages.ts';
import { planLists } from './routes/plan-lists.ts';
import { saleLists } from './routes/sale-lists.ts';
import { usageRoutes } from './routes/usage.ts';
import { usageCallRoutes } from './routes/usage-calls.ts';
import { usageLists } from './routes/usage-lists.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { schemas } from './schemas.ts';
import type { BillingOwn, BillingScope } from './scope.ts';
import { createCheckoutCompletion } from './services/checkout-completion.ts';
import { createCheckouts } from './services/checkouts.ts';
import { createCoupons } from './services/coupons.ts';
import { createBillingDocuments } from './services/documents.ts';
import { createEntitlements } from './services/entitlements.ts';
import { createBillingErasure } from './services/erasure.ts';
import { createInvoices, sendInvoiceMail } from './services/invoices.ts';
import { DOCUMENTED_METERS, OWN_METERS } from './services/meters.ts';
import { askAgain } from './services/payments/ask-again.ts';
import { closeCheckout, endErased } from './services/payments/erased-jobs.ts';
import { createLeftOvers } from './services/payments/orphaned-charges.ts';
import { createPlanSync } from './services/payments/plan-sync.ts';
import { createProviderEvents } from './services/payments/provider-events.ts';
import { createPaymentProviders } from './services/payments/providers.ts';
import { moveCredit } from './services/payments/transfer-balance.ts';
import { createPlans } from './services/plans.ts';
import { createPortal } from './services/portal.ts';
import { requestLimitPolicy } from './services/request-limits.ts';
import { createSubscriptionChanges } from './services/subscription-changes.ts';
import { createSubscriptionStore } from './services/subscription-store.ts';
import { createSubscriptionTimes } from './services/subscription-times.ts';
import { createTenantLimits } from './services/tenant-limits.ts';
import { createTimeMoves } from './services/time-moves.ts';
import { sendUsageMail } from './services/usage/announcing.ts';
import { apiRequestCheck } from './services/usage/api-requests.ts';
import { createUsageCalls } from './services/usage/calls.ts';
import { createUsageFigures } from './services/usage/figures.ts';
import { createUsageClosing } from './services/usage/month-close.ts';
import { createUsageMeters } from './services/usage/usage.ts';

type Seen = BillingScope & { config: BillingConfig };

export default definePlugin({
  name: 'billing',
  summary: 'Plans, subscriptions, invoices and usage meters',
  requires: ['auth'],
  config: BillingConfig,
  migrations: new URL('./migrations/', import.meta.url),
  contents: { subscriptions: 'billing_subscriptions', invoices: 'billing_invoices' },
  services: {
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
  } satisfies FactoriesOf<Omit<BillingOwn, keyof BillingServices>, Seen>,
  publicServices: {
    entitlements: createEntitlements,
    paymentProviders: createPaymentProviders,
  } satisfies FactoriesOf<Pick<BillingOwn, keyof BillingServices>, Seen>,
  schemas,
  pages,
  attention: BILLING_ATTENTION,
  routes: [
    ...billingRoutes,
    ...usageRoutes,
    ...adminPlanRoutes,
    ...adminTenantRoutes,
    ...invoiceRoutes,
    ...couponRoutes,
    ...webhookRoutes,
    ...pageRoutes,
    ...ownSubscriptionRoutes,
    ...usageCallRoutes,
    ...invoiceLists,
    ...saleLists,
    ...planLists,
    ...usageLists,
  ],
  cron: [advanceSubscriptions, closeUsage, reconcile, reconcileUsage, cleanUp],
  jobs: [sendUsageMail, sendInvoiceMail, moveCredit, askAgain, endErased, closeCheckout],
  events: BILLING_EVENTS,
  eventAccess: BILLING_EVENT_ACCESS,
  on: { 'tenant.deleted': eraseBilling },
  hookPoints: { 'usage.exceeding': 'Before something over the limit is refused' },
  hooks: { 'user.exporting': exportBilling },
  functions: billingFunctions,
  meters: [...DOCUMENTED_METERS, ...OWN_METERS],
  scopes: { 'usage:manage': 'Count what is used, and give it back' },
  check({ paymentProviders, catalogue }: BillingScope, { provider, stripe }) {
    if (provider === 'stripe' && !stripe) {
      return ['plugins.billing.provider is stripe, so plugins.billing.stripe needs secretKey and webhookSecret'];
    }
    // One that builds on billing may bring it when it starts; `health` says so when none did.
    const mayCome = catalogue.plugins.some(({ requires }) => requires.includes('billing'));
    const isThere = paymentProviders.isThere() || mayCome;
    return isThere ? [] : [`plugins.billing.provider is '${provider}', which no plugin brings`];
  },
  async start(services: BillingScope) {
    await services.plans.ensureFirst();
    services.rateLimits.addPolicy(requestLimitPolicy(services));
    services.rateLimits.addCheck(apiRequestCheck(services));
    services.usage.countWith(services.usageMeters);
  },
  async stop({ usageMeters }: BillingScope) {
    await usageMeters.writeNotes();
  },
  async health({ paymentProviders }: BillingScope) {
    const isThere = paymentProviders.isThere();
    return {
      ok: isThere,
      detail: isThere ? {} : { provider: 'plugins.billing.provider names one that no plugin brings' },
    };
  },
});
