/** Transactions: repeated when PostgreSQL chose them to end a deadlock, and followed by what waits for their commit. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import { codeOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { ConnectionGuard } from './connection-guard.ts';
import { isUnavailable } from './database-errors.ts';

/** What waits for the commit. On the transaction itself: the collector of the young looks through every table beside them. */
const AFTER = Symbol('after the commit');

export type Transaction = Knex.Transaction & { [AFTER]?: (() => void)[] };

export interface TransactionOptions {
  /**
   * When the connection is lost during COMMIT, the database is asked on another one what became of it, so that nothing
   * that was done is done again. Costs a query, which goes along with the work's own.
   */
  knowsOutcome?: boolean;
}

interface Options {
  write: Knex;
  guard: ConnectionGuard;
  log: Logger;
  metrics: Metrics;
}

/** `deadlock_detected` and `serialization_failure` (PostgreSQL, appendix A): nothing was done, doing it again is right. */
const REPEATABLE = new Set(['40P01', '40001']);
const MOST_TRIES = 5;
/** A commit under way when the connection was lost is given this long to end. */
const OUTCOME_WITHIN_MS = 3_000;

export function createTransactions({ write, guard, log, metrics }: Options) {
  const repeated = metrics.counter(
    'patchbay_transactions_repeated_total',
    'Transactions run again after a deadlock',
    [],
  );
  return { transaction, afterCommit };

  async function transaction<T>(
    work: (trx: Transaction) => Promise<T>,
    { knowsOutcome = false }: TransactionOptions = {},
  ): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await once(work, knowsOutcome && write.client.config.client === 'pg');
      } catch (error) {
        if (tries >= MOST_TRIES || !REPEATABLE.has(codeOf(error))) throw error;
        repeated.inc();
        await pause(Math.random() * 10 * tries);
      }
    }
  }

  async function once<T>(work: (trx: Transaction) => Promise<T>, knowsOutcome: boolean): Promise<T> {
    let done: { value: T; after: (() => void)[]; id: string | null } | undefined;
    try {
      await write.transaction((trx: Transaction) =>
        guard.within(async () => {
          // When BEGIN has failed Knex tells its caller, and calls the work all the same.
          if (trx.isCompleted()) throw new Error('The transaction could not begin');
          const asked = knowsOutcome ? idOf(trx) : null;
          asked?.catch(() => {});
          const value = await work(trx);
          done = { value, after: trx[AFTER] ?? [], id: await asked };
        }),
      );
    } catch (error) {
      if (!done?.id || !isUnavailable(error) || !(await hasCommitted(done.id))) throw error;
    }
    if (!done) throw new Error('The transaction ended before its work');
    for (const fn of done.after) runGuarded(fn);
    return done.value;
  }

  /** It is committed, whatever who waited for that does: an error would have it done again, with all that shares it. */
  function runGuarded(fn: () => void): void {
    try {
      fn();
    } catch (error) {
      log.error({ err: error }, 'Something after a commit failed');
    }
  }

  async function hasCommitted(id: string): Promise<boolean> {
    const until = performance.now() + OUTCOME_WITHIN_MS;
    do {
      const { rows } = await write.raw('select pg_xact_status(?::xid8) as status', [id]);
      if (rows[0]?.status !== 'in progress') return rows[0]?.status === 'committed';
      await pause(100);
    } while (performance.now() < until);
    return false;
  }

  function afterCommit(trx: Transaction, fn: () => void): void {
    const list = trx[AFTER];
    if (list) list.push(fn);
    else trx[AFTER] = [fn];
  }
}

/**
 * Waits for statements of one transaction that do not depend on each other. Each would otherwise wait for the main thread to
 * see that the one before it is done. Throws what the first that failed threw, once all have ended: one that still ran while
 * its transaction is rolled back would be carried out outside of it. No two may be the same text.
 */
export async function together(statements: readonly Promise<unknown>[]): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(statements.map((statement) => statement.catch((error) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
}

async function idOf(trx: Transaction): Promise<string> {
  const { rows } = await trx.raw('select pg_current_xact_id()::text as id');
  return rows[0].id;
}
