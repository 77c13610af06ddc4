/** How the services of plans are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { PaymentsOwn } from '../payments/services.ts';
import type { BillingGround } from '../services.ts';
import { createPlanSync } from './plan-sync.ts';
import { createPlans } from './plans.ts';

export const planServices = { plans: createPlans, planSync: createPlanSync };

export interface PlansOwn extends ServicesOf<typeof planServices> {}

/** What this part sees. */
export interface PlansScope extends BillingGround, PaymentsOwn, PlansOwn {}
