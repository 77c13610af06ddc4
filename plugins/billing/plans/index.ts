/** Plans: what is sold, for how much and with which limits, here and at the payment provider. */
import { definePart } from '#core/plugin.ts';
import type { BillingConfig } from '../config.ts';
import { planRoutes } from './routes.ts';
import { type PlansScope, planServices } from './services.ts';
import './tables.ts';
import { AdminPlanView, PlanView } from './views.ts';

export const plans = definePart<PlansScope & { config: BillingConfig }>({
  name: 'plans',
  summary: 'What is sold, here and at the payment provider',
  needs: ['payments'],
  services: planServices,
  schemas: { AdminPlan: AdminPlanView, Plan: PlanView },
  routes: planRoutes,
  start: ({ plans }) => plans.ensureFirst(),
});
