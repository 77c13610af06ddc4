/** Plans at the payment provider: products and prices, kept the same as ours. Tables: billing_plan_refs, billing_price_refs. */
import type { Services } from '#core/plugin.ts';
import type { Cycle, PaymentProvider, PlanRefRow, PlanRow } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import type { PaymentProviders } from '../payments/providers.ts';
import { priceOf } from './plans.ts';

export interface PlanSync {
  /** Brings the plan up to date at the provider of that name. Again is no error. Throws `sync_not_supported`. */
  sync(providerName: string, plan: PlanRow): Promise<PlanRefRow>;
  /** All that cost something, one after the other; one that fails does not keep the others. */
  syncAll(providerName: string): Promise<{ plan_id: string; refs: PlanRefRow | null; error: string | null }[]>;
  /** The refs for selling it; made or renewed when they are missing or old. Null for providers without plans. */
  refsFor(provider: PaymentProvider, plan: PlanRow, cycle: Cycle): Promise<PlanRefRow | null>;
  refsOf(plans: readonly PlanRow[]): Promise<Map<number, PlanRefRow[]>>;
}

export function createPlanSync({
  db,
  log,
  paymentProviders,
}: Services & { paymentProviders: PaymentProviders }): PlanSync {
  return { sync: (name, plan) => syncWith(paymentProviders.named(name), plan), syncAll, refsFor, refsOf };

  async function syncWith(provider: PaymentProvider, plan: PlanRow): Promise<PlanRefRow> {
    if (!provider.syncPlan) throw billingErrors.sync_not_supported();
    const known = (await refsAt(provider, plan)) ?? null;
    const refs = await provider.syncPlan(plan, known);
    await db.transaction(async (trx) => {
      await trx('billing_plan_refs').insert(refs).onConflict(['plan', 'provider']).merge();
      for (const [price_ref, billing_cycle] of [
        [refs.monthly_ref, 'monthly'],
        [refs.yearly_ref, 'yearly'],
      ] as const) {
        if (price_ref === null) continue;
        await trx('billing_price_refs')
          .insert({ provider: provider.name, price_ref, plan: plan.id, billing_cycle })
          .onConflict(['provider', 'price_ref'])
          .ignore();
      }
    });
    return refs;
  }

  function refsAt(provider: PaymentProvider, plan: PlanRow) {
    return db.write('billing_plan_refs').where({ plan: plan.id, provider: provider.name }).first();
  }

  async function syncAll(providerName: string) {
    const provider = paymentProviders.named(providerName);
    const plans = await db.read('billing_plans').orderBy('id');
    const results: { plan_id: string; refs: PlanRefRow | null; error: string | null }[] = [];
    for (const plan of plans.filter((one) => one.price_monthly > 0 || one.price_yearly > 0)) {
      try {
        results.push({ plan_id: plan.plan_id, refs: await syncWith(provider, plan), error: null });
      } catch (error) {
        log.warn({ err: error, plan: plan.plan_id }, 'A plan could not be synchronised');
        results.push({ plan_id: plan.plan_id, refs: null, error: error instanceof Error ? error.message : 'failed' });
      }
    }
    return results;
  }

  async function refsFor(provider: PaymentProvider, plan: PlanRow, cycle: Cycle): Promise<PlanRefRow | null> {
    if (!provider.syncPlan) return null;
    const known = await refsAt(provider, plan);
    const amount = cycle === 'yearly' ? known?.yearly_amount : known?.monthly_amount;
    const isFresh = known && Number(amount) === Number(priceOf(plan, cycle)) && known.currency === plan.currency;
    return isFresh ? known : syncWith(provider, plan);
  }

  async function refsOf(plans: readonly PlanRow[]): Promise<Map<number, PlanRefRow[]>> {
    const rows = await db.read('billing_plan_refs').whereIn(
      'plan',
      plans.map(({ id }) => id),
    );
    const byPlan = new Map<number, PlanRefRow[]>();
    for (const row of rows) byPlan.set(row.plan, [...(byPlan.get(row.plan) ?? []), row]);
    return byPlan;
  }
}
