/** The plan that a tenant has at a moment, by its subscription or by default. Tables: billing_subscriptions, billing_plans. */
import type { Knex } from 'knex';
import type { Services, Transaction } from '#core/plugin.ts';
import type { BillingConfig } from '../config.ts';
import type { PlanRow, SubscriptionStatus } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import { FALLBACK_PLAN } from '../plans/first-plans.ts';
import { stateAt } from './subscription-state.ts';
import type { SubscriptionRow } from './tables.ts';

export interface CurrentPlan {
  plan: PlanRow;
  /** Null for who has never bought anything. */
  subscription: SubscriptionRow | null;
  status: SubscriptionStatus;
  /** Whether any plan is for sale. */
  isSelling: boolean;
}

export interface CurrentPlans {
  of(tenantId: string): Promise<CurrentPlan>;
  /** As that connection sees it. */
  within(on: Knex | Transaction, tenantId: string): Promise<CurrentPlan>;
}

export function createCurrentPlans({ db, clock, config }: Services & { config: BillingConfig }): CurrentPlans {
  return { of: (tenantId) => within(db.read, tenantId), within };

  async function within(on: Knex | Transaction, tenantId: string): Promise<CurrentPlan> {
    const now = clock.now();
    const subscription = (await on('billing_subscriptions').where({ tenant_id: tenantId }).first()) ?? null;
    const plans = await on('billing_plans');
    const state = subscription && stateAt(subscription, now);
    const wanted = state ? (state.plan ?? FALLBACK_PLAN) : config.defaultPlan;
    const plan = plans.find((one) => one.id === wanted || one.plan_id === wanted);
    if (!plan) throw billingErrors.plan_not_found({ message: `There is no plan '${wanted}'` });
    const isSelling = plans.some(({ is_public }) => Number(is_public) === 1);
    return { plan, subscription, status: state?.status ?? 'active', isSelling };
  }
}
