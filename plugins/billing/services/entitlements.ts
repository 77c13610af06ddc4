/**
 * What a tenant may have now: its plan, its own overrides, and the limits that follow. Remembered, so that a metered
 * call and a rate limit cost no query. Tables: billing_subscriptions, billing_overrides, billing_plans.
 */
import type { Transaction } from '#core/database/database.ts';
import type { Services } from '#core/plugin.ts';
import type { BillingConfig } from '../config.ts';
import { billingErrors } from '../errors.ts';
import type { PlanRow, SubscriptionRow, SubscriptionStatus } from '../tables.ts';
import { FALLBACK_PLAN } from './first-plans.ts';
import type { Limits } from './meters.ts';
import { standingOf } from './standing.ts';

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
  /** Drops what is remembered once the transaction has committed. */
  forget(trx: Transaction): void;
}

/** More than this and the memory starts again. */
const MAX_REMEMBERED = 20_000;
/** Where other replicas write too, an answer is believed for so long. */
const BELIEVED_MS = 2_000;

export function createEntitlements({ db, clock, config }: Services & { config: BillingConfig }): Entitlements {
  const remembered = new Map<string, { entitlement: Entitlement; until: number }>();
  let generation = 0;

  return {
    of(tenantId) {
      const known = remembered.get(tenantId);
      return known && known.until > clock.now() ? known.entitlement : fresh(tenantId);
    },
    fresh,
    forget(trx) {
      db.afterCommit(trx, () => {
        generation++;
        remembered.clear();
      });
    },
  };

  async function fresh(tenantId: string): Promise<Entitlement> {
    const startedIn = generation;
    const now = clock.now();
    const [subscription, override, plans] = await Promise.all([
      db.read('billing_subscriptions').where({ tenant_id: tenantId }).first(),
      db.read('billing_overrides').where({ tenant_id: tenantId }).first(),
      db.read('billing_plans'),
    ]);
    const standing = subscription ? standingOf(subscription, now) : null;
    const wanted = standing?.plan ?? (standing ? FALLBACK_PLAN : config.defaultPlan);
    const plan = plans.find((one) => one.id === wanted || one.plan_id === wanted);
    if (!plan) throw billingErrors.plan_not_found({ message: `There is no plan '${wanted}'` });
    const planLimits: Limits = JSON.parse(plan.limits);
    const overrides: Limits = override ? JSON.parse(override.limits) : {};
    const entitlement: Entitlement = {
      tenantId,
      plan,
      subscription: subscription ?? null,
      status: standing?.status ?? 'active',
      planLimits,
      overrides,
      limits: { ...planLimits, ...overrides },
    };
    // What was read while somebody changed it must not be remembered.
    if (startedIn === generation) {
      const believed = db.soleWriter ? Number.POSITIVE_INFINITY : now + BELIEVED_MS;
      if (remembered.size >= MAX_REMEMBERED) remembered.clear();
      remembered.set(tenantId, { entitlement, until: Math.min(believed, standing?.until ?? believed) });
    }
    return entitlement;
  }
}
