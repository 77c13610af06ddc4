/**
 * What a tenant may have now: its plan, its own overrides, and the limits that follow. Remembered, so that a metered
 * call and a rate limit cost no query. Tables: billing_subscriptions, billing_overrides, billing_plans.
 */
import type { Knex } from 'knex';
import type { Services, Transaction } from '#core/plugin.ts';
import type { BillingConfig } from '../config.ts';
import { billingErrors } from '../errors.ts';
import type { PlanRow, SubscriptionRow, SubscriptionStatus } from '../tables.ts';
import { FALLBACK_PLAN } from './first-plans.ts';
import type { Limits } from './meters.ts';
import { standingOf } from './subscription-state.ts';

export interface Entitlement {
  tenantId: string;
  plan: PlanRow;
  /** Null for who has never bought anything. */
  subscription: SubscriptionRow | null;
  status: SubscriptionStatus;
  planLimits: Readonly<Limits>;
  overrides: Readonly<Limits>;
  /** The plan's limits with the tenant's own over them. */
  limits: Readonly<Limits>;
}

export interface Entitlements {
  /** At once when it is remembered, else by a query. */
  of(tenantId: string): Entitlement | Promise<Entitlement>;
  /** Always from the database. */
  fresh(tenantId: string): Promise<Entitlement>;
  /** Inside a transaction, as it sees things: also what it has changed itself, once it has called `forget`. */
  within(trx: Transaction, tenantId: string): Entitlement | Promise<Entitlement>;
  /** Everybody drops what they remember of the tenant (of all, without one) once the transaction has committed. */
  forget(trx: Transaction, tenantId?: string): Promise<void>;
}

/** More than this and the memory starts again. */
const MAX_REMEMBERED = 20_000;
/** Where other processes write too, a notice that never came is believed to have come after so long. */
const BELIEVED_MS = 30_000;
/** The notice by which all processes hear of a change. Its payload is the tenant, or null for all. */
export const ENTITLEMENTS_CHANGED = 'billing.entitlements';

export function createEntitlements({ db, clock, notices, config }: Services & { config: BillingConfig }): Entitlements {
  const remembered = new Map<string, { entitlement: Entitlement; since: number; until: number }>();
  /** Transactions that see other limits than those that are remembered. */
  const changing = new WeakSet<Transaction>();
  let generation = 0;
  notices.on(ENTITLEMENTS_CHANGED, drop);
  notices.onGap(() => drop(null));

  return {
    of: (tenantId) => known(tenantId) ?? fresh(tenantId),
    fresh,
    // Where this process is the only writer, nobody else changes what it remembers while the transaction lasts.
    within: (trx, tenantId) => (db.soleWriter && !changing.has(trx) ? known(tenantId) : null) ?? read(trx, tenantId),
    forget(trx, tenantId) {
      changing.add(trx);
      return notices.send(trx, ENTITLEMENTS_CHANGED, tenantId ?? null);
    },
  };

  function known(tenantId: string): Entitlement | null {
    const found = remembered.get(tenantId);
    const now = clock.now();
    // Read at a time that is yet to come, by a clock that was ahead, it may have been over by then.
    return found && found.since <= now && found.until > now ? found.entitlement : null;
  }

  function drop(tenantId: unknown): void {
    generation++;
    if (typeof tenantId === 'string') remembered.delete(tenantId);
    else remembered.clear();
  }

  async function fresh(tenantId: string): Promise<Entitlement> {
    const startedIn = generation;
    const entitlement = await read(db.read, tenantId);
    // What was read while somebody changed it must not be remembered.
    if (startedIn === generation && notices.isConnected()) {
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      const now = clock.now();
      const believed = db.soleWriter ? Number.POSITIVE_INFINITY : now + BELIEVED_MS;
      const { subscription } = entitlement;
      const until = subscription ? Math.min(believed, standingOf(subscription, now).until) : believed;
      remembered.set(tenantId, { entitlement, since: now, until });
    }
    return entitlement;
  }

  async function read(on: Knex | Transaction, tenantId: string): Promise<Entitlement> {
    const now = clock.now();
    const subscription = await on('billing_subscriptions').where({ tenant_id: tenantId }).first();
    const override = await on('billing_overrides').where({ tenant_id: tenantId }).first();
    const plans = await on('billing_plans');
    const standing = subscription ? standingOf(subscription, now) : null;
    const wanted = standing?.plan ?? (standing ? FALLBACK_PLAN : config.defaultPlan);
    const plan = plans.find((one) => one.id === wanted || one.plan_id === wanted);
    if (!plan) throw billingErrors.plan_not_found({ message: `There is no plan '${wanted}'` });
    const planLimits: Limits = JSON.parse(plan.limits);
    const overrides: Limits = override ? JSON.parse(override.limits) : {};
    return {
      tenantId,
      plan,
      subscription: subscription ?? null,
      status: standing?.status ?? 'active',
      planLimits,
      overrides,
      limits: { ...planLimits, ...overrides },
    };
  }
}
