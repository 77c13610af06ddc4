/** The job queue in the database: claimed in batches, lane by lane, woken in process, recovered after a crash. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { coreErrors } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createJobRows, DEFAULT_TIMEOUT_MS, type NewRow } from './job-rows.ts';
import type { BoundJob, JobRow, Jobs, NewJob } from './jobs.ts';
import { createPlaces } from './places.ts';

/** On PostgreSQL other replicas add jobs that nobody tells us of. */
const POLL_MS = { shared: 1_000, alone: 60_000 };
/** Leases last minutes: nobody has to look for those that are over at every job. */
const RELEASE_INTERVAL_MS = 5_000;
/** A clock that goes back is seen at once; where another replica's was wrong, this one has seen nothing of it. */
const FUTURE_INTERVAL_MS = 60 * 60 * 1000;
const WENT_BACK_MS = 60_000;

export interface SqlQueueOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

export function createSqlQueue({ db, clock, log, metrics }: SqlQueueOptions): Jobs {
  const rows = createJobRows({ db, clock, worker: randomUUID() });
  const types = new Map<string, BoundJob>();
  const places = createPlaces();
  /** Kinds of which more may be ready than found a place, with the lanes where they are, next one first. */
  const crowded = new Map<string, string[]>();
  const underWay = new Set<Promise<void>>();
  const stopping = new AbortController();
  const done = metrics.counter('patchbay_jobs_total', 'Jobs by outcome', ['name', 'outcome']);
  let started = false;
  let lastRelease = Number.NEGATIVE_INFINITY;
  let lastFuture = Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  let pumping: Promise<void> | null = null;
  /** What the next pump is for, when one was asked for while another was under way. */
  let asked: 'nothing' | 'crowded' | 'all' = 'nothing';
  let cancelTimer = (): void => {};
  const stopJumps = clock.onJump(() => wake());

  return { enqueue, enqueueAll, add, start, stop, idle, retry, discard, counts };

  function add(type: BoundJob): void {
    if (types.has(type.name)) throw new Error(`Two plugins declare the job '${type.name}'`);
    types.set(type.name, type);
  }

  async function enqueue(trx: Transaction, name: string, payload: unknown, options = {}): Promise<void> {
    await enqueueAll(trx, [{ name, payload, ...options }]);
  }

  async function enqueueAll(trx: Transaction, jobs: readonly NewJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const fresh = jobs.map((job) => rows.rowOf(job, typeOf(job.name)));
    const plain = fresh.filter((row) => row.key === null);
    const direct = plain.filter((row) => takePlace(trx, row));
    const waiting = plain.filter((row) => !direct.includes(row));
    const keyed = fresh.filter((row) => row.key !== null);
    if (waiting.length > 0) await rows.insertReady(trx, waiting);
    if (direct.length > 0) await beginAfterCommit(trx, direct);
    if (keyed.length > 0) await rows.insertKeyed(trx, keyed);
    if (waiting.length > 0 || keyed.length > 0) db.afterCommit(trx, () => wake());
  }

  function typeOf(name: string): BoundJob {
    const type = types.get(name);
    if (!type) throw new Error(`No plugin declares the job '${name}'`);
    return type;
  }

  /**
   * With room for it, and nobody else who could take it, a job begins as soon as its transaction has committed: it is
   * written as running, and needs no claim. A crash in between is one that cut it off.
   */
  function takePlace(trx: Transaction, { name, lane, run_at, priority }: NewRow): boolean {
    const type = types.get(name);
    if (!type || !started || !db.soleWriter || priority !== 0 || run_at > clock.now()) return false;
    if (crowded.has(name) || places.freeIn(type, lane) <= 0) return false;
    places.take(name, lane);
    // The place is given back however the transaction ends; the job takes it anew when it begins.
    const giveBack = (): void => places.giveBack(name, lane);
    trx.executionPromise.then(giveBack, giveBack);
    return true;
  }

  async function beginAfterCommit(trx: Transaction, direct: readonly NewRow[]): Promise<void> {
    for (const row of await rows.insertRunning(trx, direct, (name) => types.get(name))) {
      db.afterCommit(trx, () => started && begin(typeOf(row.name), row));
    }
  }

  async function start(): Promise<void> {
    started = true;
    // The only process on this database: whatever is marked as running was cut off.
    if (db.soleWriter) await rows.releaseCutOff('all');
    wake();
  }

  async function stop(graceMs: number): Promise<void> {
    const hadStarted = started;
    started = false;
    stopJumps();
    cancelTimer();
    await pumping;
    const giveUp = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
    await Promise.race([Promise.all(underWay), giveUp]);
    stopping.abort();
    if (hadStarted && underWay.size > 0) await rows.giveBack();
  }

  async function idle(): Promise<void> {
    while (pumping || underWay.size > 0) {
      await pumping;
      await Promise.all(underWay);
    }
  }

  /** Takes up what is due: of all kinds, or only of those of which some found no place. */
  function wake(what: 'crowded' | 'all' = 'all'): void {
    if (!started) return;
    if (asked !== 'all') asked = what;
    pumping ??= pump().finally(() => {
      pumping = null;
      // Asked for after the last look, and before this.
      if (asked !== 'nothing') wake(asked);
    });
  }

  async function pump(): Promise<void> {
    while (asked !== 'nothing') {
      const what = asked;
      asked = 'nothing';
      try {
        if (what === 'all') await findDue();
        for (const [name, lanes] of [...crowded]) await fill(name, lanes);
        if (what === 'all') await scheduleNext();
      } catch (error) {
        log.error({ err: error }, 'Job queue: claiming failed');
        schedule(POLL_MS.shared);
      }
    }
  }

  /** Reads which kinds and lanes have jobs that are due; a lane that waits for its turn keeps its place in the line. */
  async function findDue(): Promise<void> {
    const now = clock.now();
    await takeBackFuture(now);
    if (now - lastRelease >= RELEASE_INTERVAL_MS || now < lastRelease) {
      lastRelease = now;
      await rows.releaseCutOff('expired');
    }
    const due = Map.groupBy(await rows.dueLanes([...types.keys()]), ({ name }) => name);
    const before = new Map(crowded);
    crowded.clear();
    for (const [name, found] of due) {
      const lanes = new Set(found.map(({ lane }) => lane));
      const inLine = (before.get(name) ?? []).filter((lane) => lanes.delete(lane));
      crowded.set(name, [...inLine, ...lanes]);
    }
  }

  async function takeBackFuture(now: number): Promise<void> {
    const wentBack = now < latest - WENT_BACK_MS;
    latest = wentBack ? now : Math.max(latest, now);
    if (types.size === 0 || (!wentBack && now - lastFuture < FUTURE_INTERVAL_MS)) return;
    const taken = await rows.takeBackFuture([...types.values()]);
    lastFuture = now;
    if (taken === 0) return;
    log.warn({ jobs: taken }, 'Jobs were noted by a clock that was ahead; they go by this one');
    lastRelease = Number.NEGATIVE_INFINITY;
  }

  /** Gives the free places of a kind to its lanes in turn. What finds none stays in `crowded` for the next one. */
  async function fill(name: string, lanes: string[]): Promise<void> {
    const type = typeOf(name);
    const full: string[] = [];
    while (started && lanes.length > 0 && places.free(type) > 0) {
      const lane = lanes.shift() ?? '';
      const share = Math.ceil(places.free(type) / (lanes.length + 1));
      const limit = Math.min(share, places.freeIn(type, lane));
      if (limit <= 0) {
        full.push(lane);
        continue;
      }
      const claimed = await rows.claim(type, lane, limit);
      for (const row of claimed) begin(type, row);
      if (claimed.length === limit) lanes.push(lane);
    }
    if (lanes.length + full.length > 0) crowded.set(name, [...lanes, ...full]);
    else crowded.delete(name);
  }

  function begin(type: BoundJob, row: JobRow): void {
    places.take(type.name, row.lane);
    const work: Promise<void> = run(type, row).finally(() => {
      places.giveBack(type.name, row.lane);
      underWay.delete(work);
      if (crowded.has(type.name)) wake('crowded');
    });
    underWay.add(work);
  }

  async function run(type: BoundJob, row: JobRow): Promise<void> {
    const jobLog = log.child({ job: type.name, jobId: row.id, attempt: row.attempts });
    try {
      await attempt(type, row, jobLog);
      await rows.finish(row.id);
      done.inc({ name: type.name, outcome: 'succeeded' });
    } catch (error) {
      await failed(type, row, error, jobLog).catch((second) => {
        jobLog.error({ err: second }, 'Could not record the failure; the lease brings the job back');
      });
    }
  }

  async function attempt(type: BoundJob, row: JobRow, jobLog: Logger): Promise<void> {
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
      await Promise.race([type.run(JSON.parse(row.payload), context), expired]);
    } finally {
      timeout.abort();
    }
  }

  async function failed(type: BoundJob, row: JobRow, error: unknown, jobLog: Logger): Promise<void> {
    const isDead = row.attempts >= row.max_attempts;
    jobLog[isDead ? 'error' : 'warn'](
      { err: error },
      isDead ? 'Job gave up: dead letter' : 'Job failed; it is tried again',
    );
    done.inc({ name: type.name, outcome: isDead ? 'dead' : 'failed' });
    await rows.fail(row, error);
    // Its next try has a time, which the timer has to know.
    wake();
  }

  async function scheduleNext(): Promise<void> {
    const next = await rows.nextRunAt();
    const poll = db.soleWriter ? POLL_MS.alone : POLL_MS.shared;
    schedule(Math.max(0, Math.min(next === null ? poll : next - clock.now(), poll)));
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
    const found = await db.read('core_jobs').select('state').count({ total: '*' }).groupBy('state');
    const totals = { ready: 0, running: 0, dead: 0 };
    for (const row of found) totals[row.state] = Number(row.total);
    return totals;
  }
}
