/**
 * Whether a supervisor should restart this process: when its database has not answered it for half a minute, although
 * it answers who comes anew. When nobody is answered a restart helps nobody, and `/health/ready` says so already.
 */
import type { Database } from '../database/database.ts';
import { askSqliteFile } from '../database/sqlite-process.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';

export interface Liveness {
  start(): void;
  stop(): void;
  /** Why the process should be restarted; null when it should not. */
  reason(): string | null;
  /** Looks once, as the timer does. */
  check(): Promise<void>;
}

const INTERVAL_MS = 5_000;
const ANSWER_MS = 3_000;
const STUCK_AFTER_MS = 30_000;

export interface LivenessOptions {
  db: Pick<Database, 'client' | 'ping' | 'rawConnection'>;
  /** The SQLite file; null on PostgreSQL. */
  file: string | null;
  log: Logger;
  /** A clock that nobody sets, in ms. */
  now?: () => number;
  answerMs?: number;
}

export function createLiveness({
  db,
  file,
  log,
  now = () => performance.now(),
  answerMs = ANSWER_MS,
}: LivenessOptions): Liveness {
  let failingSince: number | null = null;
  let stuck: string | null = null;
  let looking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  return {
    start() {
      timer = setInterval(() => void check(), INTERVAL_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
    reason: () => stuck,
    check,
  };

  function check(): Promise<void> {
    looking ??= judge().finally(() => {
      looking = null;
    });
    return looking;
  }

  async function judge(): Promise<void> {
    const startedAt = now();
    if (await answers(db.ping())) {
      failingSince = null;
      stuck = null;
      return;
    }
    failingSince ??= startedAt;
    if (now() - failingSince < STUCK_AFTER_MS) return;
    const isThere = await answers(anew());
    if (isThere && !stuck) log.error('The database answers, but not this process any more: it should be restarted');
    stuck = isThere ? 'The database answers, but not this process any more' : null;
  }

  async function anew(): Promise<void> {
    if (file === null) {
      const connection = await db.rawConnection();
      await connection.query('select 1').finally(() => connection.end().catch(() => {}));
      return;
    }
    await askSqliteFile(file, 'select count(*) from sqlite_master');
  }

  async function answers(work: Promise<unknown>): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const limit = setTimeout(() => late.resolve(false), answerMs);
    const answered = work.then(
      () => true,
      (error) => {
        log.debug({ reason: messageOf(error) }, 'The database did not answer');
        return false;
      },
    );
    return Promise.race([answered, late.promise]).finally(() => clearTimeout(limit));
  }
}
