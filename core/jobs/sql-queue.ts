/** The job queue in the database: claimed in batches, woken in process, recovered after a crash. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { defineBatch } from '../database/group-commit.ts';
import { coreErrors, messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Services } from '../plugin.ts';
import { backoffMs, type JobRow, type Jobs, type JobType, type NewJob } from './jobs.ts';

const DEFAULT_MAX_ATTEMPTS = 10;
const DEFAULT_CONCURRENCY = 5;
const DEFAULT_TIMEOUT_MS = 60_000;
/** A lease outlives the time-out by this much; after it another process may take the job. */
const LEASE_MARGIN_MS = 30_000;
/** On PostgreSQL other replicas add jobs that nobody tells us of. */
const POLL_MS = { shared: 1_000, alone: 60_000 };
/** Leases last minutes: nobody has to look for those that are over at every job. */
const RELEASE_INTERVAL_MS = 5_000;
const MAX_ERROR_LENGTH = 2_000;

const finished = defineBatch<number, void>({
  name: 'jobs.finished',
  async write(trx, ids) {
    await trx('core_jobs').whereIn('id', ids).delete();
    return ids.map(() => undefined);
  },
});

type NewRow = Omit<JobRow, 'id' | 'locked_by' | 'locked_until' | 'last_error'>;

export interface SqlQueueOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  services: Services;
}

export function createSqlQueue({ db, clock, log, metrics, services }: SqlQueueOptions): Jobs {
  const worker = randomUUID();
  const types = new Map<string, JobType>();
  const running = new Map<string, number>();
  /** Written as running in transactions that have not ended. */
  const beginning = new Map<string, number>();
  /** Types of which more may be ready than found a place: each place that becomes free is for them. */
  const crowded = new Set<string>();
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  const done = metrics.counter('patchbay_jobs_total', 'Jobs by outcome', ['name', 'outcome']);
  let started = false;
  let lastRelease = Number.NEGATIVE_INFINITY;
  let pumping: Promise<void> | null = null;
  let pumpAgain = false;
  /** Whether only types that are crowded ask for the next pump. */
  let isPartial = true;
  let cancelTimer = (): void => {};
  const stopJumps = clock.onJump(() => wake());

  return { enqueue, enqueueAll, add, start, stop, idle, retry, discard, counts };

  function add(type: JobType): void {
    if (types.has(type.name)) throw new Error(`Two plugins declare the job '${type.name}'`);
    types.set(type.name, type);
  }

  async function enqueue(trx: Transaction, name: string, payload: unknown, options = {}): Promise<void> {
    await enqueueAll(trx, [{ name, payload, ...options }]);
  }

  async function enqueueAll(trx: Transaction, jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const rows = jobs.map(rowOf);
    const plain = rows.filter((row) => row.key === null);
    const direct = plain.filter((row) => takePlace(trx, row));
    const waiting = plain.filter((row) => !direct.includes(row));
    if (waiting.length > 0) await trx('core_jobs').insert(waiting);
    if (direct.length > 0) await insertRunning(trx, direct);
    const keyed = rows.filter((row) => row.key !== null);
    if (keyed.length > 0) {
      const replaced = ['payload', 'run_at', 'priority', 'max_attempts', 'attempts', 'state'] as const;
      await trx('core_jobs')
        .insert(keyed)
        .onConflict('key')
        .merge([...replaced]);
    }
    if (waiting.length > 0 || keyed.length > 0) db.afterCommit(trx, () => wake());
  }

  /**
   * With room for it, and nobody else who could take it, a job begins as soon as its transaction has committed: it is
   * written as running, and needs no claim. A crash in between is one that cut it off.
   */
  function takePlace(trx: Transaction, { name, run_at, priority }: NewRow): boolean {
    const type = types.get(name);
    if (!type || !started || !db.soleWriter || priority !== 0 || run_at > clock.now()) return false;
    if (crowded.has(name)) return false;
    const taken = (running.get(name) ?? 0) + (beginning.get(name) ?? 0);
    if (taken >= (type.concurrency ?? DEFAULT_CONCURRENCY)) return false;
    count(beginning, name, 1);
    // The place is given back however the transaction ends.
    const giveBack = (): void => count(beginning, name, -1);
    trx.executionPromise.then(giveBack, giveBack);
    return true;
  }

  async function insertRunning(trx: Transaction, rows: readonly NewRow[]): Promise<void> {
    const now = clock.now();
    const born = rows.map((row) => {
      const locked_until = now + (types.get(row.name)?.timeoutMs ?? DEFAULT_TIMEOUT_MS) + LEASE_MARGIN_MS;
      return { ...row, state: 'running' as const, attempts: 1, locked_by: worker, locked_until };
    });
    for (const row of await trx('core_jobs').insert(born).returning('*')) {
      const type = types.get(row.name);
      if (type) db.afterCommit(trx, () => started && begin(type, row));
    }
  }

  function count(counts: Map<string, number>, name: string, change: number): void {
    counts.set(name, (counts.get(name) ?? 0) + change);
  }

  function rowOf(job: NewJob): NewRow {
    const type = types.get(job.name);
    if (!type) throw new Error(`No plugin declares the job '${job.name}'`);
    return {
      name: job.name,
      payload: JSON.stringify(job.payload),
      state: 'ready',
      priority: job.priority ?? 0,
      run_at: job.runAt ?? clock.now(),
      attempts: 0,
      max_attempts: job.maxAttempts ?? type.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      key: job.key ?? null,
      created_at: clock.now(),
    };
  }

  async function start(): Promise<void> {
    started = true;
    // The only process on this database: whatever is marked as running was cut off.
    if (db.soleWriter) await release((query) => query);
    wake();
  }

  async function stop(graceMs: number): Promise<void> {
    started = false;
    stopJumps();
    cancelTimer();
    await pumping;
    const giveUp = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
    await Promise.race([Promise.all(underWay), giveUp]);
    stopping.abort();
  }

  async function idle(): Promise<void> {
    while (pumping || underWay.size > 0) {
      await pumping;
      await Promise.all(underWay);
    }
  }

  /** Takes up what is due; `partly`: only of the types of which some found no place. */
  function wake(partly = false): void {
    if (!started) return;
    isPartial &&= partly;
    if (pumping) {
      pumpAgain = true;
      return;
    }
    pumping = pump()
      .catch((error) => {
        log.error({ err: error }, 'Job queue: claiming failed');
        schedule(POLL_MS.shared);
      })
      .finally(() => {
        pumping = null;
        if (pumpAgain) {
          pumpAgain = false;
          wake(isPartial);
        }
      });
  }

  async function pump(): Promise<void> {
    if (isPartial) return fillAll(crowded);
    isPartial = true;
    const now = clock.now();
    if (now - lastRelease >= RELEASE_INTERVAL_MS || now < lastRelease) {
      lastRelease = now;
      await release((query) => query.where('locked_until', '<', now));
    }
    const due = await db.read('core_jobs').distinct('name').where('state', 'ready').where('run_at', '<=', clock.now());
    await fillAll(due.map(({ name }) => name));
    await scheduleNext();
  }

  async function fillAll(names: Iterable<string>): Promise<void> {
    for (const name of names) {
      const type = types.get(name);
      if (type) await fill(type);
    }
  }

  async function fill(type: JobType): Promise<void> {
    const free = (type.concurrency ?? DEFAULT_CONCURRENCY) - (running.get(type.name) ?? 0);
    if (!started) return;
    const claimed = free > 0 ? await claim(type, free) : [];
    for (const row of claimed) begin(type, row);
    if (free <= 0 || claimed.length === free) crowded.add(type.name);
    else crowded.delete(type.name);
  }

  function begin(type: JobType, row: JobRow): void {
    count(running, type.name, 1);
    const work: Promise<void> = run(type, row).finally(() => {
      count(running, type.name, -1);
      underWay.delete(work);
      if (crowded.has(type.name)) wake(true);
    });
    underWay.add(work);
  }

  async function claim(type: JobType, limit: number): Promise<JobRow[]> {
    const now = clock.now();
    const next = db
      .write('core_jobs')
      .select('id')
      .where({ state: 'ready', name: type.name })
      .where('run_at', '<=', now)
      .orderBy(['priority', 'run_at', 'id'])
      .limit(limit);
    if (db.client === 'pg') next.forUpdate().skipLocked();
    // One statement, so that it needs no transaction around it. The key is given up: what is enqueued under it from now on
    // is a job of its own.
    return db
      .write('core_jobs')
      .whereIn('id', next)
      .update({
        state: 'running',
        key: null,
        attempts: db.write.raw('attempts + 1'),
        locked_by: worker,
        locked_until: now + (type.timeoutMs ?? DEFAULT_TIMEOUT_MS) + LEASE_MARGIN_MS,
      })
      .returning('*');
  }

  async function run(type: JobType, row: JobRow): Promise<void> {
    const jobLog = log.child({ job: type.name, jobId: row.id, attempt: row.attempts });
    try {
      await attempt(type, row, jobLog);
      await db.batch(finished, row.id);
      done.inc({ name: type.name, outcome: 'succeeded' });
    } catch (error) {
      await failed(type, row, error, jobLog).catch((second) => {
        jobLog.error({ err: second }, 'Could not record the failure; the lease brings the job back');
      });
    }
  }

  async function attempt(type: JobType, row: JobRow, jobLog: Logger): Promise<void> {
    const timeoutMs = type.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const timeout = new AbortController();
    const expired = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => {
        timeout.abort();
        reject(new Error(`The job took longer than ${timeoutMs} ms`));
      }, timeoutMs);
      timer.unref();
      timeout.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    const signal = AbortSignal.any([timeout.signal, stopping.signal]);
    const context = { id: row.id, attempt: row.attempts, signal, log: jobLog };
    try {
      await Promise.race([type.run(JSON.parse(row.payload), context, services), expired]);
    } finally {
      timeout.abort();
    }
  }

  async function failed(type: JobType, row: JobRow, error: unknown, jobLog: Logger): Promise<void> {
    const isDead = row.attempts >= row.max_attempts;
    jobLog[isDead ? 'error' : 'warn'](
      { err: error },
      isDead ? 'Job gave up: dead letter' : 'Job failed; it is tried again',
    );
    done.inc({ name: type.name, outcome: isDead ? 'dead' : 'failed' });
    await db
      .write('core_jobs')
      .where({ id: row.id, locked_by: worker })
      .update({
        state: isDead ? 'dead' : 'ready',
        run_at: clock.now() + backoffMs(row.attempts),
        locked_by: null,
        locked_until: null,
        last_error: messageOf(error).slice(0, MAX_ERROR_LENGTH),
      });
    // Its next try has a time, which the timer has to know.
    wake();
  }

  /** Makes running jobs ready again whose worker is gone. */
  async function release(which: (query: ReturnType<typeof runningJobs>) => object): Promise<void> {
    const query = runningJobs();
    which(query);
    await query.update({ state: 'ready', locked_by: null, locked_until: null });
  }

  function runningJobs() {
    return db.write('core_jobs').where({ state: 'running' });
  }

  async function scheduleNext(): Promise<void> {
    const next = await db
      .read('core_jobs')
      .where('state', 'ready')
      .where('run_at', '>', clock.now())
      .min({ at: 'run_at' })
      .first();
    const poll = db.soleWriter ? POLL_MS.alone : POLL_MS.shared;
    const until = next?.at == null ? poll : Number(next.at) - clock.now();
    schedule(Math.max(0, Math.min(until, poll)));
  }

  function schedule(ms: number): void {
    cancelTimer();
    if (started) cancelTimer = clock.after(ms, () => wake());
  }

  async function retry(id: number): Promise<void> {
    const changed = await db
      .write('core_jobs')
      .where({ id })
      .whereNot({ state: 'running' })
      .update({ state: 'ready', run_at: clock.now(), attempts: 0 });
    if (changed === 0) throw coreErrors.not_found({ message: 'There is no waiting or dead job with this id' });
    wake();
  }

  async function discard(id: number): Promise<void> {
    const deleted = await db.write('core_jobs').where({ id }).whereNot({ state: 'running' }).delete();
    if (deleted === 0) throw coreErrors.not_found({ message: 'There is no waiting or dead job with this id' });
  }

  async function counts(): Promise<Record<JobRow['state'], number>> {
    const rows = await db.read('core_jobs').select('state').count({ total: '*' }).groupBy('state');
    const totals = { ready: 0, running: 0, dead: 0 };
    for (const row of rows) totals[row.state] = Number(row.total);
    return totals;
  }
}
