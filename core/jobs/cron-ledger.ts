/**
 * The ledger of scheduled work: a row `(job, scheduled_at)` for each run. Whoever inserts it has the run, across
 * replicas; it belongs to them while they renew its lease, and to the next one when they died in it.
 */
import { CLOCK_TOLERANCE_MS, type Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/database-errors.ts';
import { rowsOf } from '../database/insert-many.ts';
import { valuesTable } from '../database/values-table.ts';
import type { Logger } from '../observability/log.ts';
import { createLeaseWatch, type LeaseWatch } from './lease-watch.ts';

/** Table `core_cron_runs`. */
export interface CronRunRow {
  id: number;
  job: string;
  scheduled_at: number;
  started_at: number;
  finished_at: number | null;
  status: 'running' | 'done' | 'failed';
  error: string | null;
  /** While it runs: until when nobody else may take it. */
  locked_until: number | null;
  /** How often it was begun. */
  attempts: number;
}

declare global {
  namespace Patchbay {
    interface Tables {
      core_cron_runs: CronRunRow;
    }
  }
}

export interface CronLedger {
  /**
   * Of these runs, by the names of their jobs, those that have ended, with nothing of the job under way: of them there is
   * nothing to claim. Asked of all jobs at once. In an empty ledger all are marked as done, which is where it begins.
   */
  ended(due: ReadonlyMap<string, number>): Promise<ReadonlySet<string>>;
  /** The run that is due at `scheduledAt`, when it is ours; null when it was had, is under way, or is the first of all. */
  claim(job: string, scheduledAt: number): Promise<{ id: number } | null>;
  /** When the latest run began, of those that a clock which was not ahead has noted; null in an empty ledger. */
  lastBegun(): Promise<number | null>;
  /** When the latest run began by whichever clock; null in an empty ledger. */
  latest(): Promise<number | null>;
  /** A run outside the schedule; null when one is under way. */
  claimNow(job: string): Promise<CronRunRow | null>;
  /** Renews the lease. */
  renew(id: number): Promise<void>;
  finish(id: number, status: 'done' | 'failed', error: string | null): Promise<void>;
  /** Gives the runs back that this process was in when it died; for the only process on a database. */
  releaseAll(): Promise<void>;
  prune(job: string, before: number): Promise<void>;
  /** The latest run of each of these jobs that has had one. */
  latestOf(jobs: readonly string[]): Promise<CronRunRow[]>;
}

const LEASE_MS = 60_000;
/** How often a holder renews its lease. */
export const RENEW_MS = LEASE_MS / 3;
/** A run during which the process dies is begun so often; then it is given up, and the next one comes at its time. */
const MOST_ATTEMPTS = 3;

export function createCronLedger({ db, clock, log }: { db: Database; clock: Clock; log: Logger }): CronLedger {
  const runs = () => db.write('core_cron_runs');
  const watches = new Map<string, LeaseWatch>();

  return {
    async ended(due) {
      const at = [...due];
      const underWay = await db.read('core_cron_runs').where({ status: 'running' }).select('job');
      const found = await db.read('core_cron_runs').whereIn(['job', 'scheduled_at'], at).select('job');
      if (found.length === 0 && !(await db.read('core_cron_runs').first('id'))) {
        await begin(at);
        return new Set(due.keys());
      }
      const busy = new Set(underWay.map(({ job }) => job));
      return new Set(found.map(({ job }) => job).filter((job) => !busy.has(job)));
    },
    async claim(job, scheduledAt) {
      await takeBackFuture(job);
      const latest = await runs().where({ job }).orderBy('scheduled_at', 'desc').first();
      // The first start has nothing to catch up: it only marks where the ledger begins.
      if (!latest) {
        await insert(job, scheduledAt, 'done');
        return null;
      }
      const isUnderWay = latest.status === 'running';
      if (isUnderWay && isHeld(latest, watchOf(job))) return null;
      if (latest.scheduled_at >= scheduledAt) return isUnderWay ? takeOver(latest) : null;
      if (isUnderWay) await giveUp(latest, 'The process ended during this run; the next one took its place');
      return insert(job, scheduledAt, 'running');
    },
    async lastBegun() {
      const latest = await db
        .read('core_cron_runs')
        .where('started_at', '<=', clock.now() + CLOCK_TOLERANCE_MS)
        .orderBy('id', 'desc')
        .first('started_at');
      return latest ? Number(latest.started_at) : null;
    },
    async latest() {
      const latest = await db.read('core_cron_runs').max({ at: 'started_at' }).first();
      return latest?.at == null ? null : Number(latest.at);
    },
    async claimNow(job) {
      await takeBackFuture(job);
      const latest = await runs().where({ job }).orderBy('scheduled_at', 'desc').first();
      if (latest?.status === 'running' && isHeld(latest, watchOf(job))) return null;
      if (latest?.status === 'running')
        await giveUp(latest, 'The process ended during this run; one that was asked for took its place');
      // Right after the latest, where a run can be inserted once: of several who ask at once one has it.
      return insert(job, latest ? latest.scheduled_at + 1 : clock.now(), 'running');
    },
    async renew(id) {
      await runs()
        .where({ id, status: 'running' })
        .update({ locked_until: clock.now() + LEASE_MS });
    },
    async finish(id, status, error) {
      await runs().where({ id }).update({ status, error, finished_at: clock.now(), locked_until: null });
    },
    async releaseAll() {
      await runs().where({ status: 'running' }).update({ locked_until: 0 });
    },
    async prune(job, before) {
      await runs().where({ job }).where('scheduled_at', '<', before).delete();
    },
    async latestOf(jobs) {
      if (jobs.length === 0) return [];
      const given = valuesTable(
        db.read,
        1,
        jobs.map((job) => [job]),
      );
      // The newest of each is looked up in the index, however many runs are kept.
      const latest = '(select max(scheduled_at) from core_cron_runs where job = given.column1)';
      return rowsOf<CronRunRow>(
        await db.read.raw(
          `select run.* from ${given.sql} as given
             join core_cron_runs as run on run.job = given.column1 and run.scheduled_at = ${latest}`,
          given.bindings,
        ),
      );
    },
  };

  async function begin(due: readonly (readonly [string, number])[]): Promise<void> {
    const now = clock.now();
    const done = { started_at: now, finished_at: now, status: 'done' as const, attempts: 1 };
    const rows = due.map(([job, scheduled_at]) => ({ job, scheduled_at, ...done }));
    await runs().insert(rows).onConflict(['job', 'scheduled_at']).ignore();
  }

  /** Null when another replica was faster. */
  async function insert(job: string, scheduledAt: number, status: 'running' | 'done'): Promise<CronRunRow | null> {
    const now = clock.now();
    const isDone = status === 'done';
    try {
      const [row] = await runs()
        .insert({
          job,
          scheduled_at: scheduledAt,
          started_at: now,
          finished_at: isDone ? now : null,
          status,
          locked_until: isDone ? null : now + LEASE_MS,
          attempts: 1,
        })
        .returning('*');
      return row ?? null;
    } catch (error) {
      if (isUniqueViolation(error)) return null;
      throw error;
    }
  }

  /** A lease that reaches far ahead was written by a clock that was wrong, and holds nothing. */
  function isHeld({ id, attempts, locked_until }: CronRunRow, watch: LeaseWatch): boolean {
    const until = Number(locked_until ?? 0);
    if (until > clock.now() + LEASE_MS + CLOCK_TOLERANCE_MS) return false;
    return watch.over([{ key: `${id} ${attempts}`, until, lengthMs: LEASE_MS }]).length === 0;
  }

  function watchOf(job: string): LeaseWatch {
    const watch = watches.get(job) ?? createLeaseWatch(clock);
    watches.set(job, watch);
    return watch;
  }

  async function takeOver(run: CronRunRow): Promise<{ id: number } | null> {
    if (run.attempts >= MOST_ATTEMPTS) {
      await giveUp(run, `The process ended during this run, ${run.attempts} times`);
      return null;
    }
    const taken = await runs()
      .where({ id: run.id, status: 'running', attempts: run.attempts })
      .update({ attempts: run.attempts + 1, started_at: clock.now(), locked_until: clock.now() + LEASE_MS });
    return taken === 1 ? { id: run.id } : null;
  }

  async function giveUp(run: CronRunRow, error: string): Promise<void> {
    log.error({ cron: run.job, scheduledAt: run.scheduled_at, attempts: run.attempts }, error);
    const ended = { status: 'failed' as const, error, finished_at: clock.now(), locked_until: null };
    await runs().where({ id: run.id, status: 'running', attempts: run.attempts }).update(ended);
  }

  async function takeBackFuture(job: string): Promise<void> {
    const deleted = await runs()
      .where({ job })
      .where('scheduled_at', '>', clock.now() + CLOCK_TOLERANCE_MS)
      .delete();
    if (deleted > 0) {
      log.warn(
        { cron: job, runs: deleted },
        'Runs lie in the future: the clock was ahead when they were noted. Forgotten',
      );
    }
  }
}
