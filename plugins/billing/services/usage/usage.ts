/** Usage meters: counting, refusing over the limit, giving back. Table: billing_usage. */
import type { Transaction } from '#core/database/database.ts';
import { isoSeconds } from '#core/iso-time.ts';
import type { Meter } from '#core/plugin.ts';
import type { ConsumeOptions, UsageLevel, UsageService } from '../../contract.ts';
import { billingErrors } from '../../errors.ts';
import type { BillingScope } from '../../scope.ts';
import { dayOf, monthOf, nextMonthStart } from '../calendar.ts';
import { limitNameOf, limitOf, meterList, UNLIMITED } from '../meters.ts';
import { announceCrossing } from './announcing.ts';
import { type UsageResult, usageBatch } from './batch.ts';
import type { UsageItem } from './rows.ts';

export function createUsage(services: BillingScope): UsageService {
  const { db, clock, hooks, catalogue, entitlements } = services;
  const meters = meterList(catalogue);
  const { batch, within, forget } = usageBatch(db, (trx, crossing) => announceCrossing(services, trx, crossing));

  return { consume, release, takeBack, set, peek, forget };

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
  ): UsageItem {
    const now = clock.now();
    const day = dayOf(now);
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
