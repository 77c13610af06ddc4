/** Backups look after themselves: made by the clock, thinned out, rehearsed; and what is to be known of that. */
import { isAppError, messageOf } from '../errors.ts';
import type { HealthReport } from '../health/health.ts';
import { DAY_MS } from '../iso-time.ts';
import type { CronJob, CronRunRow } from '../jobs/cron.ts';
import { nextTime } from '../jobs/schedule.ts';
import type { Logger } from '../observability/log.ts';
import type { Plugin, Services } from '../plugin.ts';
import { type Backup, type Backups, createBackups } from './backups.ts';
import { type BackupCopyRow, type CopyState, createCopies } from './copies.ts';
import { type BackupKeys, createBackupKeys } from './keys.ts';
import { createRehearsals, type RehearsalRow, type Rehearsals } from './rehearsals.ts';
import { outlived } from './retention.ts';
import { backupSchedules } from './schedules.ts';

export interface BackupState {
  schedule: string | null;
  next_at: number | null;
  /** Of the newest that is not known to be damaged, whoever made it. */
  last_at: number | null;
  /** There is none of the last two days, or of the last two times when they are rarer. */
  is_late: boolean;
  /** Why the last scheduled one was not made; null when it was. */
  failure: { at: number; error: string } | null;
  rehearsal: { schedule: string | null; next_at: number | null; last: RehearsalRow | null };
  /** Of copies away from the server; null where none are made. `is_late`: none has arrived for two days, though tried. */
  copies: (CopyState & { is_late: boolean }) | null;
}

export interface KnownBackup extends Backup {
  rehearsal: 'passed' | 'failed' | null;
  /** Of its copy away from the server. */
  copy: BackupCopyRow['state'] | null;
}

export interface BackupUpkeep {
  backups: Backups;
  rehearsals: Rehearsals;
  keys: BackupKeys;
  cron: readonly CronJob[];
  list(): Promise<KnownBackup[]>;
  state(): Promise<BackupState>;
  /** For `/health/ready`; null when the schedule is off. Never `failing`: a replica without a backup serves as well as another. */
  health: (() => Promise<HealthReport>) | null;
}

const MAKE = 'core.backup';
const REHEARSE = 'core.rehearseBackup';
const COPY = 'core.copyBackups';
/** Tried again when a copy was refused; there is nothing to do at other times. */
const COPY_SCHEDULE = '37 * * * *';
const HOUR_MS = 3600 * 1000;
/** Large ones take hours. */
const LONGEST_MS = 12 * HOUR_MS;
/** One that is under way is not late yet. */
const LATE_SLACK_MS = 2 * HOUR_MS;

type Parts = Pick<Services, 'coreConfig' | 'clock' | 'secrets' | 'db' | 'operations' | 'outbound'>;

export function createBackupUpkeep(parts: Parts, plugins: readonly Plugin[]): BackupUpkeep {
  const { coreConfig, clock, db } = parts;
  const backups = createBackups(parts, plugins);
  const keys = createBackupKeys(parts);
  const rehearsals = createRehearsals(parts, { backups, keys }, plugins);
  const copies = createCopies(parts, backups, () => rehearsals.known());
  const schedules = backupSchedules(coreConfig);
  const nextOf = (schedule: string | null): number | null => (schedule ? nextTime(schedule, clock.now()) : null);

  return { backups, rehearsals, keys, cron: cron(), list, state, health: schedules.schedule === null ? null : health };

  function cron(): CronJob[] {
    const { schedule, rehearsal } = schedules;
    const make: CronJob = {
      name: MAKE,
      summary: 'Makes a backup, and deletes scheduled ones that have had their time',
      schedule: schedule ?? '',
      longestMs: LONGEST_MS,
      run: ({ log, signal }) => makeOne(log, signal),
    };
    const rehearse: CronJob = {
      name: REHEARSE,
      summary: 'Restores the newest backup beside the server, to see whether it is good',
      schedule: rehearsal ?? '',
      longestMs: LONGEST_MS,
      run: ({ log, signal }) => rehearseOne(log, signal),
    };
    const copy: CronJob = {
      name: COPY,
      summary: 'Copies scheduled backups to the second location, if they are missing there',
      schedule: schedule === null ? '' : COPY_SCHEDULE,
      longestMs: LONGEST_MS,
      run: async ({ log, signal }) => void (await unlessUnderWay(() => copies.send(log, signal), log)),
    };
    return [make, rehearse, copy].filter((job) => job.schedule !== '');
  }

  async function makeOne(log: Logger, signal: AbortSignal): Promise<void> {
    // Before as well: those that have had their time give theirs up to the new one.
    await thinOut(log);
    const made = await unlessUnderWay(() => backups.makeScheduled(signal), log);
    if (!made) return;
    log.info(made, 'A backup was made');
    if (made.missing_files > 0) log.warn({ missing: made.missing_files }, 'Files that rows point to are missing');
    await thinOut(log);
    await copyNow(log, signal);
  }

  /** What fails is tried again within the hour, and is no failure of the backup. */
  async function copyNow(log: Logger, signal: AbortSignal): Promise<void> {
    try {
      await unlessUnderWay(() => copies.send(log, signal), log);
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'The backup could not be copied to another place');
    }
  }

  async function thinOut(log: Logger): Promise<void> {
    const scheduled = (await list()).filter((one) => one.is_scheduled);
    for (const name of outlived(scheduled, coreConfig.backups.keep, clock.now())) {
      await backups.remove(name);
      log.info({ name }, 'A scheduled backup that had its time was deleted');
    }
  }

  async function rehearseOne(log: Logger, signal: AbortSignal): Promise<void> {
    const held = await unlessUnderWay(() => rehearsals.run(signal), log);
    if (!held) return;
    const { backup, outcome, problem, took_ms } = held;
    if (outcome === 'failed') throw new Error(`The backup ${backup} is not good: ${problem}`);
    if (outcome === 'impossible') log.warn({ backup, problem }, 'The newest backup could not be rehearsed');
    else log.info({ backup, took_ms }, 'The newest backup was restored beside the server and is good');
  }

  async function list(): Promise<KnownBackup[]> {
    const [known, copied] = await Promise.all([rehearsals.known(), copies.known()]);
    return (await backups.list()).map((one) => ({
      ...one,
      rehearsal: known.get(one.name) ?? null,
      copy: copied.get(one.name) ?? null,
    }));
  }

  async function state(): Promise<BackupState> {
    const [found, run, last, elsewhere] = await Promise.all([list(), lastRun(), rehearsals.last(), copiesState()]);
    const lastAt = found.find(({ rehearsal }) => rehearsal !== 'failed')?.created_at ?? null;
    const isFailed = run?.status === 'failed';
    return {
      schedule: schedules.schedule,
      next_at: nextOf(schedules.schedule),
      last_at: lastAt,
      is_late: await isLate(lastAt),
      failure: isFailed ? { at: run.started_at, error: run.error ?? '' } : null,
      rehearsal: { schedule: schedules.rehearsal, next_at: nextOf(schedules.rehearsal), last },
      copies: elsewhere,
    };
  }

  async function health(): Promise<HealthReport> {
    const { last_at, is_late, rehearsal, copies: elsewhere } = await state();
    const last_rehearsal = rehearsal.last?.outcome ?? null;
    const copy = elsewhere && { last_copy_at: elsewhere.last_at, copy_is_late: elsewhere.is_late };
    return { ok: true, detail: { last_at, is_late, last_rehearsal, ...copy } };
  }

  async function isLate(lastAt: number | null): Promise<boolean> {
    const { schedule } = schedules;
    if (schedule === null) return false;
    // Nothing is late at a server that has not had its first two nights.
    const since = lastAt ?? (await firstRun());
    if (since === null) return false;
    return isLongAgo(since, schedule);
  }

  function isLongAgo(since: number, schedule: string): boolean {
    const next = nextTime(schedule, clock.now());
    const interval = Math.max(DAY_MS, nextTime(schedule, next) - next);
    return clock.now() - since > 2 * interval + LATE_SLACK_MS;
  }

  async function copiesState(): Promise<BackupState['copies']> {
    const [known, since] = await Promise.all([copies.state(), copies.waitingSince()]);
    const { schedule } = schedules;
    return known && { ...known, is_late: schedule !== null && since !== null && isLongAgo(since, schedule) };
  }

  async function lastRun(): Promise<CronRunRow | undefined> {
    const ended = db.read('core_cron_runs').where({ job: MAKE }).whereIn('status', ['done', 'failed']);
    return ended.orderBy('id', 'desc').first();
  }

  /** Where the ledger begins: the last time before the first start, for which nothing was to be made. */
  async function firstRun(): Promise<number | null> {
    const first = await db.read('core_cron_runs').where({ job: MAKE }).orderBy('id').first('scheduled_at');
    return first ? Number(first.scheduled_at) : null;
  }
}

/** By hand, or at another replica: that one counts as well. */
async function unlessUnderWay<T>(work: () => Promise<T>, log: Logger): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!isAppError(error) || error.code !== 'conflict') throw error;
    log.info({ reason: messageOf(error) }, 'Nothing was begun');
    return null;
  }
}
