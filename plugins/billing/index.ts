/** Billing: plans, subscriptions, payments and usage meters. Speaks MoltFlow's dialect. */
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { BillingConfig } from './config.ts';
import { cleanUp } from './cron.ts';
import { pages } from './pages.ts';
import { payments } from './payments/index.ts';
import { exportBilling } from './personal-data.ts';
import { plans } from './plans/index.ts';
import type { BillingScope } from './scope.ts';
import { groundServices } from './services.ts';
import { subscriptions } from './subscriptions/index.ts';
import { summaries } from './summaries.ts';
import { usage } from './usage/index.ts';

export default definePlugin({
  name: 'billing',
  summary: 'Plans, subscriptions, invoices and usage meters',
  summaries,
  requires: ['auth'],
  config: BillingConfig,
  migrations: new URL('./migrations/', import.meta.url),
  parts: [payments, plans, subscriptions, usage],
  services: groundServices,
  pages,
  cron: [cleanUp],
  on: {
    'tenant.deleted': ({ data, time }, { erasedTenants }: BillingScope) =>
      erasedTenants.erase(data.tenant_id, Date.parse(time)),
  },
  hooks: { 'user.exporting': exportBilling },
  check({ paymentProviders, catalogue }: BillingScope, { provider, stripe }) {
    if (provider === 'stripe' && !stripe) {
      return ['plugins.billing.provider is stripe, so plugins.billing.stripe needs secretKey and webhookSecret'];
    }
    // One that builds on billing may bring it when it starts; `health` says so when none did.
    const mayCome = catalogue.plugins.some(({ requires }) => requires.includes('billing'));
    const isThere = paymentProviders.isThere() || mayCome;
    return isThere ? [] : [`plugins.billing.provider is '${provider}', which no plugin brings`];
  },
  async health({ paymentProviders }: BillingScope) {
    const isThere = paymentProviders.isThere();
    return {
      ok: isThere,
      detail: isThere ? {} : { provider: 'plugins.billing.provider names one that no plugin brings' },
    };
  },
});
