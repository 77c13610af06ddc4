/** The database: one writer, many readers, transactions that know what to do after their commit. */
import type { Knex } from 'knex';
import type pg from 'pg';
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { connect, type DatabaseConfig } from './connect.ts';
import { createConnectionGuard, noGuard } from './connection-guard.ts';
import { type Batch, createGroupCommit } from './group-commit.ts';
import { createMaintenance } from './maintenance.ts';
import { runSingle } from './statement-cache.ts';
import { createTransactions, type Transaction, type TransactionOptions } from './transactions.ts';

export type { Batch } from './group-commit.ts';
export type { Transaction } from './transactions.ts';

export interface Database {
  client: 'sqlite3' | 'better-sqlite3' | 'pg';
  /** Readers. On SQLite each statement sees everything committed before it began. */
  read: Knex;
  /** The writer, for single statements; several belong in a transaction. */
  write: Knex;
  /**
   * Runs the work in one transaction; rolled back when it throws. Keep it short: on SQLite it is the only writer. Inside
   * it use `trx` alone, also to read. PostgreSQL may have it run again (deadlock): effects in memory belong in `afterCommit`.
   */
  transaction<T>(work: (trx: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Hot single-row writes: shares a transaction with everything else waiting now; resolves after the commit. */
  batch<I, R>(batch: Batch<I, R>, item: I): Promise<R>;
  /** Runs `fn` after the transaction has committed; never when it was rolled back. */
  afterCommit(trx: Transaction, fn: () => void): void;
  /** A connection of one's own to PostgreSQL, outside of the pool; its owner ends it. Rejects on SQLite. */
  rawConnection(): Promise<pg.Client>;
  /** Places that asked for a second connection inside a transaction; found in tests alone. */
  violations: readonly string[];
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
  /** Fails what asks for a second connection inside a transaction (PostgreSQL): for tests. */
  guardConnections?: boolean;
  /** SQLite: paths of extensions that readers load. */
  extensions?: readonly string[];
}): Promise<Database> {
  const { config, log, metrics } = options;
  const connections = await connect(config, options.dataDir, log, options.extensions);
  const { read, write } = connections;
  const guard = options.guardConnections && config.client === 'pg' ? createConnectionGuard(write) : noGuard;
  const { transaction, afterCommit } = createTransactions({ write, guard, log, metrics });

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
    batch(batch, item) {
      guard.check();
      return groupCommit.submit(batch, item);
    },
    afterCommit,
    rawConnection: connections.rawConnection,
    violations: guard.violations,
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
