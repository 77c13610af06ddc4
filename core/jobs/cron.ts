/**
 * Cron: whoever comes to a job's time looks into the ledger. So a run happens once across replicas, what was missed
 * (the process was down, busy, or its machine asleep) is caught up, once however often it was missed, and every run shows.
 */
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { sanitizeText } from '../database/sanitize-text.ts';
import { ConfigError, coreErrors, messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import { NO_TRACING, type Tracing } from '../observability/tracing.ts';
import type { Services } from '../services.ts';
import { createClockWatch } from './clock-watch.ts';
import { type CronRunRow, createCronLedger, RENEW_MS } from './cron-ledger.ts';
import { isValidSchedule, lastTime, nextTime } from './schedule.ts';
import { tracedRun } from './traced.ts';

export type { CronRunRow } from './cron-ledger.ts';

export interface CronJob {
  /** `plugin.verb`, e.g. `mail.removeExpired`. */
  name: string;
  summary: string;
  /** Five fields, UTC: `0 3 * * *`. */
  schedule: string;
  /** How long a run may take; default: an hour. */
  longestMs?: number;
  /** `signal` is aborted when the run has taken as long as it may: it counts as failed then, and the next one comes at its time. */
  run(run: CronRun, services: Services): Promise<void>;
}

export interface CronRun {
  scheduledAt: number;
  log: Logger;
  signal: AbortSignal;
}

/** A scheduled job that has been given the services of its plugin. */
export interface BoundCronJob extends Omit<CronJob, 'run'> {
  run(run: CronRun): Promise<void>;
}

export function defineCron(job: CronJob): CronJob {
  return job;
}

export interface Cron {
  start(): Promise<void>;
  /** Begins nothing more, and waits for runs under way, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
  /** Whether nothing that is due begins, since the clock has gone ahead and may be wrong. */
  isHeld(): boolean;
  /** Whether the clock has gone back a while ago, so that it was wrong before, or is now. */
  hasGoneBack(): boolean;
  /** Runs what is due and has not run; resolves when those runs have ended. */
  runDue(): Promise<void>;
  /**
   * Begins a run outside the schedule, which goes on after the answer. Throws `not_found`, and `conflict` while one is
   * under way, here or at another replica.
   */
  runNow(name: string): Promise<CronRunRow>;
  /** Jobs whose run lasts longer than the time between two of them, and a minute. */
  overdue(): string[];
  list(): { name: string; summary: string; schedule: string; next_at: number }[];
  /** The latest run of each job that has had one. */
  latestRuns(): Promise<CronRunRow[]>;
}

/** Longer than the rarest schedule (yearly), so that the run before the latest one is always known. */
const KEEP_RUNS_MS = 400 * 24 * 3600 * 1000;
/** However far away the next time is, the clock is looked at again after this: it may have been set, or slept. */
const LONGEST_WAIT_MS = 60_000;
/** After the first requests: finding what is due of all jobs takes a twentieth of a start. */
const FIRST_LOOK_MS = 300;
const MAX_ERROR_LENGTH = 2_000;
/** Real time: a clock that is set ahead makes no run longer. */
const LONGEST_RUN_MS = 3_600_000;
const LEAST_OVERDUE_MS = 60_000;

export interface CronOptions {
  jobs: readonly BoundCronJob[];
  db: Database;
  clock: Clock;
  log: Logger;
  /** Default: none. */
  tracing?: Tracing;
  /** Default: an hour. */
  longestRunMs?: number;
}

/** When the last run of a job was due, if it has ended and there is nothing to do about it. */
type Look = (job: BoundCronJob) => Promise<number | null>;

export function createCron(options: CronOptions): Cron {
  const { jobs, db, clock, log, tracing = NO_TRACING, longestRunMs = LONGEST_RUN_MS } = options;
  const ledger = createCronLedger({ db, clock, log });
  const watch = createClockWatch({ clock, log });
  const underWay = new Map<BoundCronJob, Promise<void>>();
  const askedFor = new Set<Promise<void>>();
  const running = new Map<number, Running>();
  let timer: NodeJS.Timeout | undefined;
  let stopJumps = (): void => {};
  let isRunning = false;
  let isOver = false;
  for (const { name, schedule } of jobs) {
    if (!isValidSchedule(schedule, clock.now()))
      throw new ConfigError(`The schedule of '${name}' is not valid: ${schedule}`);
  }

  return {
    async start() {
      if (db.soleWriter) await ledger.releaseAll();
      const latest = await ledger.latest();
      watch.begin(await ledger.lastBegun(), latest);
      isRunning = true;
      stopJumps = clock.onJump(() => void runDue());
      // An empty ledger begins with this look.
      if (latest === null) return tick();
      timer = setTimeout(tick, FIRST_LOOK_MS);
      timer.unref();
    },
    async stop(graceMs) {
      isRunning = false;
      isOver = true;
      clearTimeout(timer);
      stopJumps();
      await Promise.race([Promise.all([...underWay.values(), ...askedFor]), pause(graceMs)]);
    },
    isHeld: () => watch.ahead() !== null,
    hasGoneBack: () => watch.behind() !== null,
    runDue,
    runNow,
    overdue: () => [...new Set([...running.values()].filter(isOverdue).map(({ job }) => job.name))],
    list: () =>
      jobs.map((job) => ({
        name: job.name,
        summary: job.summary,
        schedule: job.schedule,
        next_at: nextTime(job.schedule, clock.now()),
      })),
    latestRuns: () => ledger.latestOf(jobs.map(({ name }) => name)),
  };

  /** Real time and no promise of a timer: a tick that comes late, because the process was busy, finds what it missed. */
  function tick(): void {
    if (!isRunning) return;
    warnOfOverdue();
    const ended = check();
    const isHeld = watch.ahead() !== null;
    for (const job of jobs) if (!isHeld && !underWay.has(job)) void due(job, ended);
    const now = clock.now();
    const waits = jobs.map(({ schedule }) => nextTime(schedule, now) - now);
    timer = setTimeout(tick, Math.max(1, Math.min(LONGEST_WAIT_MS, ...waits)));
    timer.unref();
  }

  async function runDue(): Promise<void> {
    if (watch.ahead() !== null) return;
    const ended = check();
    await Promise.all(
      jobs.map(async (job) => {
        // A run that the schedule or a jump of the clock began is waited for as well.
        while (underWay.has(job)) await underWay.get(job);
        // A stop has waited for what was under way, and closes the database behind it.
        if (!isOver) await due(job, ended);
      }),
    );
  }

  /** What has ended of all that came due last, asked when the first job wants to know. */
  function check(): Look {
    const scheduled = new Map(jobs.map(({ name, schedule }) => [name, lastTime(schedule, clock.now())]));
    let ended: Promise<ReadonlySet<string>> | undefined;
    return async ({ name }) => {
      ended ??= ledger.ended(scheduled);
      return (await ended).has(name) ? (scheduled.get(name) ?? null) : null;
    };
  }

  /** One run of a job at a time; what comes due meanwhile is found by the next tick. */
  function due(job: BoundCronJob, endedAt: Look): Promise<void> {
    const work: Promise<void> = catchUp(job, endedAt)
      .catch((error) => log.error({ err: error, cron: job.name }, 'Cron: the ledger could not be written'))
      .finally(() => underWay.delete(job));
    underWay.set(job, work);
    return work;
  }

  /** And once more when the next time came meanwhile. */
  async function catchUp(job: BoundCronJob, endedAt: Look): Promise<void> {
    const ended = await endedAt(job);
    // The clock may have been set since this was begun.
    if (watch.ahead() !== null) return;
    let scheduledAt = lastTime(job.schedule, clock.now());
    if (scheduledAt !== ended) await runIfDue(job, scheduledAt);
    while (isRunning && watch.ahead() === null && lastTime(job.schedule, clock.now()) > scheduledAt) {
      scheduledAt = lastTime(job.schedule, clock.now());
      await runIfDue(job, scheduledAt);
    }
  }

  async function runIfDue(job: BoundCronJob, scheduledAt: number): Promise<void> {
    const claimed = await ledger.claim(job.name, scheduledAt);
    if (claimed) await runClaimed(job, claimed, scheduledAt);
  }

  async function runNow(name: string): Promise<CronRunRow> {
    const job = jobs.find((one) => one.name === name);
    if (!job) throw coreErrors.not_found({ message: 'There is no such scheduled work' });
    const claimed = await ledger.claimNow(name);
    if (!claimed) throw coreErrors.conflict({ message: 'It is running at this moment' });
    const work: Promise<void> = runClaimed(job, claimed, clock.now())
      .catch((error) => log.error({ err: error, cron: name }, 'Cron: the ledger could not be written'))
      .finally(() => askedFor.delete(work));
    askedFor.add(work);
    return claimed;
  }

  async function runClaimed(job: BoundCronJob, claimed: { id: number }, scheduledAt: number): Promise<void> {
    const renewal = setInterval(() => void ledger.renew(claimed.id).catch(() => {}), RENEW_MS);
    renewal.unref();
    running.set(claimed.id, { job, startedAt: performance.now(), isTold: false });
    try {
      await tracedRun(tracing, job.name, () => limited(job, scheduledAt));
      await ledger.finish(claimed.id, 'done', null);
    } catch (error) {
      log.error({ err: error, cron: job.name }, 'Cron job failed');
      await ledger.finish(claimed.id, 'failed', sanitizeText(messageOf(error), MAX_ERROR_LENGTH));
    } finally {
      clearInterval(renewal);
      running.delete(claimed.id);
    }
    await ledger.prune(job.name, scheduledAt - KEEP_RUNS_MS);
  }

  /** A run that never ends would keep its job from running for ever, at every replica. */
  async function limited(job: BoundCronJob, scheduledAt: number): Promise<void> {
    const ending = new AbortController();
    const longestMs = job.longestMs ?? longestRunMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new Error(`The run has not ended within ${Math.round(longestMs / 60_000)} minutes`);
        ending.abort(error);
        reject(error);
      }, longestMs);
      timer.unref();
    });
    try {
      const run = async (): Promise<void> =>
        job.run({ scheduledAt, log: log.child({ cron: job.name }), signal: ending.signal });
      await Promise.race([run(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  function isOverdue({ job, startedAt }: Running): boolean {
    const next = nextTime(job.schedule, clock.now());
    const interval = nextTime(job.schedule, next) - next;
    return performance.now() - startedAt > Math.max(LEAST_OVERDUE_MS, interval);
  }

  function warnOfOverdue(): void {
    for (const run of running.values()) {
      if (run.isTold || !isOverdue(run)) continue;
      run.isTold = true;
      log.warn({ cron: run.job.name }, 'Scheduled work takes longer than the time between two runs');
    }
  }
}

interface Running {
  job: BoundCronJob;
  /** By `performance.now()`. */
  startedAt: number;
  isTold: boolean;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
