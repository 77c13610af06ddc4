/**
 * Prepared statements that stay prepared. The sqlite3 driver prepares and runs a statement in two trips to its
 * thread, each of which waits for the main thread; a repeated statement pays one of them.
 */

import type { Knex } from 'knex';

type Callback = (this: Statement, error: Error | null, rows?: unknown[]) => void;

interface Statement {
  run(bindings: unknown[], callback: Callback): void;
  all(bindings: unknown[], callback: Callback): void;
  finalize(): void;
}

/** What the sqlite3 driver's connection has, as far as it is needed here. */
export interface PreparingConnection {
  prepare(sql: string, prepared: (error: Error | null) => void): Statement;
  run(sql: string, bindings: unknown[], callback: Callback): void;
  all(sql: string, bindings: unknown[], callback: Callback): void;
  close(callback?: (error: unknown) => void): void;
}

const MAX_STATEMENTS = 100;
/** Statements over many rows come in as many texts as there are counts of rows: keeping them all would cost memory. */
const MAX_SQL_LENGTH = 4_096;
/** Statements that are not worth keeping, or that must not stay open. */
const NOT_KEPT = /^\s*(?:pragma|create|drop|alter|vacuum|attach|detach|savepoint|release)\b/i;

/** Gives the connection the cache. Its statements must come one after another, as Knex's pool sees to. */
export function cacheStatements(connection: PreparingConnection): void {
  const kept = new Map<string, Statement>();
  const close = connection.close.bind(connection);
  for (const method of ['run', 'all'] as const) {
    const unkept = connection[method].bind(connection);
    connection[method] = (sql, bindings, callback) => {
      if (sql.length > MAX_SQL_LENGTH || NOT_KEPT.test(sql)) return unkept(sql, bindings, callback);
      const statement = take(sql, callback);
      statement[method](bindings ?? [], function done(error, rows) {
        if (error) evict(sql, statement);
        callback.call(this, error, rows);
      });
    };
  }
  connection.close = (callback) => {
    for (const [sql, statement] of kept) evict(sql, statement);
    close(callback);
  };

  /** The statement, now the youngest of those that are kept. */
  function take(sql: string, callback: Callback): Statement {
    const statement = kept.get(sql) ?? prepared(sql, callback);
    kept.delete(sql);
    kept.set(sql, statement);
    if (kept.size > MAX_STATEMENTS) {
      const [oldest] = kept;
      if (oldest) evict(...oldest);
    }
    return statement;
  }

  /** What cannot be prepared is not run either: its caller hears of it from here. */
  function prepared(sql: string, callback: Callback): Statement {
    const statement = connection.prepare(sql, (error) => {
      if (!error) return;
      if (kept.get(sql) === statement) kept.delete(sql);
      callback.call(statement, error);
    });
    return statement;
  }

  function evict(sql: string, statement: Statement): void {
    if (kept.get(sql) !== statement) return;
    kept.delete(sql);
    statement.finalize();
  }
}

/**
 * Runs a statement on a connection of the pool, past Knex, which looks at each of the hundreds of bindings of a group
 * several times; gives its rows.
 */
export async function runSingle(db: Knex, { sql, bindings }: { sql: string; bindings: unknown[] }): Promise<unknown[]> {
  const connection: PreparingConnection = await db.client.acquireConnection();
  try {
    return await new Promise<unknown[]>((resolve, reject) => {
      connection.all(sql, bindings, (error, rows) => (error ? reject(error) : resolve(rows ?? [])));
    });
  } finally {
    await db.client.releaseConnection(connection);
  }
}
