/**
 * Months end by themselves, since counts are kept by month; closing moves the totals of months that are over to the
 * history. A row is moved in one transaction, so exactly once, however many replicas close and however late.
 */
import type { Knex } from 'knex';
import { CLOCK_TOLERANCE_MS, forEachIsolated, refuseFailures, rowsOf } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import { dateOf, monthOf, monthStart } from '../calendar.ts';
import type { ErasedTenants } from '../erased-tenants.ts';
import { eraseLateUsage } from './erasure.ts';
import type { UsageHistoryRow, UsageRow } from './tables.ts';
import type { UsageMeters } from './usage-meters.ts';

const REOPENED_AT_ONCE = 500;

export interface MonthClose {
  /** Closes all rows of months that are over, so many at once; gives how many. Throws at the end when some could not be. */
  closeSome(size: number): Promise<number>;
  /** Closes what a tenant has left open. */
  closeOf(tenantId: string): Promise<void>;
  /** Opens again what a clock that was ahead has closed before its month was over; gives how many. */
  reopen(): Promise<number>;
  /** Keeps for each month that is over how many there were of what is counted as it is, also of months that were missed. */
  storeLevels(): Promise<void>;
}

type OpenRow = Pick<UsageRow, 'tenant_id' | 'meter' | 'period'>;
type Level = Pick<UsageRow, 'tenant_id' | 'meter'>;

/** A few milliseconds of the writer's time. */
const LEVELS_AT_ONCE = 1_000;

export function createMonthClose({
  db,
  clock,
  log,
  usageMeters,
  erasedTenants,
}: Services & { usageMeters: UsageMeters; erasedTenants: ErasedTenants }): MonthClose {
  return {
    async closeSome(size) {
      const outcome = await forEachIsolated<OpenRow>({
        size,
        log,
        failure: 'The usage of a month could not be closed',
        next: (after, most) => {
          const query = open(db.write).limit(most);
          if (after)
            query.whereRaw('(period, tenant_id, meter) > (?, ?, ?)', [after.period, after.tenant_id, after.meter]);
          return query.select('tenant_id', 'meter', 'period');
        },
        work: {
          async group(rows) {
            await db.transaction((trx) => closeRows(trx, rows));
            // What was counted of them at the moment of their erasure has no history.
            await eraseLateUsage({ db, erasedTenants }, [...new Set(rows.map(({ tenant_id }) => tenant_id))]);
          },
        },
      });
      refuseFailures('Closing usage', outcome);
      return outcome.done;
    },

    async closeOf(tenantId) {
      const left = await open(db.read).where({ tenant_id: tenantId }).first('meter');
      if (!left) return;
      await db.transaction((trx) => move(trx, open(trx).where({ tenant_id: tenantId }).forUpdate()));
    },

    async reopen() {
      const early = () =>
        db
          .write('billing_usage_history')
          .where('closed_at', '>', clock.now() + CLOCK_TOLERANCE_MS)
          .where('period', '>=', monthOf(clock.now()))
          .orderBy(['closed_at', 'tenant_id', 'meter'])
          .limit(REOPENED_AT_ONCE);
      let count = 0;
      for (let found = await early(); found.length > 0; found = await early()) {
        await db.transaction(async (trx) => {
          for (const row of found) await reopenOne(trx, row);
        });
        count += found.length;
      }
      if (count > 0) log.warn({ counts: count }, 'Usage was closed by a clock that was ahead; it is open again');
      return count;
    },

    async storeLevels() {
      for (let after: Level = { tenant_id: '', meter: '' }; ; ) {
        const upTo = (await levelsAfter(after).limit(LEVELS_AT_ONCE)).at(-1);
        if (!upTo) return;
        const slice = { after, upTo };
        // Backwards until a month that is there already, in one transaction: what is there has all before it there too.
        await db.transaction(async (trx) => {
          let start = monthStart(clock.now());
          while ((await storeLevel(trx, start, slice)) > 0) start = monthStart(start - 1);
        });
        after = upTo;
      }
    },
  };

  async function reopenOne(trx: Transaction, { tenant_id, meter, period }: UsageHistoryRow): Promise<void> {
    const closed = () => trx('billing_usage_history').where({ tenant_id, meter, period });
    const row = await closed().forUpdate().first('used');
    if (!row) return;
    await closed().delete();
    usageMeters.invalidate();
    // What counts as it is has not left its place.
    if (await trx('billing_usage').where({ tenant_id, meter, period: 'now' }).first('meter')) return;
    const opened = {
      tenant_id,
      meter,
      period,
      used: row.used,
      announced: 0,
      announced_in: '',
      updated_at: clock.now(),
    };
    await trx('billing_usage')
      .insert(opened)
      .onConflict(['tenant_id', 'meter', 'period'])
      .merge({ used: trx.raw('billing_usage.used + excluded.used') });
  }

  function levelsAfter({ tenant_id, meter }: Level): Knex.QueryBuilder<UsageRow, Level[]> {
    const query = db.read('billing_usage').where({ period: 'now' });
    return query
      .whereRaw('(tenant_id, meter) > (?, ?)', [tenant_id, meter])
      .orderBy(['tenant_id', 'meter'])
      .select('tenant_id', 'meter');
  }

  /** Of the month that ended then; gives how many were new. A level that has changed since is found in its days. */
  async function storeLevel(
    trx: Transaction,
    end: number,
    { after, upTo }: Record<'after' | 'upTo', Level>,
  ): Promise<number> {
    const firstDay = dateOf(end);
    const kept = await trx.raw(
      `insert into billing_usage_history (tenant_id, period, meter, used, closed_at)
       select u.tenant_id, ?, u.meter, coalesce(
         (select d.used from billing_usage_daily d where d.tenant_id = u.tenant_id and d.meter = u.meter and d.day < ?
          order by d.day desc limit 1), u.used), ?
       from billing_usage u
       where u.period = 'now' and (u.tenant_id, u.meter) > (?, ?) and (u.tenant_id, u.meter) <= (?, ?)
         and (u.updated_at < ? or exists (
         select 1 from billing_usage_daily d where d.tenant_id = u.tenant_id and d.meter = u.meter and d.day < ?))
       on conflict (tenant_id, period, meter) do nothing returning meter`,
      [
        monthOf(end - 1),
        firstDay,
        clock.now(),
        after.tenant_id,
        after.meter,
        upTo.tenant_id,
        upTo.meter,
        end,
        firstDay,
      ],
    );
    return rowsOf(kept).length;
  }

  async function closeRows(trx: Transaction, rows: readonly OpenRow[]): Promise<void> {
    const keys = rows.map(({ tenant_id, meter, period }) => [tenant_id, meter, period]);
    const query = open(trx).whereIn(['tenant_id', 'meter', 'period'], keys);
    if (db.client === 'pg') query.forUpdate().skipLocked();
    await move(trx, query);
  }

  function open(on: Knex | Transaction) {
    return on('billing_usage').where('period', '<', monthOf(clock.now())).orderBy(['period', 'tenant_id', 'meter']);
  }

  async function move(trx: Transaction, rows: ReturnType<typeof open>): Promise<number> {
    const found = await rows;
    if (found.length > 0) usageMeters.invalidate();
    for (const { tenant_id, period, meter, used } of found) {
      // A count that came in after the closing, from a replica whose clock is behind, is added.
      await trx('billing_usage_history')
        .insert({ tenant_id, period, meter, used, closed_at: clock.now() })
        .onConflict(['tenant_id', 'period', 'meter'])
        .merge({ used: trx.raw('billing_usage_history.used + excluded.used') });
      await trx('billing_usage').where({ tenant_id, meter, period }).delete();
    }
    return found.length;
  }
}
