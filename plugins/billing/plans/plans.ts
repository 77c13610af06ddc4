/** Plans: making, changing, finding. Tables: billing_plans, billing_plan_refs. */
import { v7 as uuidv7 } from 'uuid';
import { ConfigError, isUniqueViolation, likePattern, type NumberedPage, numberedPage } from '#core/kit.ts';
import type { Precondition, Principal, Services, Transaction } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { Origin } from '../access.ts';
import type { BillingConfig } from '../config.ts';
import type { Cycle, PlanRow } from '../contract.ts';
import type { EntitlementChanges } from '../entitlement-changes.ts';
import { billingErrors } from '../errors.ts';
import { type Limits, meterList } from '../meters.ts';
import { majorUnits, minorUnits } from '../money.ts';
import { FALLBACK_PLAN, FIRST_PLANS } from './first-plans.ts';

export interface PlanWish {
  plan_id: string;
  display_name: string;
  description?: string;
  /** In the major unit. */
  price_monthly: number;
  price_yearly: number;
  currency?: string;
  trial_days?: number;
  limits?: Limits;
  features?: string[];
  is_public?: boolean;
}

export interface Plans {
  /** Makes the first plans when there are none. Throws when the default plan does not exist. */
  ensureFirst(): Promise<void>;
  /** By plan_id or uuid. Throws `plan_not_found`. */
  find(id: string): Promise<PlanRow>;
  byKey(key: number, trx?: Transaction): Promise<PlanRow>;
  fallback(trx?: Transaction): Promise<PlanRow>;
  initial(): Promise<PlanRow>;
  list(wish: {
    page?: number;
    page_size?: number;
    search?: string;
    onlyPublic?: boolean;
  }): Promise<NumberedPage<PlanRow>>;
  /** Throws `plan_exists`, `unknown_limit`, `invalid_price`. */
  create(actor: Principal, wish: PlanWish, origin: Origin): Promise<PlanRow>;
  /** Throws what `create` does, and what `unchanged` does. */
  change(
    actor: Principal,
    id: string,
    wish: Partial<PlanWish>,
    origin: Origin,
    unchanged: Precondition,
  ): Promise<PlanRow>;
  /** Throws `plan_in_use`. */
  remove(actor: Principal, id: string, origin: Origin): Promise<void>;
}

export function createPlans(
  services: Services & AuthServices & { entitlementChanges: EntitlementChanges; config: BillingConfig },
): Plans {
  const { db, clock, config, auditLog, catalogue, entitlementChanges } = services;
  const meters = meterList(catalogue);

  return { ensureFirst, find, byKey, fallback, initial, list, create, change, remove };

  async function ensureFirst(): Promise<void> {
    const now = clock.now();
    await db.transaction(async (trx) => {
      if (await trx('billing_plans').first('id')) return;
      const rows = FIRST_PLANS.map((plan) => ({
        ...plan,
        uuid: uuidv7(),
        currency: config.currency,
        trial_days: 0,
        limits: JSON.stringify(plan.limits),
        features: '[]',
        is_public: plan.is_public ? 1 : 0,
        created_at: now,
        updated_at: now,
      }));
      // Two replicas at their first start: whoever is later finds the rows there.
      await trx('billing_plans').insert(rows).onConflict('plan_id').ignore();
    });
    if (await db.write('billing_plans').where({ plan_id: config.defaultPlan }).first('id')) return;
    throw new ConfigError(`plugins.billing.defaultPlan names the plan '${config.defaultPlan}', which does not exist`);
  }

  async function find(id: string): Promise<PlanRow> {
    const row = await db.read('billing_plans').where({ plan_id: id }).orWhere({ uuid: id }).first();
    if (!row) throw billingErrors.plan_not_found();
    return row;
  }

  async function byKey(key: number, trx?: Transaction): Promise<PlanRow> {
    const row = await (trx ?? db.read)('billing_plans').where({ id: key }).first();
    if (!row) throw billingErrors.plan_not_found();
    return row;
  }

  async function named(plan_id: string, trx?: Transaction): Promise<PlanRow> {
    const row = await (trx ?? db.read)('billing_plans').where({ plan_id }).first();
    if (!row) throw billingErrors.plan_not_found({ message: `There is no plan '${plan_id}'` });
    return row;
  }

  function fallback(trx?: Transaction): Promise<PlanRow> {
    return named(FALLBACK_PLAN, trx);
  }

  function initial(): Promise<PlanRow> {
    return named(config.defaultPlan);
  }

  async function list(wish: Parameters<Plans['list']>[0]): Promise<NumberedPage<PlanRow>> {
    const query = db.read('billing_plans').orderBy('id');
    if (wish.onlyPublic) query.where({ is_public: 1 });
    if (wish.search) {
      const pattern = likePattern(wish.search.toLowerCase());
      query.whereRaw(`(lower(plan_id) like ? escape '\\' or lower(display_name) like ? escape '\\')`, [
        pattern,
        pattern,
      ]);
    }
    return numberedPage<PlanRow>(query, wish);
  }

  async function create(actor: Principal, wish: PlanWish, origin: Origin): Promise<PlanRow> {
    meters.checkLimits(wish.limits ?? {});
    const now = clock.now();
    const currency = wish.currency ?? config.currency;
    const row = {
      uuid: uuidv7(),
      plan_id: wish.plan_id,
      display_name: wish.display_name,
      description: wish.description ?? '',
      price_monthly: minorUnits(wish.price_monthly, currency),
      price_yearly: minorUnits(wish.price_yearly, currency),
      currency,
      trial_days: wish.trial_days ?? 0,
      limits: JSON.stringify(wish.limits ?? {}),
      features: JSON.stringify(wish.features ?? []),
      is_public: wish.is_public === false ? 0 : 1,
      created_at: now,
      updated_at: now,
    };
    return db
      .transaction(async (trx) => {
        const [plan] = await trx('billing_plans').insert(row).returning('*');
        if (!plan) throw new Error('The plan was not stored');
        await audit(trx, actor, 'plan.created', plan, origin);
        return plan;
      })
      .catch(asExisting);
  }

  async function change(
    actor: Principal,
    id: string,
    wish: Partial<PlanWish>,
    origin: Origin,
    unchanged: Precondition,
  ): Promise<PlanRow> {
    meters.checkLimits(wish.limits ?? {});
    const { id: key } = await find(id);
    return db
      .transaction(async (trx) => {
        // As it is now: two who change it at once add to each other's changes.
        const before = await trx('billing_plans').where({ id: key }).forUpdate().first();
        if (!before) throw billingErrors.plan_not_found();
        unchanged(before);
        const currency = wish.currency ?? before.currency;
        // In another currency the same price has another number of decimals.
        const same = (minor: number): number => majorUnits(minor, before.currency);
        const { price_monthly = same(before.price_monthly), price_yearly = same(before.price_yearly) } = wish;
        const [plan] = await trx('billing_plans')
          .where({ id: before.id })
          .update({
            ...(wish.display_name !== undefined && { display_name: wish.display_name }),
            ...(wish.description !== undefined && { description: wish.description }),
            price_monthly: minorUnits(price_monthly, currency),
            price_yearly: minorUnits(price_yearly, currency),
            ...(wish.trial_days !== undefined && { trial_days: wish.trial_days }),
            // Limits that are not named stay as they are.
            ...(wish.limits && { limits: JSON.stringify({ ...JSON.parse(before.limits), ...wish.limits }) }),
            ...(wish.features && { features: JSON.stringify(wish.features) }),
            ...(wish.is_public !== undefined && { is_public: wish.is_public ? 1 : 0 }),
            currency,
            updated_at: clock.now(),
          })
          .returning('*');
        if (!plan) throw billingErrors.plan_not_found();
        await audit(trx, actor, 'plan.updated', plan, origin, { changed: Object.keys(wish) });
        await entitlementChanges.announce(trx);
        return plan;
      })
      .catch(asExisting);
  }

  async function remove(actor: Principal, id: string, origin: Origin): Promise<void> {
    const plan = await find(id);
    if ([FALLBACK_PLAN, config.defaultPlan].includes(plan.plan_id)) throw billingErrors.plan_in_use();
    await db.transaction(async (trx) => {
      // A subscription that begins now takes a lock on its plan by the foreign key.
      if (!(await trx('billing_plans').where({ id: plan.id }).forUpdate().first('id')))
        throw billingErrors.plan_not_found();
      const user = await trx('billing_subscriptions')
        .where({ plan: plan.id })
        .orWhere({ next_plan: plan.id })
        .first('id');
      const checkout = await trx('billing_checkouts').where({ plan: plan.id, status: 'open' }).first('id');
      if (user || checkout) throw billingErrors.plan_in_use();
      await trx('billing_plans').where({ id: plan.id }).delete();
      await audit(trx, actor, 'plan.deleted', plan, origin);
      await entitlementChanges.announce(trx);
    });
  }

  async function audit(
    trx: Transaction,
    actor: Principal,
    action: string,
    plan: PlanRow,
    origin: Origin,
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    const about = { targetType: 'plan', targetId: plan.uuid, detail: { plan_id: plan.plan_id, ...detail } };
    await auditLog.record({ action, actor, ...about, ...origin }, trx);
  }
}

export function priceOf(plan: PlanRow, cycle: Cycle): number {
  return cycle === 'yearly' ? plan.price_yearly : plan.price_monthly;
}

/** A plan that costs something is not free in the cycle that has no price: it is not sold by it. */
export function isOffered(plan: PlanRow, cycle: Cycle): boolean {
  const isFree = plan.price_monthly === 0 && plan.price_yearly === 0;
  return plan.is_public === 1 && (isFree || priceOf(plan, cycle) > 0);
}

function asExisting(error: unknown): never {
  if (isUniqueViolation(error)) throw billingErrors.plan_exists();
  throw error;
}
