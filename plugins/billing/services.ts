/** What every part of billing sees: the platform, what auth gives, and the ground floor that the parts share. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { BillingConfig } from './config.ts';
import { createEntitlementChanges } from './entitlement-changes.ts';
import { createErasedTenants } from './erased-tenants.ts';
import { createSubscriptionAnswers } from './subscription-answer.ts';

export const groundServices = {
  billingConfig: ({ config }: { config: BillingConfig }) => config,
  entitlementChanges: createEntitlementChanges,
  erasedTenants: createErasedTenants,
  subscriptionAnswers: createSubscriptionAnswers,
};

export interface BillingGround extends Services, AuthServices, ServicesOf<typeof groundServices> {}
