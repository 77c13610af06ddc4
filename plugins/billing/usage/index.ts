/** Usage: what tenants may have and what they use of it, counted by meters against the limits of their plans and their own. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import { USAGE } from '../access.ts';
import type { BillingConfig } from '../config.ts';
import { DOCUMENTED_METERS, OWN_METERS } from '../meters.ts';
import { sendUsageMail } from './announcing.ts';
import { apiRequestCheck } from './api-requests.ts';
import { usageCron } from './cron.ts';
import { eraseUsage } from './erasure.ts';
import { usageFunctions } from './functions.ts';
import { requestLimitPolicy } from './request-limits.ts';
import { tenantLimitRoutes } from './routes/tenant-limits.ts';
import { usageRoutes } from './routes/usage.ts';
import { usageCallRoutes } from './routes/usage-calls.ts';
import { usageLists } from './routes/usage-lists.ts';
import { type UsageScope, usagePublicServices, usageServices } from './services.ts';
import { usageTables } from './tables.ts';
import { subscriptionOf } from './views/subscription.ts';
import { EffectiveLimits } from './views/tenant-limits.ts';
import { CurrentUsageView } from './views/usage.ts';

const Usage = Type.Object({
  tenant_id: Type.String(),
  meter: Type.String(),
  used: Type.Integer(),
  limit: Type.Integer(),
  period: Type.String(),
});

export const usage = definePart<UsageScope & { config: BillingConfig }>({
  name: 'usage',
  summary: 'What tenants may have and what they use of it',
  needs: ['payments', 'plans', 'subscriptions'],
  tables: usageTables,
  services: usageServices,
  publicServices: usagePublicServices,
  schemas: { EffectiveLimits, Usage: CurrentUsageView },
  routes: [...tenantLimitRoutes, ...usageCallRoutes, ...usageLists, ...usageRoutes],
  cron: usageCron,
  jobs: [sendUsageMail],
  functions: usageFunctions,
  events: {
    'usage.threshold': Type.Object({ ...Usage.properties, percent: Type.Integer() }),
    'usage.exceeded': Usage,
  },
  eventAccess: { 'usage.threshold': USAGE, 'usage.exceeded': USAGE },
  hookPoints: { 'usage.exceeding': 'Before something over the limit is refused' },
  meters: [...DOCUMENTED_METERS, ...OWN_METERS],
  scopes: { 'usage:manage': 'Count what is used, and give it back' },
  async start(scope) {
    scope.erasedTenants.with((trx, tenantId) => eraseUsage(scope, trx, tenantId));
    scope.subscriptionAnswers.provide({ of: (tenantId) => subscriptionOf(tenantId, scope) });
    scope.rateLimits.addPolicy(requestLimitPolicy(scope));
    scope.rateLimits.addCheck(apiRequestCheck(scope));
    scope.usage.countWith(scope.usageMeters);
  },
  stop: ({ usageMeters }) => usageMeters.writeNotes(),
});
