/** What administrators grant a tenant: a plan, limits beyond it, counts that start anew. Tables: billing_overrides, billing_usage. */
import type { Knex } from 'knex';
import type { Static } from 'typebox';
import type { Precondition, Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Origin } from '../access.ts';
import { monthOf } from '../calendar.ts';
import type { EntitlementChanges } from '../entitlement-changes.ts';
import { billingErrors } from '../errors.ts';
import { type Limits, limitOf, meterList } from '../meters.ts';
import { majorUnits } from '../money.ts';
import type { Invoices } from '../payments/invoices.ts';
import type { OrphanedCharges } from '../payments/orphaned-charges.ts';
import type { Plans } from '../plans/plans.ts';
import { blank } from '../subscriptions/new-subscription.ts';
import { unusedWorth } from '../subscriptions/quotes.ts';
import { stateAt } from '../subscriptions/subscription-state.ts';
import type { SubscriptionStore } from '../subscriptions/subscription-store.ts';
import type { SubscriptionRow } from '../subscriptions/tables.ts';
import { mustExist } from '../views.ts';
import type { Entitlements } from './entitlements.ts';
import { settleCalls } from './rows.ts';
import type { OverrideRow } from './tables.ts';
import type { UsageMeters } from './usage-meters.ts';
import type { EffectiveLimits, PlanPreview } from './views/tenant-limits.ts';

/** Plan and limits of a tenant. */
export interface TenantTerms {
  limits: EffectiveLimits;
  /** What administrators change of it, for its version. */
  versioned: object;
}

/** What putting a tenant on a plan comes to. Amounts in the major unit. */
type VersionedPreview = Omit<Static<typeof PlanPreview>, 'version'> & Pick<TenantTerms, 'versioned'>;

/** All throw `tenant_not_found`, and changes what `unchanged` does, asked of what is versioned. */
export interface TenantLimits {
  effective(tenantId: string): Promise<EffectiveLimits>;
  terms(tenantId: string): Promise<TenantTerms>;
  /** The tenant's own limits; null takes one back. Throws `unknown_limit`. */
  override(
    actor: Principal,
    tenantId: string,
    patch: Record<string, number | null>,
    origin: Origin,
    unchanged: Precondition,
  ): Promise<TenantTerms>;
  /** What `assign` would do, changing nothing. Throws `plan_not_found`. */
  preview(tenantId: string, planId: string): Promise<VersionedPreview>;
  /**
   * Puts a tenant on a plan for nothing, until something else is decided; what it had paid for and not used is credit. Throws
   * `plan_not_found`, and `already_subscribed` while a payment provider runs a subscription of it.
   */
  assign(
    actor: Principal,
    tenantId: string,
    planId: string,
    origin: Origin,
    unchanged: Precondition,
  ): Promise<TenantTerms>;
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
      entitlementChanges: EntitlementChanges;
      usageMeters: UsageMeters;
      plans: Plans;
      invoices: Invoices;
      orphanedCharges: OrphanedCharges;
      subscriptionStore: SubscriptionStore;
    },
): TenantLimits {
  const {
    db,
    clock,
    auditLog,
    catalogue,
    entitlements,
    entitlementChanges,
    usageMeters,
    plans,
    invoices,
    orphanedCharges,
    subscriptionStore,
  } = services;
  const meters = meterList(catalogue);

  return { effective, terms, override, preview, assign, reset };

  async function effective(tenantId: string): Promise<EffectiveLimits> {
    await mustExist(services, tenantId);
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
    unchanged: Precondition,
  ): Promise<TenantTerms> {
    meters.checkLimits(Object.fromEntries(Object.keys(patch).map((name) => [name, 0])));
    await mustExist(services, tenantId);
    await db.transaction(async (trx) => {
      const subscription = await subscriptionStore.locked(trx, tenantId);
      // The row first, so that two administrators add to each other's changes instead of losing one.
      const empty = { tenant_id: tenantId, limits: '{}', updated_at: clock.now() };
      await trx('billing_overrides').insert(empty).onConflict('tenant_id').ignore();
      const before = await trx('billing_overrides').where({ tenant_id: tenantId }).forUpdate().first();
      unchanged(versionedOf(subscription, before));
      const merged: Record<string, number | null> = { ...JSON.parse(before?.limits ?? '{}'), ...patch };
      const limits = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
      await trx('billing_overrides')
        .where({ tenant_id: tenantId })
        .update({ limits: JSON.stringify(limits), updated_at: clock.now() });
      await audit(trx, actor, 'limits.overridden', tenantId, { limits: patch }, origin);
      await entitlementChanges.announce(trx, tenantId);
    });
    return terms(tenantId);
  }

  async function terms(tenantId: string): Promise<TenantTerms> {
    return { limits: await effective(tenantId), versioned: await versionedNow(db.read, tenantId) };
  }

  async function versionedNow(on: Knex | Transaction, tenant_id: string): Promise<object> {
    const subscription = await on('billing_subscriptions').where({ tenant_id }).first();
    return versionedOf(subscription, await on('billing_overrides').where({ tenant_id }).first());
  }

  async function preview(tenantId: string, planId: string): Promise<VersionedPreview> {
    await mustExist(services, tenantId);
    const [to, { plan: from, subscription }] = await Promise.all([plans.find(planId), entitlements.fresh(tenantId)]);
    const now = clock.now();
    const open = db.read('billing_invoices').where({ tenant_id: tenantId, status: 'open' });
    const currency = subscription?.currency ?? to.currency;
    return {
      tenant_id: tenantId,
      from_plan_id: from.plan_id,
      plan_id: to.plan_id,
      price: 0,
      list_price_monthly: majorUnits(to.price_monthly, to.currency),
      list_price_yearly: majorUnits(to.price_yearly, to.currency),
      list_currency: to.currency,
      credit: majorUnits(creditAfter(subscription, now), currency),
      currency,
      voided_invoices: await open.orderBy('id').pluck('number'),
      refusal: goesOn(subscription, now) ? 'already_subscribed' : null,
      versioned: await versionedNow(db.read, tenantId),
    };
  }

  async function assign(
    actor: Principal,
    tenantId: string,
    planId: string,
    origin: Origin,
    unchanged: Precondition,
  ): Promise<TenantTerms> {
    await mustExist(services, tenantId);
    const plan = await plans.find(planId);
    const { subscription, status } = await entitlements.fresh(tenantId);
    if (subscription && status === 'canceled') await orphanedCharges.end(subscription);
    await db.transaction(async (trx) => {
      const before = await subscriptionStore.locked(trx, tenantId);
      unchanged(await versionedNow(trx, tenantId));
      const now = clock.now();
      if (goesOn(before, now))
        throw billingErrors.already_subscribed({ message: 'A payment provider runs a subscription: cancel it first' });
      const credit = creditAfter(before, now);
      const kept = before ? { credit, customer_ref: before.customer_ref, currency: before.currency } : {};
      await subscriptionStore.save(
        trx,
        before,
        { ...blank(tenantId, plan, 'monthly', now), price: 0, ...kept },
        'grant',
      );
      await invoices.closeOpen(trx, tenantId, 'void');
      await audit(trx, actor, 'plan.assigned', tenantId, { plan_id: plan.plan_id }, origin);
    });
    return terms(tenantId);
  }

  async function reset(
    actor: Principal,
    tenantId: string,
    what: { usage: boolean; overrides: boolean },
    origin: Origin,
  ): Promise<EffectiveLimits> {
    await mustExist(services, tenantId);
    await db.transaction(async (trx) => {
      if (what.overrides) await trx('billing_overrides').where({ tenant_id: tenantId }).delete();
      // What there is now stays counted: only what a month adds up can begin anew.
      if (what.usage)
        await trx('billing_usage')
          .where({ tenant_id: tenantId, period: monthOf(clock.now()) })
          .delete();
      if (what.usage) await settleCalls(trx, { tenant_id: tenantId });
      usageMeters.invalidate();
      await audit(trx, actor, 'limits.reset', tenantId, what, origin);
      await entitlementChanges.announce(trx, tenantId);
    });
    return effective(tenantId);
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

/** Whether a payment provider runs the subscription, so that it has to end there first. */
function goesOn(subscription: SubscriptionRow | null | undefined, now: number): boolean {
  if (!subscription || subscription.provider_ref === null) return false;
  return stateAt(subscription, now).status !== 'canceled';
}

function creditAfter(subscription: SubscriptionRow | null | undefined, now: number): number {
  return subscription ? subscription.credit + unusedWorth(subscription, now) : 0;
}

const CHOSEN = [
  ...(['plan', 'price', 'provider', 'provider_ref', 'billing_cycle'] as const),
  ...(['cancel_at_period_end', 'next_plan', 'next_cycle'] as const),
];

/** Plan, price and limits: that a period ends or a credit grows is no decision of somebody's. */
function versionedOf(subscription: SubscriptionRow | undefined, override: OverrideRow | undefined): object {
  const chosen = subscription && CHOSEN.map((name) => subscription[name]);
  return { chosen: chosen ?? null, limits: override?.limits ?? '{}' };
}
