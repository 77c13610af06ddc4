/**
 * Cron: node-cron fires, a ledger row `(job, scheduled_at)` decides. So a run happens once across replicas,
 * what was missed while the process was down is caught up (once, however often it was missed), and every run shows.
 */
import { CronExpressionParser } from 'cron-parser';
import cron, { type ScheduledTask } from 'node-cron';
import type { Clock } from '../clock.ts';
import { ConfigError } from '../config/config-error.ts';
import type { Database } from '../database/database.ts';
import { codeOf, messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { Services } from '../plugin.ts';

/** Table `core_cron_runs`. */
export interface CronRunRow {
  id: number;
  job: string;
  scheduled_at: number;
  started_at: number;
  finished_at: number | null;
  status: 'running' | 'done' | 'failed';
  error: string | null;
}

declare module 'knex/types/tables.js' {
  interface Tables {
    core_cron_runs: CronRunRow;
  }
}

export interface CronJob {
  /** `plugin.verb`, e.g. `mail.removeExpired`. */
  name: string;
  summary: string;
  /** Five fields, UTC: `0 3 * * *`. */
  schedule: string;
  run(run: { scheduledAt: number; log: Logger }, services: Services): Promise<void>;
}

export function defineCron(job: CronJob): CronJob {
  return job;
}

export interface Cron {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Runs what is due and has not run; resolves when those runs have ended. */
  runDue(): Promise<void>;
  list(): { name: string; summary: string; schedule: string; next_at: number }[];
}

/** Longer than the rarest schedule (yearly), so that the run before the latest one is always known. */
const KEEP_RUNS_MS = 400 * 24 * 3600 * 1000;

export interface CronOptions {
  jobs: readonly CronJob[];
  db: Database;
  clock: Clock;
  log: Logger;
  services: Services;
}

export function createCron({ jobs, db, clock, log, services }: CronOptions): Cron {
  let tasks: ScheduledTask[] = [];
  let stopJumps = (): void => {};
  const underWay = new Set<Promise<void>>();
  for (const job of jobs) {
    if (!cron.validate(job.schedule))
      throw new ConfigError(`The schedule of '${job.name}' is not valid: ${job.schedule}`);
  }

  return {
    async start() {
      await closeCutOffRuns();
      tasks = jobs.map((job) => cron.schedule(job.schedule, () => void due(job), { timezone: 'UTC' }));
      stopJumps = clock.onJump(() => void runDue());
      void runDue();
    },
    async stop() {
      stopJumps();
      await Promise.all(tasks.map((task) => task.destroy()));
      await Promise.all(underWay);
    },
    runDue,
    list: () =>
      jobs.map(({ name, summary, schedule }) => ({
        name,
        summary,
        schedule,
        next_at: CronExpressionParser.parse(schedule, { currentDate: new Date(clock.now()), tz: 'UTC' })
          .next()
          .getTime(),
      })),
  };

  async function runDue(): Promise<void> {
    await Promise.all(jobs.map(due));
    // A run that the schedule or a jump of the clock began is waited for as well.
    await Promise.all(underWay);
  }

  function due(job: CronJob): Promise<void> {
    const work: Promise<void> = runIfDue(job)
      .catch((error) => log.error({ err: error, cron: job.name }, 'Cron: the ledger could not be written'))
      .finally(() => underWay.delete(work));
    underWay.add(work);
    return work;
  }

  async function runIfDue(job: CronJob): Promise<void> {
    const scheduledAt = lastScheduledTime(job.schedule, clock.now());
    const latest = await db.write('core_cron_runs').where({ job: job.name }).max({ at: 'scheduled_at' }).first();
    if (latest?.at != null && Number(latest.at) >= scheduledAt) return;
    const id = await claim(job, scheduledAt);
    if (id === null) return;
    // The first start has nothing to catch up: it only marks where the ledger begins.
    if (latest?.at == null) return finish(id, 'done', null);
    try {
      await job.run({ scheduledAt, log: log.child({ cron: job.name }) }, services);
      await finish(id, 'done', null);
    } catch (error) {
      log.error({ err: error, cron: job.name }, 'Cron job failed');
      await finish(id, 'failed', messageOf(error).slice(0, 2_000));
    }
    await db
      .write('core_cron_runs')
      .where({ job: job.name })
      .where('scheduled_at', '<', scheduledAt - KEEP_RUNS_MS)
      .delete();
  }

  /** The id of the ledger row, null when another replica was faster. */
  async function claim(job: CronJob, scheduledAt: number): Promise<number | null> {
    try {
      const row = { job: job.name, scheduled_at: scheduledAt, started_at: clock.now(), status: 'running' as const };
      const [inserted] = await db.write('core_cron_runs').insert(row).returning('id');
      return inserted?.id ?? null;
    } catch (error) {
      const code = codeOf(error);
      if (code === '23505' || code.startsWith('SQLITE_CONSTRAINT')) return null;
      throw error;
    }
  }

  async function finish(id: number, status: CronRunRow['status'], error: string | null): Promise<void> {
    await db.write('core_cron_runs').where({ id }).update({ status, error, finished_at: clock.now() });
  }

  /** A run that a crash cut off is given back, so that it is caught up. */
  async function closeCutOffRuns(): Promise<void> {
    if (db.soleWriter) await db.write('core_cron_runs').where({ status: 'running' }).delete();
  }
}

function lastScheduledTime(schedule: string, now: number): number {
  // `prev` looks strictly before its date; a run scheduled for this very millisecond is due.
  return CronExpressionParser.parse(schedule, { currentDate: new Date(now + 1), tz: 'UTC' })
    .prev()
    .getTime();
}
