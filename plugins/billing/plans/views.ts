/** How plans look on the wire, for everybody and for super-admins. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import type { PlanRefRow, PlanRow } from '../contract.ts';
import { majorUnits } from '../money.ts';
import { Numbers, TextOrNull } from '../views.ts';

const plan = {
  id: Type.String(),
  plan_id: Type.String(),
  display_name: Type.String(),
  description: Type.String(),
  price_monthly: Type.Number({ description: 'In the major unit: 29.9' }),
  price_yearly: Type.Number(),
  currency: Type.String(),
  trial_days: Type.Integer(),
  limits: Numbers,
  features: Type.Array(Type.String()),
};
export const PlanView = Type.Object(plan);
export const AdminPlanView = Type.Object({
  ...plan,
  is_public: Type.Boolean(),
  created_at: Type.String(),
  updated_at: Type.String(),
  stripe_product_id: TextOrNull,
  stripe_price_monthly_id: TextOrNull,
  stripe_price_yearly_id: TextOrNull,
  stripe_synced_at: TextOrNull,
});

export function planView(row: PlanRow): Static<typeof PlanView> {
  return {
    id: row.uuid,
    plan_id: row.plan_id,
    display_name: row.display_name,
    description: row.description,
    price_monthly: majorUnits(Number(row.price_monthly), row.currency),
    price_yearly: majorUnits(Number(row.price_yearly), row.currency),
    currency: row.currency,
    trial_days: row.trial_days,
    limits: JSON.parse(row.limits),
    features: JSON.parse(row.features),
  };
}

export function adminPlanView(row: PlanRow, refs: readonly PlanRefRow[] = []): Static<typeof AdminPlanView> {
  const stripe = refs.find(({ provider }) => provider === 'stripe');
  return {
    ...planView(row),
    is_public: row.is_public === 1,
    created_at: isoSeconds(Number(row.created_at)),
    updated_at: isoSeconds(Number(row.updated_at)),
    stripe_product_id: stripe?.product_ref ?? null,
    stripe_price_monthly_id: stripe?.monthly_ref ?? null,
    stripe_price_yearly_id: stripe?.yearly_ref ?? null,
    stripe_synced_at: stripe ? isoSeconds(Number(stripe.synced_at)) : null,
  };
}
