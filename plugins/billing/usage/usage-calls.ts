/**
 * Counting that is asked for from outside: by programs that count what Patchbay does not see, by workflows and agents.
 * Each call has a receipt. Only what a receipt stands for can be given back, once and in its month: what plugins count
 * cannot be taken back by who is limited by it, nor what the operator counted for a tenant: a receipt follows from its
 * key, which others may guess. Table: billing_usage_keys.
 */
import { sha256, type UsageLevel } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { monthOf } from '../calendar.ts';
import { billingErrors } from '../errors.ts';
import { meterList } from '../meters.ts';
import { CALL_KEY } from './rows.ts';
import type { UsageMeters } from './usage-meters.ts';

export interface CountedCall extends UsageLevel {
  /** For `giveBack`; the same for the same key. */
  receipt: string;
}

export interface UsageCalls {
  /**
   * Counts once for each key of the tenant; `byOperator`: of the operator, for the tenant. Throws what
   * `usageMeters.consume` does.
   */
  consume(
    tenantId: string,
    call: { meter: string; amount: number; key: string; byOperator?: boolean },
  ): Promise<CountedCall>;
  /**
   * Takes back what was counted with the receipt; again has no second effect. Throws `nothing_counted`, `unknown_meter`,
   * and `usage_closed` when its month is over: a new month's count is not made smaller by what an old one held.
   */
  giveBack(tenantId: string, call: { meter: string; receipt: string; byOperator?: boolean }): Promise<UsageLevel>;
}

/** Begins what the operator counted for a tenant. */
const OPERATOR_KEY = `${CALL_KEY}operator:`;
/** Somebody else was faster: nothing of it happens. */
const SETTLED = new Error('The receipt was settled meanwhile');

export function createUsageCalls({
  db,
  clock,
  catalogue,
  usageMeters,
}: Services & { usageMeters: UsageMeters }): UsageCalls {
  const meters = meterList(catalogue);

  return { consume, giveBack };

  async function consume(
    tenantId: string,
    { meter, amount, key, byOperator = false }: Parameters<UsageCalls['consume']>[1],
  ): Promise<CountedCall> {
    const receipt = sha256(key);
    const idempotencyKey = (byOperator ? OPERATOR_KEY : CALL_KEY) + receipt;
    const level = await usageMeters.consume(tenantId, meter, amount, { idempotencyKey });
    return { ...level, receipt };
  }

  async function giveBack(
    tenant_id: string,
    { meter, receipt, byOperator = false }: Parameters<UsageCalls['giveBack']>[1],
  ): Promise<UsageLevel> {
    const { period } = meters.named(meter);
    const keys = [CALL_KEY + receipt, ...(byOperator ? [OPERATOR_KEY + receipt] : [])];
    const giving = db.transaction(async (trx) => {
      const counted = await trx('billing_usage_keys')
        .where({ tenant_id, meter })
        .whereIn('idempotency_key', keys)
        .first();
      if (!counted) throw billingErrors.nothing_counted();
      const { amount, at, idempotency_key } = counted;
      if (amount === 0) return;
      if (period === 'month' && monthOf(at) !== monthOf(clock.now())) throw billingErrors.usage_closed();
      // The count before the receipt, as whoever states a count does: of two who come at once the second waits here.
      await usageMeters.takeBack(tenant_id, meter, amount, { trx });
      const settled = await trx('billing_usage_keys')
        .where({ tenant_id, meter, idempotency_key, amount })
        .update({ amount: 0 });
      if (settled === 0) throw SETTLED;
    });
    await giving.catch((error) => {
      if (error !== SETTLED) throw error;
    });
    return usageMeters.peek(tenant_id, meter);
  }
}
