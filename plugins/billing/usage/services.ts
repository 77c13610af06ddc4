/** How the services of usage are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { PaymentsOwn } from '../payments/services.ts';
import type { PlansOwn } from '../plans/services.ts';
import type { BillingGround } from '../services.ts';
import type { SubscriptionsOwn } from '../subscriptions/services.ts';
import { createEntitlements } from './entitlements.ts';
import { createMonthClose } from './month-close.ts';
import { createTenantLimits } from './tenant-limits.ts';
import { createUsageCalls } from './usage-calls.ts';
import { createUsageFigures } from './usage-figures.ts';
import { createUsageMeters } from './usage-meters.ts';

export const usageServices = {
  monthClose: createMonthClose,
  tenantLimits: createTenantLimits,
  usageCalls: createUsageCalls,
  usageFigures: createUsageFigures,
  usageMeters: createUsageMeters,
};

export const usagePublicServices = { entitlements: createEntitlements };

export interface UsageOwn extends ServicesOf<typeof usageServices>, ServicesOf<typeof usagePublicServices> {}

/** What this part sees. */
export interface UsageScope extends BillingGround, PaymentsOwn, PlansOwn, SubscriptionsOwn, UsageOwn {}
