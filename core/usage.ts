/**
 * What tenants use, for plugins that have something worth counting. Whoever counts against plans (billing) is asked here;
 * while nobody does, everything is unlimited, so that a plugin may consume without requiring billing.
 */
import type { Catalogue } from './catalogue.ts';
import type { Transaction } from './database/database.ts';

export interface UsageLevel {
  used: number;
  /** -1 is unlimited. */
  limit: number;
  /** Null when unlimited. */
  remaining: number | null;
  /** Ms since the epoch; null for meters that count what there is. */
  resetsAt: number | null;
}

export interface Use {
  /** Null is the platform itself, which is not counted. */
  tenantId: string | null;
  /** The name of a meter that some plugin declares. */
  meter: string;
  /** Default 1. */
  amount?: number;
  /** Counted once, however often it is asked for with the same key. */
  idempotencyKey?: string;
}

/** What is left of a limit, as far as this process knows: it may be a second or two behind. */
export type Room = 'unlimited' | 'left' | 'none';

export interface Usage {
  /**
   * Counts it, or refuses it whole: `limit_exceeded` (403, with `limit`, `used`, `resets_at`). In a transaction it counts
   * exactly when that commits, and until then others wait for the same count; without one (null) it shares a transaction
   * with all that waits at that moment, which is much faster.
   */
  consume(trx: Transaction | null, use: Use): Promise<UsageLevel>;
  /** Takes back what did not happen after all, or is not there any more. Never below 0. */
  giveBack(trx: Transaction | null, use: Omit<Use, 'idempotencyKey'>): Promise<UsageLevel>;
  /** States how many there are, for a `current` meter; refuses nothing. */
  state(trx: Transaction | null, use: { tenantId: string | null; meter: string; amount: number }): Promise<UsageLevel>;
  /**
   * For what is too frequent for a write each: counted in memory, all of a second in one write. It refuses nothing, and at
   * most that second is lost when the process dies. Ask `room` first where there is a choice.
   */
  note(use: Pick<Use, 'tenantId' | 'meter' | 'amount'>): void;
  /**
   * Whether there is anything left, at once wherever that is remembered: for those whom nothing limits it is a look into
   * memory. A hook on `usage.exceeding` is asked before the answer is `none`. Not inside a transaction.
   */
  room(tenantId: string | null, meter: string): Room | Promise<Room>;
  /** How things stand now. */
  level(tenantId: string | null, meter: string): Promise<UsageLevel>;
  /** Has this one count from now on. There is one at most. */
  countWith(counter: UsageCounter): void;
}

/** Who counts. Throws `unknown_meter`, `invalid_amount`, `limit_exceeded`, `wrong_meter`. */
export interface UsageCounter {
  consume(
    tenantId: string,
    meter: string,
    amount: number,
    options: { idempotencyKey?: string | undefined; trx?: Transaction | undefined },
  ): Promise<UsageLevel>;
  takeBack(
    tenantId: string,
    meter: string,
    amount: number,
    options: { trx?: Transaction | undefined },
  ): Promise<UsageLevel>;
  set(tenantId: string, meter: string, value: number, options: { trx?: Transaction | undefined }): Promise<UsageLevel>;
  note(tenantId: string, meter: string, amount: number): void;
  room(tenantId: string, meter: string): Room | Promise<Room>;
  peek(tenantId: string, meter: string): Promise<UsageLevel>;
}

const UNCOUNTED: UsageLevel = { used: 0, limit: -1, remaining: null, resetsAt: null };

export function createUsage(catalogue: Catalogue): Usage {
  let counter: UsageCounter | null = null;
  /** Of the meters those that were asked for: each request asks for one. */
  const declared = new Set<string>();

  return {
    async consume(trx, { tenantId, meter, amount = 1, idempotencyKey }) {
      const counting = counterOf(meter);
      if (!counting || tenantId === null) return UNCOUNTED;
      return counting.consume(tenantId, meter, amount, { idempotencyKey, trx: trx ?? undefined });
    },
    async giveBack(trx, { tenantId, meter, amount = 1 }) {
      const counting = counterOf(meter);
      if (!counting || tenantId === null) return UNCOUNTED;
      return counting.takeBack(tenantId, meter, amount, { trx: trx ?? undefined });
    },
    async state(trx, { tenantId, meter, amount }) {
      const counting = counterOf(meter);
      if (!counting || tenantId === null) return UNCOUNTED;
      return counting.set(tenantId, meter, amount, { trx: trx ?? undefined });
    },
    note({ tenantId, meter, amount = 1 }) {
      const counting = counterOf(meter);
      if (counting && tenantId !== null) counting.note(tenantId, meter, amount);
    },
    room(tenantId, meter) {
      const counting = counterOf(meter);
      return !counting || tenantId === null ? 'unlimited' : counting.room(tenantId, meter);
    },
    async level(tenantId, meter) {
      const counting = counterOf(meter);
      return !counting || tenantId === null ? UNCOUNTED : counting.peek(tenantId, meter);
    },
    countWith(given) {
      if (counter) throw new Error('Two plugins count what tenants use: there can be one');
      counter = given;
    },
  };

  /** Null while nobody counts. A meter that no plugin declares is a mistake in either case. */
  function counterOf(meter: string): UsageCounter | null {
    if (!declared.has(meter)) {
      if (!catalogue.meters.some(({ name }) => name === meter))
        throw new Error(`No plugin declares the meter '${meter}'`);
      declared.add(meter);
    }
    return counter;
  }
}
