/** The database: one writer, many readers, transactions that know what to do after their commit. */
import type { Knex } from 'knex';
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { connect, type DatabaseConfig } from './connect.ts';
import { type Batch, createGroupCommit } from './group-commit.ts';
import { createMaintenance } from './maintenance.ts';
import { runSingle } from './statement-cache.ts';

export type Transaction = Knex.Transaction;
export type { Batch } from './group-commit.ts';

export interface Database {
  client: 'sqlite3' | 'better-sqlite3' | 'pg';
  /** Readers. On SQLite each statement sees everything committed before it began. */
  read: Knex;
  /** The writer, for single statements; several belong in a transaction. */
  write: Knex;
  /** Runs the work in one transaction; rolled back when it throws. Keep it short: on SQLite it is the only writer. */
  transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T>;
  /** Hot single-row writes: shares a transaction with everything else waiting now; resolves after the commit. */
  batch<I, R>(batch: Batch<I, R>, item: I): Promise<R>;
  /** Runs `fn` after the transaction has committed; never when it was rolled back. */
  afterCommit(trx: Transaction, fn: () => void): void;
  /** True when this process is the only writer, so that caches may trust what it knows. */
  soleWriter: boolean;
  /** Throws when the database does not answer. */
  ping(): Promise<void>;
  /** Bytes on disk, for metrics and the administrators. */
  size(): Promise<{ databaseBytes: number; walBytes: number }>;
  /** Runs the upkeep at once (WAL checkpoint, a step of incremental vacuum): what the timer does every few seconds. */
  maintain(): Promise<void>;
  close(): Promise<void>;
}

export async function openDatabase(options: {
  config: DatabaseConfig;
  dataDir: string;
  log: Logger;
  clock: Clock;
  metrics: Metrics;
}): Promise<Database> {
  const { config, log, metrics } = options;
  const connections = await connect(config, options.dataDir);
  const { read, write } = connections;
  const pending = new WeakMap<Transaction, (() => void)[]>();

  async function transaction<T>(work: (trx: Transaction) => Promise<T>): Promise<T> {
    let after: (() => void)[] = [];
    const result = await write.transaction(async (trx) => {
      const value = await work(trx);
      after = pending.get(trx) ?? [];
      return value;
    });
    for (const fn of after) fn();
    return result;
  }

  const groupCommit = createGroupCommit({
    transaction,
    single: config.client === 'sqlite3' ? (statement) => runSingle(write, statement) : null,
    log,
    metrics,
  });
  const maintenance = createMaintenance({ connections, log });
  maintenance.start();

  return {
    client: config.client,
    read,
    write,
    transaction,
    batch: groupCommit.submit,
    afterCommit(trx, fn) {
      const list = pending.get(trx);
      if (list) list.push(fn);
      else pending.set(trx, [fn]);
    },
    soleWriter: config.client !== 'pg',
    async ping() {
      await read.raw('select 1');
    },
    size: maintenance.size,
    maintain: maintenance.run,
    async close() {
      await groupCommit.drain();
      await maintenance.stop();
      await connections.close();
    },
  };
}
