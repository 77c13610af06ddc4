/** How limits of a tenant look on the wire: what follows from its plan, and what it was granted. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { Numbers } from '../../views.ts';
import type { OverrideRow } from '../tables.ts';

const Limits = Type.Record(Type.String(), Type.Integer());
export const EffectiveLimits = Type.Object({
  tenant_id: Type.String(),
  plan_id: Type.String(),
  plan: Limits,
  overrides: Limits,
  effective: Limits,
});
export type EffectiveLimits = Static<typeof EffectiveLimits>;

export const PlanPreview = Type.Object({
  tenant_id: Type.String(),
  from_plan_id: Type.String(),
  plan_id: Type.String(),
  price: Type.Number({ description: 'What the tenant pays for it' }),
  list_price_monthly: Type.Number(),
  list_price_yearly: Type.Number(),
  list_currency: Type.String(),
  credit: Type.Number({ description: 'What the tenant has to its credit afterwards' }),
  currency: Type.String(),
  voided_invoices: Type.Array(Type.String(), { description: 'Open invoices that need not be paid then' }),
  refusal: Type.Union([Type.String(), Type.Null()], { description: 'The code that the change would be refused with' }),
  version: Type.String({ description: 'Of plan and limits, for `If-Match` of the change' }),
});

export const OverrideView = Type.Object({ tenant_id: Type.String(), limits: Numbers, updated_at: Type.String() });

export function overrideView({ tenant_id, limits, updated_at }: OverrideRow): Static<typeof OverrideView> {
  return { tenant_id, limits: JSON.parse(limits), updated_at: isoSeconds(updated_at) };
}
