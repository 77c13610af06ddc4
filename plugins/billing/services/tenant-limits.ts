/** What administrators grant a tenant: a plan, limits beyond it, counts that start anew. Tables: billing_overrides, billing_usage. */
import type { Transaction } from '#core/database/database.ts';
import type { Principal } from '#core/http/principal.ts';
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { UsageService } from '../contract.ts';
import { billingErrors } from '../errors.ts';
import { monthOf } from './calendar.ts';
import type { Entitlements } from './entitlements.ts';
import type { Invoices } from './invoices.ts';
import { type Limits, limitOf, meterList } from './meters.ts';
import { blank } from './new-subscription.ts';
import type { LeftOvers } from './payments/left-overs.ts';
import type { Origin, Plans } from './plans.ts';
import { unusedWorth } from './quotes.ts';
import { standingOf } from './standing.ts';
import type { SubscriptionStore } from './subscription-store.ts';

export interface EffectiveLimits {
  tenant_id: string;
  plan_id: string;
  plan: Limits;
  overrides: Limits;
  effective: Limits;
}

export interface TenantLimits {
  /** Throws `tenant_not_found`. */
  effective(tenantId: string): Promise<EffectiveLimits>;
  /** The tenant's own limits; null takes one back. Throws `unknown_limit`, `tenant_not_found`. */
  override(
    actor: Principal,
    tenantId: string,
    patch: Record<string, number | null>,
    origin: Origin,
  ): Promise<EffectiveLimits>;
  /**
   * Puts a tenant on a plan for nothing, until something else is decided; what it had paid for and not used is credit. Throws
   * `plan_not_found`, `tenant_not_found`, and `already_subscribed` while a payment provider runs a subscription of it.
   */
  assign(actor: Principal, tenantId: string, planId: string, origin: Origin): Promise<EffectiveLimits>;
  /** This month's counts begin at 0 again, and limits are those of the plan again. */
  reset(
    actor: Principal,
    tenantId: string,
    what: { usage: boolean; overrides: boolean },
    origin: Origin,
  ): Promise<EffectiveLimits>;
}

export function createTenantLimits(
  services: Services &
    AuthServices & {
      entitlements: Entitlements;
      usage: UsageService;
      plans: Plans;
      invoices: Invoices;
      leftOvers: LeftOvers;
      subscriptionStore: SubscriptionStore;
    },
): TenantLimits {
  const { db, clock, people, auditLog, catalogue, entitlements, usage, plans, invoices, leftOvers, subscriptionStore } =
    services;
  const meters = meterList(catalogue);

  return { effective, override, assign, reset };

  async function effective(tenantId: string): Promise<EffectiveLimits> {
    await mustExist(tenantId);
    const { plan, planLimits, overrides, limits } = await entitlements.fresh(tenantId);
    const all = (given: Readonly<Limits>): Limits =>
      Object.fromEntries(meters.limitNames.map((name) => [name, limitOf(given, name)]));
    return {
      tenant_id: tenantId,
      plan_id: plan.plan_id,
      plan: all(planLimits),
      overrides: { ...overrides },
      effective: all(limits),
    };
  }

  async function override(
    actor: Principal,
    tenantId: string,
    patch: Record<string, number | null>,
    origin: Origin,
  ): Promise<EffectiveLimits> {
    meters.checkLimits(Object.fromEntries(Object.keys(patch).map((name) => [name, 0])));
    await mustExist(tenantId);
    await db.transaction(async (trx) => {
      // The row first, so that two administrators add to each other's changes instead of losing one.
      const empty = { tenant_id: tenantId, limits: '{}', updated_at: clock.now() };
      await trx('billing_overrides').insert(empty).onConflict('tenant_id').ignore();
      const query = trx('billing_overrides').where({ tenant_id: tenantId });
      if (db.client === 'pg') query.forUpdate();
      const before = await query.first();
      const merged: Record<string, number | null> = { ...JSON.parse(before?.limits ?? '{}'), ...patch };
      const limits = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
      await trx('billing_overrides')
        .where({ tenant_id: tenantId })
        .update({ limits: JSON.stringify(limits), updated_at: clock.now() });
      await audit(trx, actor, 'limits.overridden', tenantId, { limits: patch }, origin);
      await entitlements.forget(trx, tenantId);
    });
    return effective(tenantId);
  }

  async function assign(actor: Principal, tenantId: string, planId: string, origin: Origin): Promise<EffectiveLimits> {
    await mustExist(tenantId);
    const plan = await plans.find(planId);
    const { subscription, status } = await entitlements.fresh(tenantId);
    if (subscription && status === 'canceled') await leftOvers.end(subscription);
    await db.transaction(async (trx) => {
      const before = await subscriptionStore.locked(trx, tenantId);
      const now = clock.now();
      const goesOn = before && before.provider_ref !== null && standingOf(before, now).status !== 'canceled';
      if (goesOn)
        throw billingErrors.already_subscribed({ message: 'A payment provider runs a subscription: cancel it first' });
      const credit = before ? Number(before.credit) + unusedWorth(before, now) : 0;
      const kept = before ? { credit, customer_ref: before.customer_ref, currency: before.currency } : {};
      await subscriptionStore.save(trx, before, { ...blank(tenantId, plan, 'monthly', now), price: 0, ...kept });
      await invoices.closeOpen(trx, tenantId, 'void');
      await audit(trx, actor, 'plan.assigned', tenantId, { plan_id: plan.plan_id }, origin);
    });
    return effective(tenantId);
  }

  async function reset(
    actor: Principal,
    tenantId: string,
    what: { usage: boolean; overrides: boolean },
    origin: Origin,
  ): Promise<EffectiveLimits> {
    await mustExist(tenantId);
    await db.transaction(async (trx) => {
      if (what.overrides) await trx('billing_overrides').where({ tenant_id: tenantId }).delete();
      // What there is now stays counted: only what a month adds up can begin anew.
      if (what.usage)
        await trx('billing_usage')
          .where({ tenant_id: tenantId, period: monthOf(clock.now()) })
          .delete();
      usage.forget();
      await audit(trx, actor, 'limits.reset', tenantId, what, origin);
      await entitlements.forget(trx, tenantId);
    });
    return effective(tenantId);
  }

  async function mustExist(tenantId: string): Promise<void> {
    if (!(await people.tenantByUuid(tenantId))) throw billingErrors.tenant_not_found();
  }

  async function audit(
    trx: Transaction,
    actor: Principal,
    action: string,
    tenantId: string,
    detail: Record<string, unknown>,
    origin: Origin,
  ): Promise<void> {
    await auditLog.record(
      { action, actor, tenantId, targetType: 'tenant', targetId: tenantId, detail, ...origin },
      trx,
    );
  }
}
