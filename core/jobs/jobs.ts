/**
 * Jobs: durable work, at least once, and when the retry of a job is (`delayMs`). This is the contract; `sql-queue.ts` keeps it in
 * the database. Names, payloads, keys, run times, priorities and attempts mean what they mean in Graphile Worker.
 */
import type { TSchema } from 'typebox';
import type { Transaction } from '../database/database.ts';
import type { Logger } from '../observability/log.ts';

/** Table `core_jobs`. A finished job has no row any more. */
export interface JobRow {
  id: number;
  name: string;
  payload: string;
  state: 'ready' | 'running' | 'dead';
  priority: number;
  run_at: number;
  /** 1 once its time has come and been noticed: claims look at these alone. */
  is_due: number;
  attempts: number;
  max_attempts: number;
  key: string | null;
  /** Whose it is or where it goes; '' when it does not matter. */
  lane: string;
  locked_by: string | null;
  locked_until: number | null;
  last_error: string | null;
  created_at: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_jobs: JobRow;
    }
  }
}

/** A kind of job: what it carries, and within which bounds it is tried. */
export interface JobSettings<P extends TSchema = TSchema> {
  /** `plugin.verb`, e.g. `auth.sendMail`. */
  name: string;
  summary: string;
  payload: P;
  /**
   * Tries before it becomes a dead letter; default 10 (about 17 minutes with the backoff). A try counts from its
   * beginning, so that a job that ends the process is not tried for ever.
   */
  maxAttempts?: number;
  /**
   * What must not be left undone (an erasure, an end at a provider): it never becomes a dead letter, but is tried again, at
   * last once an hour, until it succeeds or an operator deletes it. `maxAttempts` does not count.
   */
  mustHappen?: boolean;
  /**
   * What it waits after its first failures, in ms, exactly and each less than an hour: `[1_000, 3_000, 5_000]`. After
   * those that are not named here it waits as all jobs do, twice as long each time.
   */
  firstDelaysMs?: readonly number[];
  /** How many of this kind run at once in this process; default 5. */
  concurrency?: number;
  /**
   * How many of one lane run at once in this process; default: all slots. Lanes take turns in any case, so that a
   * tenant with many jobs, or a server that does not answer, has its share of the slots and no more.
   */
  perLane?: number;
  /** A try that takes longer has failed; default 60 000. */
  timeoutMs?: number;
  /** Its jobs are looked for by their whole payload, so that nothing of a trace may stand in it. */
  isFoundByPayload?: boolean;
}

/** A kind of job that has been given the services of its plugin. */
export interface BoundJob extends JobSettings {
  run(payload: unknown, job: JobContext): Promise<void>;
}

export interface JobContext {
  id: number;
  /** 1 for the first try. */
  attempt: number;
  /** Aborted at the time-out and when the platform stops. */
  signal: AbortSignal;
  log: Logger;
}

export interface EnqueueOptions {
  /** Not before this time (ms since the epoch). */
  runAt?: number;
  /** A waiting job with the same key is replaced instead of a second one being added. */
  key?: string;
  /** Whose it is or where it goes: a tenant, a host. Lanes take turns. */
  lane?: string | null;
  /** Lower runs first within its lane; default 0. */
  priority?: number;
  maxAttempts?: number;
}

export interface NewJob extends EnqueueOptions {
  name: string;
  payload: unknown;
}

export interface Jobs {
  /** Adds a job inside the transaction: it exists exactly when the transaction has committed. */
  enqueue(trx: Transaction, name: string, payload: unknown, options?: EnqueueOptions): Promise<void>;
  enqueueAll(trx: Transaction, jobs: readonly NewJob[]): Promise<void>;
  /** Makes a kind of job known; at boot. */
  add(type: BoundJob): void;
  /** Starts working, first on what an earlier process left. */
  start(): Promise<void>;
  /** Takes no new jobs and waits for those under way, at most `graceMs`. What is left runs after the next start. */
  stop(graceMs: number): Promise<void>;
  /** Resolves when no job is due or running: for tests and the command line. */
  idle(): Promise<void>;
  /** Gives a dead or waiting job another chance at once. Throws `not_found`. */
  retry(id: number): Promise<void>;
  /** Deletes a job that is not running. Throws `not_found`. */
  discard(id: number): Promise<void>;
  /** Kinds that are tried until they succeed. */
  mustHappen(): string[];
  /** Jobs by state, for health and metrics; counted to 10 000 each. */
  counts(): Promise<Record<JobRow['state'], number>>;
}

/** `max_attempts` of what is tried until it succeeds. */
export const FOR_EVER = 2_147_483_647;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 60 * 60 * 1000;
const SPREAD = 0.2;
/** No try comes later than this after the one before. */
export const LONGEST_BACKOFF_MS = LONGEST_DELAY_MS * (1 + SPREAD);

/** Waiting time of a job of this kind before try `attempt + 1`. */
export function delayMs({ firstDelaysMs = [] }: Pick<JobSettings, 'firstDelaysMs'>, attempt: number): number {
  return firstDelaysMs[attempt - 1] ?? backoffMs(attempt);
}

/** Waiting time before try `attempt + 1`: doubles each time, at most an hour, ± 20 % so that crowds spread. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
  return Math.round(delay * (1 - SPREAD + 2 * SPREAD * random()));
}
