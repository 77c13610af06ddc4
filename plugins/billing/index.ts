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
import type { BillingScope } from './scope.ts';
import { sendInvoiceMail } from './services/invoices.ts';
import { DOCUMENTED_METERS, OWN_METERS } from './services/meters.ts';
import { askAgain } from './services/payments/ask-again.ts';
import { closeCheckout, endErased } from './services/payments/erased-jobs.ts';
import { moveCredit } from './services/payments/transfer-balance.ts';
import { requestLimitPolicy } from './services/request-limits.ts';
import { sendUsageMail } from './services/usage/announcing.ts';
import { apiRequestCheck } from './services/usage/api-requests.ts';
import { billingPublicServices, billingServices } from './services.ts';

type Seen = BillingScope & { config: BillingConfig };

export default definePlugin({
  name: 'billing',
  summary: 'Plans, subscriptions, invoices and usage meters',
  requires: ['auth'],
  config: BillingConfig,
  migrations: new URL('./migrations/', import.meta.url),
  contents: { subscriptions: 'billing_subscriptions', invoices: 'billing_invoices' },
  services: billingServices satisfies Record<string, (services: Seen) => unknown>,
  publicServices: billingPublicServices satisfies FactoriesOf<BillingServices, Seen>,
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
