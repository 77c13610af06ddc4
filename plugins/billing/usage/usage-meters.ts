/** Usage meters: counting, refusing over the limit, giving back. Table: billing_usage. */
import { isoSeconds, type Room, type UsageLevel } from '#core/kit.ts';
import type { AppError, Meter, Services, Transaction } from '#core/plugin.ts';
import { dateOf, monthOf, nextMonthStart } from '../calendar.ts';
import type { EntitlementChanges } from '../entitlement-changes.ts';
import type { ErasedTenants } from '../erased-tenants.ts';
import { billingErrors } from '../errors.ts';
import { limitNameOf, limitOf, meterList, UNLIMITED } from '../meters.ts';
import { announceCrossing } from './announcing.ts';
import { type UsageResult, usageBatch } from './batch.ts';
import { createDeferredUsage } from './deferred-usage.ts';
import type { Entitlements } from './entitlements.ts';
import { reconcileMeters } from './reconciling.ts';
import type { UsageItem } from './rows.ts';

export interface ConsumeOptions {
  idempotencyKey?: string;
  trx?: Transaction;
}

/** Counting what tenants use, against the limits of their plans. Other plugins reach it as `usage` of core. */
export interface UsageMeters {
  /**
   * Counts `amount` (default 1), or refuses it whole. With an idempotency key it is counted once, however often it is
   * asked for. Throws `limit_exceeded` (403, with `limit`, `used`, `resets_at`), `unknown_meter`, `invalid_amount`. In a
   * transaction of the caller's (`trx`) it counts exactly when that commits; until then others wait for the same count.
   */
  consume(tenantId: string, meter: string, amount?: number, options?: ConsumeOptions): Promise<UsageLevel>;
  /** Gives back of a `current` meter, never below 0. */
  release(tenantId: string, meter: string, amount?: number, options?: { trx?: Transaction }): Promise<UsageLevel>;
  /** Takes back, of any meter, what was counted in this period and did not happen after all. Never below 0. */
  takeBack(tenantId: string, meter: string, amount?: number, options?: { trx?: Transaction }): Promise<UsageLevel>;
  /** States how many there are, for a `current` meter; refuses nothing. */
  set(tenantId: string, meter: string, value: number, options?: { trx?: Transaction }): Promise<UsageLevel>;
  peek(tenantId: string, meter: string): Promise<UsageLevel>;
  /** Counts in memory, and writes all of a second at once. Refuses nothing. */
  note(tenantId: string, meter: string, amount: number): void;
  /** Whether anything is left, as far as this process remembers. */
  room(tenantId: string, meter: string, taking?: number): Room | Promise<Room>;
  /** `limit_exceeded`, as things stand. */
  refusal(tenantId: string, meter: string): Promise<AppError>;
  /** Writes what was noted until now. */
  writeNotes(): Promise<void>;
  /** Brings meters that count what there is to what there is; gives how many counts were wrong. */
  reconcile(): Promise<number>;
  /** To be called by whoever else changes `billing_usage`, inside the transaction that does. */
  invalidate(): void;
}

export function createUsageMeters(
  services: Services & {
    entitlements: Entitlements;
    entitlementChanges: EntitlementChanges;
    erasedTenants: ErasedTenants;
  },
): UsageMeters {
  const { db, clock, log, hooks, catalogue, entitlements, erasedTenants } = services;
  const meters = meterList(catalogue);
  const { batch, within, invalidate } = usageBatch(db, (trx, crossing) => announceCrossing(services, trx, crossing));

  const deferred = createDeferredUsage(services, {
    meters,
    peek,
    write: (kind, tenantId, meter, amount, at) => writeNote(kind, tenantId, meters.named(meter), amount, at),
  });

  return {
    consume,
    release,
    takeBack,
    set,
    peek,
    invalidate,
    note: deferred.note,
    room: deferred.room,
    writeNotes: deferred.flush,
    async refusal(tenantId, meter) {
      const { used, limit } = await peek(tenantId, meter);
      return limitExceeded(meters.named(meter), limit, used);
    },
    reconcile: () => reconcileMeters({ db, log, erasedTenants, meters: meters.all, set }),
  };

  async function consume(
    tenantId: string,
    meterName: string,
    amount = 1,
    { idempotencyKey, trx }: ConsumeOptions = {},
  ): Promise<UsageLevel> {
    const meter = meters.named(meterName);
    if (!Number.isSafeInteger(amount) || amount < 1) throw billingErrors.invalid_amount();
    const limit = await limitFor(tenantId, meter, trx);
    const item = itemOf('add', tenantId, meter, amount, limit, idempotencyKey ?? null);
    const result = await count(item, trx);
    if (result.accepted) return levelOf(meter, result.used, limit);
    return exceeding(item, meter, result, trx);
  }

  /** Hooks may let it pass after all (for overage that is paid otherwise); nobody who listens costs nothing. */
  async function exceeding(
    item: UsageItem,
    meter: Meter,
    { used }: UsageResult,
    trx?: Transaction,
  ): Promise<UsageLevel> {
    const { tenantId, amount, limit } = item;
    const context = { tenantId, meter: meter.name, amount, used, limit, allow: false, trx: trx ?? null };
    await hooks.run('usage.exceeding', context, async () => {});
    if (!context.allow) throw limitExceeded(meter, limit, used);
    const passed = await count({ ...item, limit: UNLIMITED }, trx);
    return levelOf(meter, passed.used, limit);
  }

  async function release(
    tenantId: string,
    meterName: string,
    amount = 1,
    options: { trx?: Transaction } = {},
  ): Promise<UsageLevel> {
    if (meters.named(meterName).period !== 'current') throw billingErrors.wrong_meter();
    return takeBack(tenantId, meterName, amount, options);
  }

  async function takeBack(
    tenantId: string,
    meterName: string,
    amount = 1,
    { trx }: { trx?: Transaction } = {},
  ): Promise<UsageLevel> {
    const meter = meters.named(meterName);
    if (!Number.isSafeInteger(amount) || amount < 1) throw billingErrors.invalid_amount();
    const limit = await limitFor(tenantId, meter, trx);
    // Of a tenant that is erased at this moment nothing is left to give back, and nothing comes back by it.
    const row = (trx ?? db.write)('billing_usage').where({
      tenant_id: tenantId,
      meter: meter.name,
      period: periodOf(meter),
    });
    if (trx) row.forUpdate();
    if (!(await row.first('used'))) return levelOf(meter, 0, limit);
    const { used } = await count(itemOf('release', tenantId, meter, amount, limit, null), trx);
    return levelOf(meter, used, limit);
  }

  async function set(
    tenantId: string,
    meterName: string,
    value: number,
    { trx }: { trx?: Transaction } = {},
  ): Promise<UsageLevel> {
    const meter = meters.named(meterName);
    if (meter.period !== 'current') throw billingErrors.wrong_meter();
    if (!Number.isSafeInteger(value) || value < 0) throw billingErrors.invalid_amount();
    const limit = await limitFor(tenantId, meter, trx);
    const { used } = await count(itemOf('set', tenantId, meter, value, limit, null), trx);
    return levelOf(meter, used, limit);
  }

  function count(item: UsageItem, trx?: Transaction): Promise<UsageResult> {
    return trx ? within(trx, item) : db.batch(batch, item);
  }

  async function writeNote(
    kind: 'note' | 'refused',
    tenantId: string,
    meter: Meter,
    amount: number,
    at: number,
  ): Promise<number> {
    const limit = await limitFor(tenantId, meter);
    const { used } = await count(itemOf(kind, tenantId, meter, amount, limit, null, at));
    return used;
  }

  async function peek(tenantId: string, meterName: string): Promise<UsageLevel> {
    const meter = meters.named(meterName);
    const period = periodOf(meter);
    const row = await db.read('billing_usage').where({ tenant_id: tenantId, meter: meter.name, period }).first('used');
    return levelOf(meter, Number(row?.used ?? 0), await limitFor(tenantId, meter));
  }

  function limitFor(tenantId: string, meter: Meter, trx?: Transaction): number | Promise<number> {
    const name = limitNameOf(meter);
    const known = trx ? entitlements.within(trx, tenantId) : entitlements.of(tenantId);
    return known instanceof Promise ? known.then(({ limits }) => limitOf(limits, name)) : limitOf(known.limits, name);
  }

  function periodOf(meter: Meter): string {
    return meter.period === 'month' ? monthOf(clock.now()) : 'now';
  }

  function itemOf(
    kind: UsageItem['kind'],
    tenantId: string,
    meter: Meter,
    amount: number,
    limit: number,
    idempotencyKey: string | null,
    now = clock.now(),
  ): UsageItem {
    const day = dateOf(now);
    const month = day.slice(0, 7);
    const period = meter.period === 'month' ? month : 'now';
    return { kind, tenantId, meter: meter.name, period, month, day, amount, limit, idempotencyKey, now };
  }

  function levelOf(meter: Meter, used: number, limit: number): UsageLevel {
    const resetsAt = meter.period === 'month' ? nextMonthStart(clock.now()) : null;
    return { used, limit, remaining: limit === UNLIMITED ? null : Math.max(0, limit - used), resetsAt };
  }

  function limitExceeded(meter: Meter, limit: number, used: number) {
    const resets_at = meter.period === 'month' ? isoSeconds(nextMonthStart(clock.now())) : null;
    return billingErrors.limit_exceeded({
      message: `The limit of your plan for ${meter.name} is reached: ${used} of ${limit}`,
      extra: { limit, used, resets_at, meter: meter.name },
    });
  }
}
