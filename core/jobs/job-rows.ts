/** The statements of the job queue. Table: core_jobs. */
import type { Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { defineBatch } from '../database/group-commit.ts';
import { storable } from '../database/storable.ts';
import { messageOf } from '../errors.ts';
import { type BoundJob, backoffMs, type JobRow, LONGEST_BACKOFF_MS, type NewJob } from './jobs.ts';

const DEFAULT_MAX_ATTEMPTS = 10;
export const DEFAULT_TIMEOUT_MS = 60_000;
/** A lease outlives the time-out by this much; after it another process may take the job. */
const LEASE_MARGIN_MS = 30_000;
/** Clocks of replicas may differ by this much; what lies farther ahead was noted by a clock that was wrong. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const MAX_ERROR_LENGTH = 2_000;
const MAX_LANE_LENGTH = 200;
const CUT_OFF = 'The process ended during this try';

/** Written out, because SQLite finds a partial index only where the statement shows the value. */
const READY = "state = 'ready'";
const RUNNING = "state = 'running'";

/** A job that is about to be written. */
export type NewRow = Omit<JobRow, 'id' | 'locked_by' | 'locked_until' | 'last_error'>;

/** Lanes with ready jobs of each kind, by jumping from one to the next in the index; then those of which one is due. */
const dueLanesOf = (kinds: number): string => `
  with recursive kinds(name) as (values ${Array(kinds).fill('(?)').join(', ')}),
  heads(name, lane) as (
    select name, (select min(lane) from core_jobs where state = 'ready' and core_jobs.name = kinds.name) from kinds
    union all
    select name, (select min(lane) from core_jobs
                   where state = 'ready' and core_jobs.name = heads.name and core_jobs.lane > heads.lane)
      from heads where lane is not null
  )
  select name, lane from heads
   where lane is not null and exists (
     select 1 from core_jobs
      where state = 'ready' and core_jobs.name = heads.name and core_jobs.lane = heads.lane and run_at <= ?)`;

const finished = defineBatch<number, void>({
  name: 'jobs.finished',
  async write(trx, ids) {
    const inOrder = [...ids].sort((one, other) => one - other);
    await trx('core_jobs').whereIn('id', inOrder).delete();
    return ids.map(() => undefined);
  },
});

export function createJobRows({ db, clock, worker }: { db: Database; clock: Clock; worker: string }) {
  return {
    rowOf,
    insertReady,
    insertRunning,
    insertKeyed,
    dueLanes,
    claim,
    finish,
    fail,
    releaseCutOff,
    takeBackFuture,
    giveBack,
    nextRunAt,
  };

  function rowOf(job: NewJob, type: BoundJob): NewRow {
    return {
      name: job.name,
      payload: JSON.stringify(job.payload),
      state: 'ready',
      priority: job.priority ?? 0,
      run_at: job.runAt ?? clock.now(),
      attempts: 0,
      max_attempts: job.maxAttempts ?? type.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      key: job.key ?? null,
      lane: (job.lane ?? '').slice(0, MAX_LANE_LENGTH),
      created_at: clock.now(),
    };
  }

  async function insertReady(trx: Transaction, rows: readonly NewRow[]): Promise<void> {
    await trx('core_jobs').insert([...rows]);
  }

  /** Written as running, with a first try that has begun. */
  function insertRunning(trx: Transaction, rows: readonly NewRow[], typeOf: (name: string) => BoundJob | undefined) {
    const born = rows.map((row) => ({
      ...row,
      state: 'running' as const,
      attempts: 1,
      locked_by: worker,
      locked_until: leaseEnd(typeOf(row.name)),
    }));
    return trx('core_jobs').insert(born).returning('*');
  }

  /** A waiting job with the same key is replaced. */
  async function insertKeyed(trx: Transaction, rows: readonly NewRow[]): Promise<void> {
    const replaced = ['payload', 'run_at', 'priority', 'max_attempts', 'attempts', 'state', 'lane'] as const;
    const inOrder = [...rows].sort((one, other) => ((one.key ?? '') < (other.key ?? '') ? -1 : 1));
    await trx('core_jobs')
      .insert(inOrder)
      .onConflict('key')
      .merge([...replaced]);
  }

  async function dueLanes(names: readonly string[]): Promise<{ name: string; lane: string }[]> {
    if (names.length === 0) return [];
    const found = await db.read.raw(dueLanesOf(names.length), [...names, clock.now()]);
    return db.client === 'pg' ? found.rows : found;
  }

  async function claim(type: BoundJob, lane: string, limit: number): Promise<JobRow[]> {
    const next = db
      .write('core_jobs')
      .select('id')
      .whereRaw(READY)
      .where({ name: type.name, lane })
      .where('run_at', '<=', clock.now())
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
        locked_until: leaseEnd(type),
      })
      .returning('*');
  }

  function leaseEnd(type: BoundJob | undefined): number {
    return clock.now() + (type?.timeoutMs ?? DEFAULT_TIMEOUT_MS) + LEASE_MARGIN_MS;
  }

  function finish(id: number): Promise<void> {
    return db.batch(finished, id);
  }

  /** Ready for its next try, or dead when that was the last. */
  async function fail(row: JobRow, error: unknown): Promise<void> {
    await db
      .write('core_jobs')
      .where({ id: row.id, locked_by: worker })
      .update({
        state: row.attempts >= row.max_attempts ? 'dead' : 'ready',
        run_at: clock.now() + backoffMs(row.attempts),
        locked_by: null,
        locked_until: null,
        last_error: storable(messageOf(error), MAX_ERROR_LENGTH),
      });
  }

  /**
   * Jobs whose process is gone: on SQLite all that are marked as running, elsewhere those whose lease is over. One that
   * was cut off before waits, so that it is not always together with the same others when it ends the process again.
   */
  async function releaseCutOff(whose: 'all' | 'expired'): Promise<void> {
    const cutOff = db.write('core_jobs').whereRaw(RUNNING);
    if (whose === 'expired') cutOff.where('locked_until', '<', clock.now());
    for (const row of await cutOff.select('id', 'attempts', 'max_attempts', 'locked_by')) {
      const isFirst = row.attempts <= 1;
      await db
        .write('core_jobs')
        .where({ id: row.id, state: 'running', locked_by: row.locked_by })
        .update({
          state: row.attempts >= row.max_attempts ? 'dead' : 'ready',
          locked_by: null,
          locked_until: null,
          last_error: CUT_OFF,
          ...(!isFirst && { run_at: clock.now() + backoffMs(row.attempts - 1) }),
        });
    }
  }

  /**
   * What was noted while a clock was ahead, which would rest until that time has come: leases of others longer than any,
   * jobs that were made in the future, and tries that are farther away than the longest pause between two. Gives how many.
   */
  async function takeBackFuture(types: readonly BoundJob[]): Promise<number> {
    const now = clock.now();
    const latest = now + CLOCK_TOLERANCE_MS;
    const names = types.map(({ name }) => name);
    const longest = Math.max(...types.map(({ timeoutMs }) => timeoutMs ?? DEFAULT_TIMEOUT_MS)) + LEASE_MARGIN_MS;
    const jobs = () => db.write('core_jobs').whereIn('name', names);
    const leases = jobs()
      .whereRaw(RUNNING)
      .where('locked_until', '>', latest + longest)
      .whereNot({ locked_by: worker })
      .update({ locked_until: 0 });
    const made = jobs()
      .whereRaw(READY)
      .where('run_at', '>', latest)
      .where('created_at', '>', latest)
      .update({ run_at: db.write.raw('run_at - created_at + ?', [now]), created_at: now });
    const tried = jobs()
      .whereRaw(READY)
      .where('run_at', '>', latest + LONGEST_BACKOFF_MS)
      .where('attempts', '>', 0)
      .update({ run_at: now });
    return (await leases) + (await made) + (await tried);
  }

  /** What this process stops working on although it is not done: the try does not count. */
  async function giveBack(): Promise<void> {
    await db
      .write('core_jobs')
      .where({ state: 'running', locked_by: worker })
      .update({ state: 'ready', attempts: db.write.raw('attempts - 1'), locked_by: null, locked_until: null });
  }

  async function nextRunAt(): Promise<number | null> {
    const next = await db
      .read('core_jobs')
      .whereRaw(READY)
      .where('run_at', '>', clock.now())
      .min({ at: 'run_at' })
      .first();
    return next?.at == null ? null : Number(next.at);
  }
}
