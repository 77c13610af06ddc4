/**
 * Group commit: all single-row writes that wait at one moment share one transaction, and so one fsync.
 * While a transaction is under way the next group gathers, so the batch size follows the load by itself.
 */
import { messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { isUnavailable } from './database-errors.ts';
import type { Cell } from './insert-many.ts';
import type { Transaction, TransactionOptions } from './transactions.ts';

/** A kind of write. Declared once; its items are written together, in the order they came. */
export interface Batch<I, R> {
  name: string;
  /** Writes the items and gives one result for each, in order. When it throws, each item is tried on its own. */
  write(trx: Transaction, items: I[]): Promise<R[]>;
  /**
   * The same as one statement, which is a transaction of its own without the trips for BEGIN and COMMIT. Used when
   * a group holds nothing else; gives null when these items need more. Results are then undefined, unless it reads them.
   */
  statement?(items: I[]): Statement<R> | null;
}

export interface Statement<R = unknown> {
  sql: string;
  bindings: Cell[];
  /** One result for each item, out of the rows that the statement gives. */
  results?(rows: unknown[]): R[];
}

export function defineBatch<I, R>(batch: Batch<I, R>): Batch<I, R> {
  return batch;
}

/** Longest transaction in items; more than this and others would wait too long for the writer. */
const MAX_ITEMS_PER_TRANSACTION = 500;

/** A group is gathered for at most this long, and until this share of the one before it has come back. */
const LONGEST_GATHER_MS = 1;
const GATHERED_SHARE = 0.8;

interface Waiting {
  batch: Batch<unknown, unknown>;
  item: unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface GroupCommitOptions {
  transaction<T>(work: (trx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Runs one statement on its own, and gives its rows; null where that saves nothing. */
  single: ((statement: Statement) => Promise<unknown[]>) | null;
  log: Logger;
  metrics: Metrics;
}

export function createGroupCommit({ transaction, single, log, metrics }: GroupCommitOptions) {
  const items = metrics.counter('patchbay_group_commit_items_total', 'Rows written by group commit', ['batch']);
  const commits = metrics.counter('patchbay_group_commits_total', 'Transactions of the group commit', []);
  const queue: Waiting[] = [];
  let running: Promise<void> | null = null;

  return {
    /** Resolves with the item's result once it is durable; rejects when it could not be written. */
    submit<I, R>(batch: Batch<I, R>, item: I): Promise<R> {
      return new Promise<R>((resolve, reject) => {
        queue.push({
          batch: batch as unknown as Batch<unknown, unknown>,
          item,
          resolve: resolve as (value: unknown) => void,
          reject,
        });
        running ??= run();
      });
    },
    /** Resolves when nothing waits any more. */
    async drain(): Promise<void> {
      while (running) await running;
    },
  };

  async function run(): Promise<void> {
    let previousSize = 0;
    while (queue.length > 0) previousSize = (await commitStatement()) ?? (await commitGroup(previousSize));
    running = null;
  }

  /** Commits what waits as one statement; gives how many, or null when it cannot be one. */
  async function commitStatement(): Promise<number | null> {
    if (!single || !queue[0]?.batch.statement) return null;
    const group = queue.slice(0, MAX_ITEMS_PER_TRANSACTION);
    const [{ batch }] = group as [Waiting];
    if (!group.every((waiting) => waiting.batch === batch)) return null;
    let results: unknown[] = [];
    try {
      const statement = batch.statement?.(group.map(({ item }) => item));
      if (!statement) return null;
      const rows = await single(statement);
      results = statement.results?.(rows) ?? [];
    } catch (error) {
      log.debug({ reason: messageOf(error), size: group.length }, 'One statement did not do; writing the usual way');
      return null;
    }
    queue.splice(0, group.length);
    items.inc({ batch: batch.name }, group.length);
    answer(group, results);
    return group.length;
  }

  /** Commits what waits; gives how many. The transaction begins while the group still gathers. */
  async function commitGroup(previousSize: number): Promise<number> {
    let group: Waiting[] = [];
    let isOver = false;
    try {
      const results = await transaction(
        async (trx) => {
          if (group.length === 0) await gather(previousSize);
          // Work that lost its transaction while it gathered takes nobody off the queue, who would never be answered.
          if (isOver || trx.isCompleted()) throw new Error('The transaction could not begin');
          // A transaction that is repeated keeps its group.
          if (group.length === 0) group = queue.splice(0, MAX_ITEMS_PER_TRANSACTION);
          return writeAll(trx, group);
        },
        { knowsOutcome: true },
      );
      answer(group, results);
    } catch (error) {
      isOver = true;
      // Without a transaction nobody was taken off the queue; and there is none for the others either.
      if (group.length === 0) group = queue.splice(0);
      if (group.length === 1 || isUnavailable(error)) for (const waiting of group) waiting.reject(error);
      else await commitOneByOne(group, error);
    }
    return group.length;
  }

  /**
   * Callers that were answered together come back together, but not in the same instant. Without a short wait the
   * first of them would get a transaction of its own, and the others would wait for it.
   */
  async function gather(previousSize: number): Promise<void> {
    const until = performance.now() + LONGEST_GATHER_MS;
    do await new Promise(setImmediate);
    while (queue.length < previousSize * GATHERED_SHARE && performance.now() < until);
  }

  /** After a group has failed, each item for itself, so that only the one to blame fails. */
  async function commitOneByOne(group: readonly Waiting[], error: unknown): Promise<void> {
    log.debug({ reason: messageOf(error), size: group.length }, 'Group commit failed; writing one by one');
    for (const waiting of group) {
      try {
        answer([waiting], await transaction((trx) => writeAll(trx, [waiting]), { knowsOutcome: true }));
      } catch (reason) {
        waiting.reject(reason);
      }
    }
  }

  function answer(group: readonly Waiting[], results: readonly unknown[]): void {
    commits.inc();
    for (const [index, waiting] of group.entries()) waiting.resolve(results[index]);
  }

  async function writeAll(trx: Transaction, group: readonly Waiting[]): Promise<unknown[]> {
    const results: unknown[] = new Array(group.length);
    const indexesByBatch = new Map<Batch<unknown, unknown>, number[]>();
    group.forEach(({ batch }, index) => {
      const indexes = indexesByBatch.get(batch);
      if (indexes) indexes.push(index);
      else indexesByBatch.set(batch, [index]);
    });
    // Always in the same order, so that the groups of two replicas take their locks in the same order.
    const inOrder = [...indexesByBatch].sort(([one], [other]) => (one.name < other.name ? -1 : 1));
    for (const [batch, indexes] of inOrder) {
      const written = await batch.write(
        trx,
        indexes.map((index) => group[index]?.item),
      );
      indexes.forEach((index, position) => {
        results[index] = written[position];
      });
      items.inc({ batch: batch.name }, indexes.length);
    }
    return results;
  }
}
