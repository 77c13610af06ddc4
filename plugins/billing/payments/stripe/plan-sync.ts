/** A plan at Stripe: one product, a price for each cycle. Prices cannot be changed there: a new one replaces the old. */
import type { Stripe } from 'stripe';
import type { PlanRefRow, PlanRow } from '../../contract.ts';
import { stripeAmount } from './amounts.ts';
import { asked, isMissing } from './client.ts';

export async function syncStripePlan(
  stripe: Stripe,
  plan: PlanRow,
  known: PlanRefRow | null,
  now: number,
): Promise<PlanRefRow> {
  const product = await asked(() => productOf(stripe, plan, known));
  const currency = plan.currency;
  const isSameCurrency = known?.currency === currency && known.product_ref === product;
  const old = isSameCurrency ? known : null;
  const price = (cycle: 'month' | 'year', amount: number, ref: string | null, oldAmount: number | null) =>
    ref !== null && Number(oldAmount) === Number(amount)
      ? Promise.resolve(ref)
      : asked(() => newPrice(stripe, plan, product, cycle, Number(amount)));
  const monthly = await price('month', plan.price_monthly, old?.monthly_ref ?? null, old?.monthly_amount ?? null);
  const yearly = await price('year', plan.price_yearly, old?.yearly_ref ?? null, old?.yearly_amount ?? null);
  // Archived only now: at no moment is there a plan without a price.
  for (const [before, after] of [
    [known?.monthly_ref, monthly],
    [known?.yearly_ref, yearly],
  ]) {
    if (before && before !== after) await asked(() => stripe.prices.update(before, { active: false }));
  }
  return {
    plan: plan.id,
    provider: 'stripe',
    product_ref: product,
    monthly_ref: monthly,
    monthly_amount: plan.price_monthly,
    yearly_ref: yearly,
    yearly_amount: plan.price_yearly,
    currency,
    synced_at: now,
  };
}

async function productOf(stripe: Stripe, plan: PlanRow, known: PlanRefRow | null): Promise<string> {
  const fields = {
    name: plan.display_name,
    ...(plan.description && { description: plan.description }),
    metadata: { plan_id: plan.plan_id, plan_uuid: plan.uuid },
  };
  if (known) {
    try {
      return (await stripe.products.update(known.product_ref, { ...fields, active: true })).id;
    } catch (error) {
      // Deleted by hand at Stripe: a new one takes its place.
      if (!isMissing(error)) throw error;
    }
  }
  const key = `product-${plan.uuid}-${known?.product_ref ?? 'first'}`;
  return (await stripe.products.create(fields, { idempotencyKey: key })).id;
}

/** The key holds what makes the price: two who synchronise at the same time get the same one. */
async function newPrice(
  stripe: Stripe,
  plan: PlanRow,
  product: string,
  interval: 'month' | 'year',
  amount: number,
): Promise<string> {
  const price = await stripe.prices.create(
    {
      product,
      currency: plan.currency.toLowerCase(),
      unit_amount: stripeAmount(amount, plan.currency),
      recurring: { interval },
      metadata: { plan_id: plan.plan_id },
    },
    { idempotencyKey: `price-${product}-${interval}-${plan.currency}-${amount}-${plan.updated_at}` },
  );
  return price.id;
}
