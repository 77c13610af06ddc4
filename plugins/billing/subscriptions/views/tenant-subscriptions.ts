/** How the subscription of any tenant looks to super-admins. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import type { PlanRow } from '../../contract.ts';
import { majorUnits } from '../../money.ts';
import { FALLBACK_PLAN } from '../../plans/first-plans.ts';
import { CycleSchema, SUBSCRIPTION_STATUSES, TextOrNull } from '../../views.ts';
import { stateAt } from '../subscription-state.ts';
import type { SubscriptionRow } from '../tables.ts';

export const TenantSubscriptionView = Type.Object({
  id: Type.String(),
  tenant_id: Type.String(),
  plan_id: Type.String(),
  display_name: Type.String(),
  status: Type.Enum([...SUBSCRIPTION_STATUSES], { description: 'As it was last settled' }),
  current_status: Type.Enum([...SUBSCRIPTION_STATUSES]),
  current_plan_id: Type.String({ description: 'The plan that it comes to at this moment' }),
  billing_cycle: CycleSchema,
  price: Type.Number({ description: 'What was agreed; 0 for a plan that was given' }),
  currency: Type.String(),
  credit: Type.Number(),
  provider: Type.String(),
  provider_ref: TextOrNull,
  period_start: Type.String(),
  period_end: Type.String(),
  trial_end: TextOrNull,
  cancel_at_period_end: Type.Boolean(),
  canceled_at: TextOrNull,
  next_plan_id: TextOrNull,
  created_at: Type.String(),
  updated_at: Type.String(),
});

export type NamedSubscription = SubscriptionRow & Pick<PlanRow, 'plan_id' | 'display_name'>;

/** `names` are the plan_ids of plans by their key. */
export function tenantSubscriptionView(
  row: NamedSubscription,
  names: ReadonlyMap<number, string>,
  now: number,
): Static<typeof TenantSubscriptionView> {
  const { uuid, tenant_id, plan_id, display_name, status, billing_cycle, currency, provider, provider_ref } = row;
  const current = stateAt(row, now);
  return {
    id: uuid,
    tenant_id,
    plan_id,
    display_name,
    status,
    current_status: current.status,
    current_plan_id: nameOf(current.plan) ?? FALLBACK_PLAN,
    billing_cycle,
    price: majorUnits(row.price, currency),
    currency,
    credit: majorUnits(row.credit, currency),
    provider,
    provider_ref,
    period_start: isoSeconds(row.period_start),
    period_end: isoSeconds(row.period_end),
    trial_end: isoSeconds(row.trial_end),
    cancel_at_period_end: row.cancel_at_period_end === 1,
    canceled_at: isoSeconds(row.canceled_at),
    next_plan_id: nameOf(row.next_plan),
    created_at: isoSeconds(row.created_at),
    updated_at: isoSeconds(row.updated_at),
  };

  function nameOf(plan: number | null): string | null {
    return plan === null ? null : (names.get(plan) ?? null);
  }
}
