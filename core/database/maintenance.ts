/**
 * Upkeep of the SQLite file: the write-ahead log stays bounded although readers hold old snapshots,
 * and pages freed by deletion go back to the disk in small steps, so that nobody waits for it.
 */
import { stat } from 'node:fs/promises';
import type { Knex } from 'knex';
import { messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import { BUSY_TIMEOUT_MS, type Connections, type RawConnection } from './connect.ts';
import { createLogPace } from './log-pace.ts';

const INTERVAL_MS = 2_000;
/** Pages of 4 KiB given back in one step: about 10 ms of the writer's time. */
const VACUUM_PAGES_PER_STEP = 500;
const VACUUM_STEPS_PER_RUN = 8;
/** How often what was written moves from the log into the database. */
const CHECKPOINT_INTERVAL_MS = 500;
/** A log shorter than this is left as it is. */
const CHECKPOINT_FROM_BYTES = 2 * 1024 * 1024;
/** So often the keeper runs after the writer: what it moves it syncs only when no page came meanwhile. */
const CATCH_UP_TRIES = 3;
/** The writer begins the log anew when it has this many pages of 4 KiB, which holds it up for some milliseconds. */
const PAGES_OF_LOG = 3_000;
const PAGES_IN_MB = 256;
/** How long a checkpoint may hold the writer up. */
const CHECKPOINT_WAIT_MS = 100;

export function createMaintenance({ connections, log }: { connections: Connections; log: Logger }) {
  const { file, read, write, keeper, config } = connections;
  const readers = file ? watchReaders(read) : null;
  /** Half of the limit at most: else what may stay would be taken for what readers hold back. */
  const longLog = Math.min(PAGES_OF_LOG, (config.walLimitMb * PAGES_IN_MB) / 2);
  let timers: NodeJS.Timeout[] = [];
  let checkpointing: Promise<void> | null = null;
  let lastWrite = 0;
  const pace = createLogPace();
  let running: Promise<void> | null = null;

  return {
    start(): void {
      if (!file) return;
      timers = [
        setInterval(() => void run().catch(report), INTERVAL_MS),
        setInterval(() => void checkpoint().catch(report), CHECKPOINT_INTERVAL_MS),
      ];
      for (const timer of timers) timer.unref();
    },
    run,
    size,
    async stop(): Promise<void> {
      for (const timer of timers) clearInterval(timer);
      await running?.catch(report);
      await checkpointing?.catch(report);
    },
  };

  function run(): Promise<void> {
    running ??= upkeep().finally(() => {
      running = null;
    });
    return running;
  }

  function checkpoint(): Promise<void> {
    checkpointing ??= moveLog().finally(() => {
      checkpointing = null;
    });
    return checkpointing;
  }

  /**
   * The keeper moves the log while the writer goes on. When the log is long, what came in the meantime is little, and the
   * writer moves it between two commits, so that it can begin the log anew. Left to itself the writer would do all of it
   * inside some commit, for which everybody waits.
   */
  async function moveLog(): Promise<void> {
    if (!file || !keeper) return;
    const { size: walBytes, mtimeMs } = await stat(`${file}-wal`).catch(() => ({ size: 0, mtimeMs: 0 }));
    const now = performance.now();
    const isDue = pace.isDue(now, walBytes);
    if (walBytes < CHECKPOINT_FROM_BYTES || mtimeMs === lastWrite || !isDue) return;
    lastWrite = mtimeMs;
    const pages = await moveBy(keeper);
    pace.moved(now, pages);
    if (pages < longLog) return;
    for (let tries = 0; tries < CATCH_UP_TRIES; tries++) await moveBy(keeper);
    await moveBy(write);
    pace.begunAnew();
  }

  async function upkeep(): Promise<void> {
    if (!file) return;
    if ((await size()).walBytes > config.walLimitMb * 1024 * 1024) await truncateWal();
    for (let step = 0; step < VACUUM_STEPS_PER_RUN; step++) {
      const free = await pragma(read, 'freelist_count');
      if (free === 0) break;
      await write.raw(`pragma incremental_vacuum(${VACUUM_PAGES_PER_STEP})`);
    }
  }

  /** Moves the log into the database. Readers older than the limit are ended first: their caller gets an error. */
  async function truncateWal(): Promise<void> {
    const ended = readers?.endOlderThan(config.longestReadSeconds * 1000) ?? 0;
    if (ended > 0) log.warn({ ended }, 'Ended readers that held the write-ahead log back');
    // A reader that is still young holds the log back a little longer; writers must not wait for it.
    await write.raw(`pragma busy_timeout=${CHECKPOINT_WAIT_MS}`);
    try {
      await write.raw('pragma wal_checkpoint(truncate)');
    } finally {
      await write.raw(`pragma busy_timeout=${BUSY_TIMEOUT_MS}`);
    }
  }

  async function size(): Promise<{ databaseBytes: number; walBytes: number }> {
    if (file) return { databaseBytes: await bytes(file), walBytes: await bytes(`${file}-wal`) };
    const answer = await read.raw('select pg_database_size(current_database()) as bytes');
    return { databaseBytes: Number(answer.rows[0].bytes), walBytes: 0 };
  }

  function report(error: unknown): void {
    log.warn({ reason: messageOf(error) }, 'Database upkeep failed; it is tried again');
  }
}

/** Moves what nobody reads any more; gives how many pages the log has. */
async function moveBy(connection: Knex): Promise<number> {
  const [moved]: { log: number }[] = await connection.raw('pragma wal_checkpoint(passive)');
  return moved?.log ?? 0;
}

async function pragma(db: Knex, name: string): Promise<number> {
  const rows: Record<string, number>[] = await db.raw(`pragma ${name}`);
  return Object.values(rows[0] ?? {})[0] ?? 0;
}

async function bytes(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

/** Keeps in mind since when each reading connection has been out of the pool. */
function watchReaders(read: Knex) {
  const since = new Map<RawConnection, number>();
  const client: ReadersClient = read.client;
  const acquire = client.acquireConnection.bind(client);
  const release = client.releaseConnection.bind(client);
  client.acquireConnection = async () => {
    const connection = await acquire();
    since.set(connection, performance.now());
    return connection;
  };
  client.releaseConnection = (connection) => {
    since.delete(connection);
    return release(connection);
  };

  // The pool must not give out what was closed here, nor close it again.
  const ended = new WeakSet<RawConnection>();
  const destroy = client.destroyRawConnection.bind(client);
  client.validateConnection = (connection) => !ended.has(connection);
  client.destroyRawConnection = async (connection) => {
    if (!ended.has(connection)) await destroy(connection);
  };

  return {
    /** Ends the statements and closes the connections of readers that have been at it for longer. */
    endOlderThan(ms: number): number {
      let count = 0;
      for (const [connection, startedAt] of since) {
        if (performance.now() - startedAt < ms || ended.has(connection)) continue;
        ended.add(connection);
        connection.interrupt?.();
        connection.close(() => {});
        count++;
      }
      return count;
    },
  };
}

interface ReadersClient {
  acquireConnection(): Promise<RawConnection>;
  releaseConnection(connection: RawConnection): Promise<void>;
  validateConnection(connection: RawConnection): boolean;
  destroyRawConnection(connection: RawConnection): Promise<void>;
}
