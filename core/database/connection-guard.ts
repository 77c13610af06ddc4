/**
 * Finds code that asks for a second connection while it holds a transaction. Where several do so at once they hold the
 * whole pool and wait for each other, for as long as the pool lets them. On in the tests; it costs too much elsewhere.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Knex } from 'knex';

export interface ConnectionGuard {
  /** Runs the work of a transaction; whatever it calls is watched until it ends. */
  within<T>(work: () => Promise<T>): Promise<T>;
  /** Notes a place that is about to use another connection than the transaction's. Throws inside a transaction. */
  check(): void;
  /** Stacks of all places that were found, also of those whose error was caught. */
  violations: readonly string[];
}

export function createConnectionGuard(pool: Knex): ConnectionGuard {
  const flow = new AsyncLocalStorage<{ isOpen: boolean }>();
  const violations: string[] = [];
  const acquire = pool.client.acquireConnection.bind(pool.client);
  pool.client.acquireConnection = (...args: unknown[]) => {
    check();
    return acquire(...args);
  };
  return { within, check, violations };

  async function within<T>(work: () => Promise<T>): Promise<T> {
    const transaction = { isOpen: true };
    try {
      return await flow.run(transaction, work);
    } finally {
      transaction.isOpen = false;
    }
  }

  function check(): void {
    if (!flow.getStore()?.isOpen) return;
    const error = new Error(
      'A second connection was asked for inside a transaction: use the transaction, also to read',
    );
    violations.push(error.stack ?? error.message);
    throw error;
  }
}

/** What the guard is where nobody looks. */
export const noGuard: ConnectionGuard = { within: (work) => work(), check: () => {}, violations: [] };
