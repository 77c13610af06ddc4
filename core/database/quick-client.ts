/**
 * What Knex does around a statement, in fewer steps. For each one its pool makes two timers and twenty promises, and its runner
 * copies the statement five times for listeners that there are not: ten times what the driver itself needs of the main thread.
 * Here a connection that is free is taken at once, who waits is given it by whoever is done with it, and a plain statement goes
 * straight to the driver. Whatever is not plain (listeners, several statements, a time limit, streams) goes Knex's own way.
 */
import type { Knex } from 'knex';

/** Longest that somebody waits for a connection, as with Knex's own pool. */
const ACQUIRE_WITHIN_MS = 60_000;
const EVENTS = ['start', 'query', 'query-error', 'query-response'];

interface Connection {
  __knex__disposed?: unknown;
}

/** Of Knex, which has its pool from tarn. */
interface Pool {
  free: { resource: Connection }[];
  used: { resource: Connection }[];
  pendingAcquires: unknown[];
  pendingCreates: unknown[];
  max: number;
  destroyed: boolean;
  numPendingAcquires(): number;
}

interface Statement {
  sql: string;
  bindings?: unknown;
  timeout?: unknown;
  output?: unknown;
}

interface Builder {
  _connection?: Connection;
  _debug?: boolean;
  _eventsCount?: number;
  toSQL(): Statement | Statement[];
}

interface Runner {
  client: Client;
  builder: Builder;
  connection: Connection | undefined;
  run(): Promise<unknown>;
  query(statement: Statement): Promise<unknown>;
  queryArray(statements: Statement[]): Promise<unknown>;
}

interface Client {
  transacting?: boolean;
  pool: Pool;
  emit(name: string, ...given: unknown[]): boolean;
  runner(builder: Builder): Runner;
  query(connection: Connection, statement: Statement | string): Promise<unknown>;
  _query(connection: Connection, statement: Statement): Promise<unknown>;
  prepBindings(bindings: unknown): unknown;
  positionBindings(sql: string): string;
  processResponse(response: unknown, runner: Runner): unknown;
  validateConnection(connection: Connection): boolean;
  acquireConnection(): Promise<Connection>;
  releaseConnection(connection: Connection): Promise<void>;
}

type Class<T> = new (...given: unknown[]) => T;

interface Waiter {
  resolve(connection: Connection): void;
  reject(error: unknown): void;
  timer: NodeJS.Timeout;
}

/** Makes this instance quick, and its transactions with it. Its configuration must have no `postProcessResponse`. */
export function makeQuick(db: Knex): void {
  const client: Client = db.client;
  const Dialect = Object.getPrototypeOf(client).constructor as Class<Client>;
  const isWatched = (): boolean => EVENTS.some((name) => db.listenerCount(name) > 0);
  const QuickRunner = runnerOf(Object.getPrototypeOf(client.runner({} as Builder)).constructor, isWatched);

  // Knex makes the client of a transaction out of the prototype of this one.
  class Quick extends Dialect {
    override runner(builder: Builder): Runner {
      return new QuickRunner(this, builder);
    }

    override query(connection: Connection, given: Statement | string): Promise<unknown> {
      if (isWatched()) return super.query(connection, given);
      const statement = typeof given === 'string' ? { sql: given } : given;
      statement.bindings = this.prepBindings(statement.bindings);
      statement.sql = this.positionBindings(statement.sql);
      return this._query(connection, statement).catch((error: Error) => {
        error.message = `${statement.sql} - ${error.message}`;
        throw error;
      });
    }
  }
  Object.setPrototypeOf(client, Quick.prototype);
  handOver(client);
  beginQuickly(db, client, Quick.prototype);
}

function runnerOf(Original: Class<Runner>, isWatched: () => boolean): Class<Runner> {
  return class QuickRunner extends Original {
    override async run(): Promise<unknown> {
      const { client, builder } = this;
      const own = this.connection ?? builder._connection;
      const connection = own ?? (await client.acquireConnection());
      this.connection = connection;
      try {
        if (builder._debug || (builder._eventsCount ?? 0) > 0 || isWatched()) return await super.run();
        const statement = builder.toSQL();
        if (Array.isArray(statement)) return await this.queryArray(statement);
        if (statement.timeout || statement.output) return await this.query(statement);
        return client.processResponse(await client.query(connection, statement), this);
      } finally {
        if (!own) void client.releaseConnection(connection);
      }
    }
  };
}

/** Takes what is free at once, and gives what is done with to who has waited longest. */
function handOver(client: Client): void {
  const { pool } = client;
  const acquire = client.acquireConnection.bind(client);
  const release = client.releaseConnection.bind(client);
  const waiting: Waiter[] = [];
  const isGood = (connection: Connection) => !connection.__knex__disposed && client.validateConnection(connection);

  pool.numPendingAcquires = () => pool.pendingAcquires.length + waiting.length;
  client.acquireConnection = async () => {
    if (pool.destroyed || pool.pendingAcquires.length > 0) return acquire();
    const free = pool.free.at(-1);
    if (free && isGood(free.resource)) {
      pool.free.pop();
      pool.used.push(free);
      return free.resource;
    }
    // It opens another one, or finds out what is wrong with this one.
    if (free || pool.used.length + pool.pendingCreates.length < pool.max) return acquire();
    return new Promise<Connection>((resolve, reject) => {
      const timer = setTimeout(() => giveUp(waiter), ACQUIRE_WITHIN_MS);
      const waiter: Waiter = { resolve, reject, timer };
      waiting.push(waiter);
    });
  };

  client.releaseConnection = async (connection) => {
    const next = waiting.shift();
    if (!next) return release(connection);
    clearTimeout(next.timer);
    if (isGood(connection) && !pool.destroyed) return next.resolve(connection);
    await release(connection);
    acquire().then(next.resolve, next.reject);
  };

  function giveUp(waiter: Waiter): void {
    const place = waiting.indexOf(waiter);
    if (place < 0) return;
    waiting.splice(place, 1);
    waiter.reject(new Error('Knex: Timeout acquiring a connection. The pool is probably full.'));
  }
}

/**
 * For each transaction Knex makes a function with eighty properties and a client with eight listeners. Here both have the
 * instance's own as their prototypes, and of their own just what is theirs.
 */
function beginQuickly(db: Knex, client: Client, quick: Client): void {
  // The instance is what its context does; of a transaction within one (`this` is its context) Knex makes a savepoint.
  const { context } = db as unknown as { context: { transaction(...given: unknown[]): unknown } };
  const begin = context.transaction;
  context.transaction = function (this: { client: Client }, work: unknown, ...options: unknown[]) {
    if (this.client !== client || typeof work !== 'function' || options.length > 0)
      return begin.call(this, work, ...options);
    return within(work as (trx: unknown) => unknown);
  };
  const ofTransactions: Client = Object.assign(Object.create(quick), client, {
    transacting: true,
    pool: undefined,
    emit: client.emit.bind(client),
    releaseConnection: async () => {},
  });

  async function within(work: (trx: unknown) => unknown): Promise<unknown> {
    const connection = await client.acquireConnection();
    const ended = Promise.withResolvers<void>();
    let isOver = false;
    const own: Client = Object.assign(Object.create(ofTransactions), {
      acquireConnection: async () => connection,
      query(asked: Connection, statement: Statement | string) {
        if (asked !== connection) throw new Error('Another connection than that of the transaction');
        if (isOver) throw new Error('The transaction is over');
        return quick.query.call(own, connection, statement);
      },
    });
    const trx = transactorOf(own, () => isOver, ended.promise);
    const end = async (sql: string): Promise<void> => {
      isOver = true;
      await quick.query.call(own, connection, sql);
    };
    try {
      await quick.query.call(own, connection, 'BEGIN;');
      const value = await work(trx);
      await end('COMMIT;');
      ended.resolve();
      return value;
    } catch (error) {
      // Of what SQLite has rolled back itself, as on a full disk, nothing is left.
      await end('ROLLBACK').catch(() => {});
      ended.reject(error);
      throw error;
    } finally {
      void client.releaseConnection(connection);
    }
  }

  function transactorOf(own: Client, isCompleted: () => boolean, executionPromise: Promise<void>): object {
    executionPromise.catch(() => {});
    const trx = ((...given: Parameters<Knex>) => trx.queryBuilder().table(...given)) as Knex;
    Object.setPrototypeOf(trx, db);
    return Object.assign(trx, {
      context: Object.assign(Object.create(context), { client: own, userParams: {} }),
      isTransaction: true,
      isCompleted,
      executionPromise,
      savepoint: (...given: Parameters<Knex['transaction']>) => trx.transaction(...given),
    });
  }
}
