/** What stands above the parts of billing sees, and tests see: everything of each. */
import type { PaymentsOwn } from './payments/services.ts';
import type { PlansOwn } from './plans/services.ts';
import type { BillingGround } from './services.ts';
import type { SubscriptionsOwn } from './subscriptions/services.ts';
import type { UsageOwn } from './usage/services.ts';

export interface BillingScope extends BillingGround, PaymentsOwn, PlansOwn, SubscriptionsOwn, UsageOwn {}
