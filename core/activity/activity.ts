/**
 * How often things happen, hour by hour, for dashboards: counted in memory and written together every few seconds (decision
 * 22), so that counting costs those who are counted nothing, and reading a month is a thousand small rows. It is no account:
 * a process that dies takes its last seconds with it. Table: core_activity.
 */
import type { Catalogue } from '../catalogue.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';

export interface ActivityRow {
  /** A tenant's uuid; '' is everything together. */
  scope: string;
  name: string;
  /** Its beginning, ms since the epoch. */
  hour: number;
  amount: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_activity: ActivityRow;
    }
  }
}

export interface Activity {
  /** Counts it, for its tenant and for all together. Throws for a name that nobody declares. */
  note(what: { name: string; tenantId: string | null; amount?: number }): void;
  /** What was counted of these since that hour, in the tenant, or in all with null. */
  since(from: number, names: readonly string[], tenantId: string | null): Promise<ActivityRow[]>;
  /** Writes what has been counted. */
  flush(): Promise<void>;
  /** Deletes what nobody is shown any more. */
  prune(): Promise<void>;
  removeOfTenant(tenantId: string): Promise<void>;
  stop(): Promise<void>;
}

export const HOUR_MS = 3_600_000;
export const SHOWN_HOURS = 30 * 24;
/** A day longer, for who looks from another zone. */
const KEPT_MS = (SHOWN_HOURS + 24) * HOUR_MS;
const FLUSH_MS = 5_000;
const ROWS_AT_ONCE = 200;
/** While the database does not answer: more than this is not remembered. */
const MOST_PENDING = 20_000;

export function createActivity({
  db,
  clock,
  log,
  catalogue,
}: {
  db: Database;
  clock: Clock;
  log: Logger;
  catalogue: Pick<Catalogue, 'activity'>;
}): Activity {
  let pending = new Map<string, ActivityRow>();
  let cancel: (() => void) | null = null;
  let writing = Promise.resolve();

  return {
    note({ name, tenantId, amount = 1 }) {
      if (!Object.hasOwn(catalogue.activity, name)) throw new Error(`No plugin declares the activity '${name}'`);
      const now = clock.now();
      const hour = now - (now % HOUR_MS);
      add({ scope: '', name, hour, amount });
      if (tenantId) add({ scope: tenantId, name, hour, amount });
      cancel ??= clock.after(FLUSH_MS, () => void flush());
    },
    async since(from, names, tenantId) {
      if (names.length === 0) return [];
      const rows = await db
        .read('core_activity')
        .where({ scope: tenantId ?? '' })
        .whereIn('name', [...names])
        .where('hour', '>=', from);
      return rows.map((row) => ({ ...row, hour: Number(row.hour), amount: Number(row.amount) }));
    },
    flush,
    async prune() {
      await db
        .write('core_activity')
        .where('hour', '<', clock.now() - KEPT_MS)
        .delete();
    },
    async removeOfTenant(tenantId) {
      await flush();
      await db.write('core_activity').where({ scope: tenantId }).delete();
    },
    async stop() {
      await flush();
    },
  };

  function add(row: ActivityRow): void {
    const key = `${row.scope}\n${row.name}\n${row.hour}`;
    const known = pending.get(key);
    if (known) known.amount += row.amount;
    else if (pending.size < MOST_PENDING) pending.set(key, { ...row });
  }

  function flush(): Promise<void> {
    cancel?.();
    cancel = null;
    writing = writing.then(write);
    return writing;
  }

  async function write(): Promise<void> {
    if (pending.size === 0) return;
    const counted = pending;
    pending = new Map();
    // In one order at all replicas, so that none waits for another one in a circle.
    const rows = [...counted].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
    try {
      await db.transaction(async (trx) => {
        for (let start = 0; start < rows.length; start += ROWS_AT_ONCE) {
          await trx('core_activity')
            .insert(rows.slice(start, start + ROWS_AT_ONCE))
            .onConflict(['scope', 'name', 'hour'])
            .merge({ amount: trx.raw('core_activity.amount + excluded.amount') });
        }
      });
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'What has happened could not be counted; it is tried again');
      for (const row of rows) add(row);
      cancel ??= clock.after(FLUSH_MS, () => void flush());
    }
  }
}
