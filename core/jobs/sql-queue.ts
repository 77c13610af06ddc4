/** The job queue in the database: claimed in batches, lane by lane, woken in process, recovered after a crash. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { coreErrors } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Tracing } from '../observability/tracing.ts';
import { attempt } from './attempt.ts';
import { createClaims } from './claims.ts';
import { createJobRows, DEFAULT_MAX_ATTEMPTS, type NewRow } from './job-rows.ts';
import type { BoundJob, JobRow, Jobs, NewJob } from './jobs.ts';
import { createLine, type Line } from './lane-scheduler.ts';
import { createAhead } from './prefetch.ts';
import { createSlots } from './slots.ts';
import { traced } from './traced.ts';

/** On PostgreSQL other replicas add jobs that nobody tells us of. */
const POLL_MS = { shared: 1_000, alone: 60_000 };
/** Leases last minutes: nobody has to look for those that are over at every job. */
const RELEASE_INTERVAL_MS = 5_000;
/** A clock that goes ahead by more than has passed was set, or the machine slept: that was the same for all on it. */
const STEP_MS = 15_000;
/** Each process looks, and renews what it runs, at least so often. */
const RENEWED_WITHIN_MS = 2 * POLL_MS.shared + RELEASE_INTERVAL_MS;
/** A clock that goes back is seen at once; where another replica's was wrong, this one has seen nothing of it. */
const FUTURE_INTERVAL_MS = 60 * 60 * 1000;
const WENT_BACK_MS = 60_000;
/** Claims that find nothing, one after the other, before others are left to it: what is locked elsewhere is taken there. */
const MOST_EMPTY_CLAIMS = 100;

export interface SqlQueueOptions {
  db: Database;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  tracing: Tracing;
}

export function createSqlQueue({ db, clock, log, metrics, tracing }: SqlQueueOptions): Jobs {
  const worker = randomUUID();
  const claims = createClaims({ db, clock, worker });
  const types = new Map<string, BoundJob>();
  const rows = createJobRows({ db, clock, worker, tracing, typeOf: (name) => types.get(name) });
  const slots = createSlots();
  const ahead = createAhead({ clock, slots, giveBack: (late) => void giveBack(late) });
  /** Kinds of which more may be due than found a place, with their lanes. */
  const crowded = new Map<string, Line>();
  const underWay = new Set<Promise<void>>();
  const running = new Map<number, { type: BoundJob; row: JobRow }>();
  const stopping = new AbortController();
  const done = metrics.counter('patchbay_jobs_total', 'Jobs by outcome', ['name', 'outcome']);
  let started = false;
  let lastRelease = Number.NEGATIVE_INFINITY;
  let lastFuture = Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  let looked = { now: clock.now(), elapsed: clock.elapsed() };
  let steppedAt = Number.NEGATIVE_INFINITY;
  let pumping: Promise<void> | null = null;
  /** What the next pump is for, when one was asked for while another was under way. */
  let asked: 'nothing' | 'crowded' | 'all' = 'nothing';
  let cancelTimer = (): void => {};
  /** When the next one comes due, as far as it is known. */
  let dueAt = Number.POSITIVE_INFINITY;
  const stopJumps = clock.onJump(() => wake());

  return { enqueue, enqueueAll, add, start, stop, idle, retry, discard, counts: rows.counts, mustHappen };

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
    if (waiting.length === 0 && keyed.length === 1) return db.afterCommit(trx, () => beginKeyed(keyed[0] as NewRow));
    const others = [...waiting, ...keyed];
    // No spread: a broadcast adds more of them than a function takes arguments.
    const first = others.reduce((least, { run_at }) => Math.min(least, run_at), Number.POSITIVE_INFINITY);
    if (others.length > 0) db.afterCommit(trx, () => expect(first));
  }

  /** One with a key that has room is claimed by it: nobody has to look for what is due. */
  function beginKeyed(row: NewRow): void {
    const { name, lane, key, run_at } = row;
    if (!mayBegin(row)) {
      expect(run_at);
      return;
    }
    slots.take(name, lane);
    const type = typeOf(name);
    const claiming = claims
      .claimKey(type, key ?? '')
      .finally(() => slots.giveBack(name, lane))
      .then(async (claimed) => {
        if (!started) await giveBack(claimed);
        else for (const one of claimed) begin(type, one);
      })
      .catch(claimingFailed)
      .finally(() => underWay.delete(claiming));
    underWay.add(claiming);
  }

  /** Jobs were added of which the first comes due then. Who is alone here needs no look for what is later. */
  function expect(at: number): void {
    if (!db.soleWriter || pumping || at <= clock.now()) wake();
    else if (at < dueAt) schedule(at);
  }

  function mustHappen(): string[] {
    return [...types.values()].filter((type) => type.mustHappen).map(({ name }) => name);
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
  function takePlace(trx: Transaction, row: NewRow): boolean {
    if (!mayBegin(row)) return false;
    const { name, lane } = row;
    slots.take(name, lane);
    // The place is given back however the transaction ends; the job takes it anew when it begins.
    const giveBack = (): void => slots.giveBack(name, lane);
    trx.executionPromise.then(giveBack, giveBack);
    return true;
  }

  function mayBegin({ name, lane, run_at, priority }: NewRow): boolean {
    const type = types.get(name);
    if (!type || !started || !db.soleWriter || priority !== 0 || run_at > clock.now()) return false;
    return !crowded.has(name) && slots.freeIn(type, lane) > 0;
  }

  async function beginAfterCommit(trx: Transaction, direct: readonly NewRow[]): Promise<void> {
    for (const row of await rows.insertRunning(trx, direct)) {
      db.afterCommit(trx, () => started && begin(typeOf(row.name), row));
    }
  }

  async function start(): Promise<void> {
    started = true;
    // The only process on this database: whatever is marked as running was cut off.
    if (db.soleWriter) await rows.releaseCutOff('all');
    const revived = await rows.revive(mustHappen());
    if (revived > 0) log.warn({ jobs: revived }, 'Failed jobs that must happen are retried');
    wake();
  }

  async function stop(graceMs: number): Promise<void> {
    const hadStarted = started;
    started = false;
    stopJumps();
    cancelTimer();
    await pumping;
    const notBegun = ahead.takeAll();
    if (notBegun.length > 0) await giveBack(notBegun);
    const giveUp = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
    await Promise.race([Promise.all(underWay), giveUp]);
    stopping.abort();
    if (hadStarted && underWay.size > 0) await rows.giveBack('all');
  }

  /** What cannot be given back now comes back with its lease. */
  async function giveBack(notBegun: readonly JobRow[]): Promise<void> {
    await rows.giveBack(notBegun).catch((error) => log.error({ err: error }, 'Job queue: giving back failed'));
    wake();
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
      // Jobs that end at one moment give their slots to one claim, which shares a transaction with their end.
      await new Promise(setImmediate);
      const what = asked;
      asked = 'nothing';
      try {
        const nextAt = what === 'all' ? await findDue() : null;
        if (what === 'all') schedule(nextAt);
        await Promise.all([...crowded].map(([name, line]) => fill(name, line).catch(claimingFailed)));
      } catch (error) {
        claimingFailed(error);
      }
    }
  }

  function claimingFailed(error: unknown): void {
    log.error({ err: error }, 'Job queue: claiming failed');
    schedule(clock.now() + POLL_MS.shared);
  }

  /** Sees which kinds have jobs that are due; gives when the next one comes due. */
  async function findDue(): Promise<number | null> {
    const now = clock.now();
    await takeBackFuture(now);
    if (now - lastRelease >= RELEASE_INTERVAL_MS || now < lastRelease) {
      lastRelease = now;
      await rows.renew([...running.values()]);
      if (!hasStepped()) await rows.releaseCutOff('expired', new Set([...running.keys(), ...ahead.ids()]));
    }
    const names = [...types.keys()];
    if (now >= dueAt) await markDue();
    let { kinds, nextAt } = await claims.poll(names);
    if (nextAt !== null && nextAt <= now) {
      await markDue();
      ({ kinds, nextAt } = await claims.poll(names));
    }
    for (const name of [...crowded.keys()]) if (!kinds.includes(name)) crowded.delete(name);
    for (const name of kinds) {
      const line = crowded.get(name) ?? lineOf(typeOf(name));
      line.grown();
      crowded.set(name, line);
    }
    return nextAt;
  }

  /** Many at one moment in steps, between which others write and jobs begin. */
  async function markDue(): Promise<void> {
    if (await claims.markDue()) asked = 'all';
  }

  /** Whether the clock went ahead so lately that the others may not have renewed what they run. */
  function hasStepped(): boolean {
    const [now, elapsed] = [clock.now(), clock.elapsed()];
    if (now - looked.now - (elapsed - looked.elapsed) > STEP_MS) steppedAt = elapsed;
    looked = { now, elapsed };
    return elapsed - steppedAt < RENEWED_WITHIN_MS;
  }

  function lineOf(type: BoundJob): Line {
    return createLine({ type, slots, read: (after, limit) => claims.dueLanes(type.name, after, limit) });
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

  /** Gives the free slots of a kind to its lanes in turn. What finds none stays in `crowded` for the next one. */
  async function fill(name: string, line: Line): Promise<void> {
    const type = typeOf(name);
    for (let empty = 0; started && hasRoom(type) && empty < MOST_EMPTY_CLAIMS; ) {
      const shares = await line.shares(slots.free(type) + ahead.room(type));
      if (shares.length === 0) break;
      const claimed = await claims.claim(type, shares);
      line.served(shares, countBy(claimed));
      ahead.store(type, claimed);
      beginKept(type);
      ahead.dropLastTries(type);
      empty = claimed.length === 0 ? empty + 1 : 0;
    }
    if (line.isOver()) crowded.delete(name);
  }

  /** Not for each single one: a claim is worth it when about half of what it may take has gone. */
  function hasRoom(type: BoundJob): boolean {
    return ahead.kept(type.name) <= ahead.room(type) && (slots.free(type) > 0 || ahead.room(type) > 0);
  }

  function beginKept(type: BoundJob): void {
    while (slots.free(type) > 0) {
      const row = ahead.next(type.name);
      if (!row) return;
      begin(type, row);
    }
  }

  function begin(type: BoundJob, row: JobRow): void {
    slots.take(type.name, row.lane);
    const id = Number(row.id);
    running.set(id, { type, row });
    const work: Promise<void> = run(type, row).finally(() => {
      running.delete(id);
      underWay.delete(work);
    });
    underWay.add(work);
  }

  async function run(type: BoundJob, row: JobRow): Promise<void> {
    const jobLog = once(() => log.child({ job: type.name, jobId: row.id, attempt: row.attempts }));
    const begunAt = performance.now();
    try {
      await traced(tracing, row, (untraced) =>
        attempt({ type, row: untraced, stopping: stopping.signal, log: jobLog }),
      ).finally(() => {
        ahead.took(type, performance.now() - begunAt);
        leavePlace(type, row);
      });
      await rows.finish(row.id);
      done.inc({ name: type.name, outcome: 'succeeded' });
    } catch (error) {
      await failed(type, row, error, jobLog()).catch((second) => {
        jobLog().error({ err: second }, 'Could not record the failure; the lease brings the job back');
      });
    }
  }

  /** The next one may have it while the end of this one is written. */
  function leavePlace(type: BoundJob, row: JobRow): void {
    slots.giveBack(type.name, row.lane);
    if (!started) return;
    beginKept(type);
    if (crowded.has(type.name) && hasRoom(type)) wake('crowded');
  }

  async function failed(type: BoundJob, row: JobRow, error: unknown, jobLog: Logger): Promise<void> {
    const isDead = row.attempts >= row.max_attempts;
    const isStuck = type.mustHappen === true && row.attempts >= DEFAULT_MAX_ATTEMPTS;
    jobLog[isDead || isStuck ? 'error' : 'warn']({ err: error }, failureOf({ isDead, isStuck }));
    done.inc({ name: type.name, outcome: isDead ? 'dead' : 'failed' });
    await rows.fail(type, row, error);
    // Its next try has a time, which the timer has to know.
    wake();
  }

  /** Looks again at this time, or when others may have added something. */
  function schedule(at: number | null): void {
    cancelTimer();
    dueAt = at ?? Number.POSITIVE_INFINITY;
    const poll = db.soleWriter ? POLL_MS.alone : POLL_MS.shared;
    const waitMs = Math.max(0, Math.min(at === null ? poll : at - clock.now(), poll));
    if (!started) return;
    cancelTimer = clock.after(waitMs, () => wake());
  }

  async function retry(id: number): Promise<void> {
    if (!(await rows.retry(id))) throw notWaiting();
    wake();
  }

  async function discard(id: number): Promise<void> {
    if (!(await rows.discard(id))) throw notWaiting();
  }
}

function notWaiting(): Error {
  return coreErrors.not_found({ message: 'There is no waiting or dead job with this id' });
}

function failureOf({ isDead, isStuck }: { isDead: boolean; isStuck: boolean }): string {
  if (isDead) return 'Job failed: dead letter';
  return isStuck ? 'Job keeps failing and must happen; it is tried again every hour' : 'Job failed; it is tried again';
}

/** How many rows of each lane. */
function countBy(rows: readonly JobRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { lane } of rows) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  return counts;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
