/**
 * Meters that count what there is are brought to what there is: after an upgrade to a version that counts, after a time
 * without billing, after whatever else went wrong. Table: billing_usage.
 */
import { inTime, refuseFailures } from '#core/kit.ts';
import type { Database, Meter, Services, Transaction } from '#core/plugin.ts';
import type { ErasedTenants } from '../erased-tenants.ts';
import { eraseLateUsage } from './erasure.ts';

type SetLevel = (tenantId: string, meter: string, value: number, options: { trx: Transaction }) => Promise<unknown>;

interface Reconciling {
  db: Database;
  log: Services['log'];
  erasedTenants: ErasedTenants;
  meters: readonly Meter[];
  set: SetLevel;
}

/** A plugin counts a million rows within that; and within its transaction others wait to write. */
const COUNTED_MS = 60_000;
const COUNTED_INSIDE_MS = 10_000;

/** Gives how many counts were wrong. Each meter alone: throws at the end when some could not be counted. */
export async function reconcileMeters(given: Reconciling): Promise<number> {
  let wrong = 0;
  const outcome = { done: 0, failed: 0 };
  for (const meter of given.meters) {
    try {
      wrong += await reconcile(meter, given);
      outcome.done++;
    } catch (error) {
      outcome.failed++;
      given.log.error({ err: error, meter: meter.name }, 'What there is of a meter could not be counted');
    }
  }
  refuseFailures('Counting what there is', outcome);
  return wrong;
}

async function reconcile({ name, period, present }: Meter, { db, erasedTenants, set }: Reconciling): Promise<number> {
  if (period !== 'current' || !present) return 0;
  const counted = await db.read('billing_usage').where({ meter: name, period: 'now' }).select('tenant_id', 'used');
  const there = await inTime(() => present(db.read, null), COUNTED_MS);
  const before = new Map(counted.map(({ tenant_id, used }) => [tenant_id, Number(used)]));
  const all = [...new Set([...before.keys(), ...there.keys()])];
  const wrong = all.filter((tenantId) => (before.get(tenantId) ?? 0) !== (there.get(tenantId) ?? 0));
  for (const tenantId of wrong) {
    await db.transaction(async (trx) => {
      const now = async () => (await inTime(() => present(trx, tenantId), COUNTED_INSIDE_MS)).get(tenantId) ?? 0;
      // The first statement waits for who is counting at the moment; what there is then is what there is.
      await set(tenantId, name, await now(), { trx });
      await set(tenantId, name, await now(), { trx });
    });
    await eraseLateUsage({ db, erasedTenants }, [tenantId]);
  }
  return wrong.length;
}
