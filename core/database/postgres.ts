/**
 * Connections to PostgreSQL: a pool whose connections are given up in seconds when nobody is behind them any more, to the one of
 * several servers that takes writes, through a pooler or not.
 */
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import knex, { type Knex } from 'knex';
import type pg from 'pg';
import { codeOf, messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import { isUnavailable } from './database-errors.ts';
import { knexLines, QUIET_ERRORS } from './knex-log.ts';
import { parsePostgresAddress, shownAddress } from './postgres-address.ts';

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
type Connection = pg.Client & { readyForQuery: boolean; processID: number | null; __knex__disposed?: unknown };

export interface PostgresPool {
  knex: Knex;
  /** A connection outside of the pool and of any pooler, open; the caller ends it. */
  rawConnection(): Promise<pg.Client>;
}

export interface PostgresOptions {
  /** postgres://… */
  connection: string;
  /** The server itself, where `connection` leads to a pooler. */
  direct: string | null;
  poolSize: number;
  /** A query on whose connection nothing moves for this long is asked about on another one. */
  silenceSeconds: number;
}

export async function openPostgres(options: PostgresOptions, log: Logger): Promise<PostgresPool> {
  const { default: driver } = await import('pg');
  // bigint columns hold milliseconds, counts and ids, which JavaScript's numbers hold exactly.
  driver.types.setTypeParser(driver.types.builtins.INT8, Number);
  const servers = createServerChoice(options.connection);
  const own = options.direct === null ? servers : createServerChoice(options.direct);
  const rawConnection = (): Promise<pg.Client> => own.open(openAt);
  const pool = knex({
    client: 'pg',
    connection: {},
    acquireConnectionTimeout: ACQUIRE_WITHIN_MS,
    ...QUIET_ERRORS,
    log: knexLines(log),
    pool: {
      min: 1,
      max: options.poolSize,
      afterCreate(connection: Connection, done: (error: Error | null, connection: Connection) => void) {
        connected(connection);
        connection.connection.on('errorMessage', ({ code }: { code?: string }) => {
          // The server became a standby: another one takes the writes now.
          if (code === READ_ONLY) connection.__knex__disposed = 'The server takes no writes any more';
        });
        beginSession(connection).then(
          (asWhom) => {
            watch(connection, asWhom, options.silenceSeconds * 1000, rawConnection);
            done(null, connection);
          },
          (error) => done(error, connection),
        );
      },
    },
  });
  const acquire = pool.client.acquireRawConnection.bind(pool.client);
  pool.client.acquireRawConnection = () =>
    servers.open((server) => {
      // Knex makes its client of them before it waits for anything.
      pool.client.connectionSettings = settingsOf(server);
      return acquire();
    });
  return { knex: pool, rawConnection };
}

/** A connection to the first of the servers in this address that will do; the caller ends it. */
export function openClient(address: string): Promise<pg.Client> {
  return createServerChoice(address).open(openAt);
}

async function openAt(server: string): Promise<pg.Client> {
  const { default: driver } = await import('pg');
  const client = new driver.Client(settingsOf(server));
  client.on('error', () => {});
  await client.connect();
  connected(client);
  await client.query(KEEP_ALIVE);
  return client;
}

function settingsOf(server: string) {
  return { connectionString: server, stream: socketInTime, keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
}

/** `read_only_sql_transaction` */
const READ_ONLY = '25006';

interface ServerChoice {
  /** What `connect` opens to one of the servers, tried in turn, beginning with the one that did last time. */
  open<C extends pg.Client>(connect: (server: string) => Promise<C>): Promise<C>;
}

/** Of several servers the one that takes writes: after a fail-over it is another one, and nobody tells. */
function createServerChoice(address: string): ServerChoice {
  const { servers, needsPrimary } = parsePostgresAddress(address);
  let last = 0;
  return {
    async open(connect) {
      const problems: unknown[] = [];
      // Others that are opened meanwhile may find another one: none is passed over for that.
      const first = last;
      for (let turn = 0; turn < servers.length; turn++) {
        const place = (first + turn) % servers.length;
        try {
          const client = await connect(servers[place] ?? address);
          if (needsPrimary) await assertPrimary(client);
          last = place;
          return client;
        } catch (error) {
          problems.push(error);
        }
      }
      throw noneOf(servers, first, problems);
    },
  };
}

async function assertPrimary(client: pg.Client): Promise<void> {
  const { rows } = await client.query("select current_setting('transaction_read_only') as read_only");
  if (rows[0]?.read_only !== 'on') return;
  client.end().catch(() => {});
  throw Object.assign(new Error('it takes no writes'), { code: READ_ONLY });
}

/** One sentence about all of them; a refusal (a password, a database that is not there) before what passes by itself. */
function noneOf(servers: readonly string[], first: number, problems: readonly unknown[]): unknown {
  if (problems.length === 1) return problems[0];
  const refusal = problems.find((problem) => !isUnavailable(problem));
  if (refusal) return refusal;
  const said = problems.map((problem, turn) => {
    const server = servers[(first + turn) % servers.length] ?? '';
    return `${shownAddress(server)}: ${messageOf(problem) || codeOf(problem)}`;
  });
  return Object.assign(new Error(`No server takes writes now (${said.join('; ')})`), { code: READ_ONLY });
}

/**
 * Sets what holds for the session. A pooler is known by the process id that the protocol speaks of, which is not the server's; behind one in
 * transaction mode the server's changes from one transaction to the next. The name of the connection goes along, and no other has it.
 *
 * @returns by what column of `pg_stat_activity` the server knows the session
 */
async function beginSession(connection: Connection): Promise<SessionMark> {
  // Of several statements all results come.
  const results = (await connection.query(SESSION)) as unknown as pg.QueryResult<{ pid: number }>[];
  const pid = results.at(-1)?.rows[0]?.pid ?? null;
  if (pid === connection.processID) return { column: 'pid', value: pid };
  const name = `patchbay-${randomUUID()}`;
  await connection.query(`set application_name = '${name}'`);
  return { column: 'application_name', value: name };
}

interface SessionMark {
  column: 'pid' | 'application_name';
  value: number | string | null;
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
  asWhom: SessionMark,
  silenceMs: number,
  rawConnection: () => Promise<pg.Client>,
): void {
  const socket = connection.connection.stream as Socket;
  socket.on('timeout', () => {
    if (connection.readyForQuery) return;
    isWorkedOn(asWhom, rawConnection).then(
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

/** Whether the server is working for this session: then its query is long, not lost. */
async function isWorkedOn({ column, value }: SessionMark, rawConnection: () => Promise<pg.Client>): Promise<boolean> {
  const client = await rawConnection();
  const late = setTimeout(() => (client.connection.stream as Socket).destroy(), ANSWER_WITHIN_MS);
  try {
    const { rows } = await client.query(
      `select 1 from pg_stat_activity where ${column} = $1 and state in ('active', 'fastpath function call')
         and wait_event is distinct from 'ClientWrite' and wait_event is distinct from 'ClientRead'`,
      [value],
    );
    return rows.length > 0;
  } finally {
    clearTimeout(late);
    client.end().catch(() => {});
  }
}
