/**
 * What a tenant may have now: its plan, its own overrides, and the limits that follow. Remembered, so that a metered
 * call and a rate limit cost no query. Table: billing_overrides.
 */
import type { Knex } from 'knex';
import { createRemembered } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { ENTITLEMENTS_CHANGED, type EntitlementChanges } from '../entitlement-changes.ts';
import type { Limits } from '../meters.ts';
import type { CurrentPlan, CurrentPlans } from '../subscriptions/current-plans.ts';
import { stateAt } from '../subscriptions/subscription-state.ts';

export interface Entitlement extends CurrentPlan {
  tenantId: string;
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
  /** Inside a transaction, as it sees things: also what it has changed itself, once it has announced it. */
  within(trx: Transaction, tenantId: string): Entitlement | Promise<Entitlement>;
}

const MAX_REMEMBERED = 20_000;
/** Where other processes write too, a notice that never came is believed to have come after so long. */
const BELIEVED_MS = 30_000;

export function createEntitlements({
  db,
  clock,
  notices,
  entitlementChanges,
  currentPlans,
}: Services & { entitlementChanges: EntitlementChanges; currentPlans: CurrentPlans }): Entitlements {
  const remembered = createRemembered({
    notices,
    topic: ENTITLEMENTS_CHANGED,
    load: readNow,
    most: MAX_REMEMBERED,
    longestMs: db.soleWriter ? Number.POSITIVE_INFINITY : BELIEVED_MS,
  });
  const fresh = async (tenantId: string) => (await remembered.fresh(tenantId)).entitlement;

  return {
    of: (tenantId) => known(tenantId) ?? fresh(tenantId),
    fresh,
    // Where this process is the only writer, nobody else changes what it remembers while the transaction lasts.
    within: (trx, tenantId) =>
      (db.soleWriter && !entitlementChanges.isIn(trx) ? known(tenantId) : null) ?? read(trx, tenantId),
  };

  function known(tenantId: string): Entitlement | null {
    const found = remembered.known(tenantId);
    const now = clock.now();
    // Read at a time that is yet to come, by a clock that was ahead, it may have been over by then.
    return found && found.since <= now && found.until > now ? found.entitlement : null;
  }

  async function readNow(tenantId: string) {
    const entitlement = await read(db.read, tenantId);
    const { subscription } = entitlement;
    const since = clock.now();
    return { entitlement, since, until: subscription ? stateAt(subscription, since).until : Number.POSITIVE_INFINITY };
  }

  async function read(on: Knex | Transaction, tenantId: string): Promise<Entitlement> {
    const current = await currentPlans.within(on, tenantId);
    const override = await on('billing_overrides').where({ tenant_id: tenantId }).first();
    const planLimits: Limits = JSON.parse(current.plan.limits);
    const overrides: Limits = override ? JSON.parse(override.limits) : {};
    return { tenantId, ...current, planLimits, overrides, limits: { ...planLimits, ...overrides } };
  }
}
