/** Connections to PostgreSQL: a pool whose connections are given up in seconds when nobody is behind them any more. */
import { Socket } from 'node:net';
import knex, { type Knex } from 'knex';
import type pg from 'pg';
import type { Logger } from '../observability/log.ts';
import { knexLines, QUIET_ERRORS } from './knex-log.ts';

/**
 * Opening a connection, and waiting for one of the pool. The first is counted in pieces: a process that stood still itself
 * (for want of a processor, or in a debugger) finds its timers over before it has read what came meanwhile.
 */
const CONNECT_WITHIN_MS = 5_000;
const CONNECT_PIECES = 10;
const ACQUIRE_WITHIN_MS = 15_000;
/** How soon the server must say whether it still works for a connection. */
const ANSWER_WITHIN_MS = 4_000;

/**
 * Of each connection, so that a host that has vanished keeps no lock of a session for hours. As statements: poolers
 * (PgBouncer, Neon's) refuse options in the packet that begins a session.
 */
const KEEP_ALIVE = [
  'set tcp_keepalives_idle = 10',
  'set tcp_keepalives_interval = 5',
  'set tcp_keepalives_count = 3',
].join('; ');

/**
 * Of each session of the pool: the server ends a transaction whose process has stopped in the middle of it (frozen, cut
 * off), so that its locks do not hold up the other replicas. And it says which of its processes this is: what the protocol
 * says of that is, behind a pooler, a number that only the pooler knows.
 */
const SESSION = `set idle_in_transaction_session_timeout = 10000; ${KEEP_ALIVE}; select pg_backend_pid() as pid`;

/** What is needed of pg's client beyond its declared types. */
type Connection = pg.Client & { readyForQuery: boolean };

export interface PostgresPool {
  knex: Knex;
  /** A connection outside of the pool, open; the caller ends it. */
  rawConnection(): Promise<pg.Client>;
}

export interface PostgresOptions {
  /** postgres://… */
  connection: string;
  poolSize: number;
  /** A query on whose connection nothing moves for this long is asked about on another one. */
  silenceSeconds: number;
}

export async function openPostgres(options: PostgresOptions, log: Logger): Promise<PostgresPool> {
  const { default: driver } = await import('pg');
  // bigint columns hold milliseconds, counts and ids, which JavaScript's numbers hold exactly.
  driver.types.setTypeParser(driver.types.builtins.INT8, Number);
  const settings = {
    connectionString: options.connection,
    stream: socketInTime,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
  const pool = knex({
    client: 'pg',
    connection: settings,
    acquireConnectionTimeout: ACQUIRE_WITHIN_MS,
    ...QUIET_ERRORS,
    log: knexLines(log),
    pool: {
      min: 1,
      max: options.poolSize,
      afterCreate(connection: Connection, done: (error: Error | null, connection: Connection) => void) {
        const session = { processId: null as number | null };
        connected(connection);
        watch(connection, session, options.silenceSeconds * 1000, rawConnection);
        // Of several statements all results come.
        connection.query(SESSION, (error, results: unknown) => {
          session.processId = (results as pg.QueryResult<{ pid: number }>[] | undefined)?.at(-1)?.rows[0]?.pid ?? null;
          done(error, connection);
        });
      },
    },
  });
  return { knex: pool, rawConnection };

  async function rawConnection(): Promise<pg.Client> {
    const client = new driver.Client(settings);
    client.on('error', () => {});
    await client.connect();
    connected(client);
    await client.query(KEEP_ALIVE);
    return client;
  }
}

const opening = new WeakMap<object, NodeJS.Timeout>();

/** A socket that is given up when the server does not say in time that it is ready. pg calls it on its connection. */
function socketInTime(this: object): Socket {
  const socket = new Socket();
  let left = CONNECT_PIECES;
  const piece = setInterval(() => {
    if (--left === 0) socket.destroy(new Error('The database did not answer when it was called'));
  }, CONNECT_WITHIN_MS / CONNECT_PIECES);
  socket.once('close', () => clearInterval(piece));
  opening.set(this, piece);
  return socket;
}

function connected({ connection }: pg.Client): void {
  clearInterval(opening.get(connection));
}

/**
 * A connection that a dead host, a fail-over or a forgetful router has left behind is silent like one on which a long
 * query runs. The server knows which it is; a server that cannot be asked is as good as gone.
 */
function watch(
  connection: Connection,
  session: { processId: number | null },
  silenceMs: number,
  rawConnection: () => Promise<pg.Client>,
): void {
  const socket = connection.connection.stream as Socket;
  socket.on('timeout', () => {
    if (connection.readyForQuery) return;
    isWorkedOn(session.processId, rawConnection).then(
      (isWorking) => void (isWorking ? socket.setTimeout(silenceMs) : giveUp()),
      giveUp,
    );
  });
  socket.setTimeout(silenceMs);

  function giveUp(): void {
    // Meanwhile the answer may have come after all.
    if (!connection.readyForQuery) socket.destroy(new Error('The database did not answer: the connection was closed'));
  }
}

/** Whether the server is working for the session with this process id: then its query is long, not lost. */
async function isWorkedOn(processId: number | null, rawConnection: () => Promise<pg.Client>): Promise<boolean> {
  const client = await rawConnection();
  const late = setTimeout(() => (client.connection.stream as Socket).destroy(), ANSWER_WITHIN_MS);
  try {
    const { rows } = await client.query(
      `select 1 from pg_stat_activity where pid = $1 and state in ('active', 'fastpath function call')
         and wait_event is distinct from 'ClientWrite' and wait_event is distinct from 'ClientRead'`,
      [processId],
    );
    return rows.length > 0;
  } finally {
    clearTimeout(late);
    client.end().catch(() => {});
  }
}
