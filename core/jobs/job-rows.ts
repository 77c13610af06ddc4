/** The statements of the job queue. Table: core_jobs. */
import { CLOCK_TOLERANCE_MS, type Clock } from '../clock.ts';
import type { Database, Transaction } from '../database/database.ts';
import { defineBatch } from '../database/group-commit.ts';
import { rowsOf } from '../database/insert-many.ts';
import { sanitizeText } from '../database/sanitize-text.ts';
import { insertTexts, rowsWithTexts } from '../database/values-table.ts';
import { messageOf } from '../errors.ts';
import type { Tracing } from '../observability/tracing.ts';
import { type BoundJob, backoffMs, delayMs, FOR_EVER, type JobRow, LONGEST_BACKOFF_MS, type NewJob } from './jobs.ts';
import { leaseEnd, longestLeaseMs } from './lease.ts';
import { createLeaseWatch } from './lease-watch.ts';
import { withTrace } from './traced.ts';

export const DEFAULT_MAX_ATTEMPTS = 10;
const MAX_ERROR_LENGTH = 2_000;
const MAX_LANE_LENGTH = 200;
const CUT_OFF = 'The process ended during this try';

/** Written out, because SQLite finds a partial index only where the statement shows the value. */
const READY = "state = 'ready'";
const RUNNING = "state = 'running'";

/** A job that is about to be written. */
export type NewRow = Omit<JobRow, 'id' | 'locked_by' | 'locked_until' | 'last_error'>;

/** States are counted so far; beyond it the exact number is nobody's concern, and counting would take its time. */
const COUNTED = 10_000;

const COLUMNS = [
  ...(['name', 'payload', 'state', 'priority', 'run_at', 'is_due'] as const),
  ...(['attempts', 'max_attempts', 'key', 'lane', 'created_at'] as const),
];

/** One statement for any number, which the database and Knex know from the time before. */
const END_ON_SQLITE = 'delete from core_jobs where id in (select value from json_each(?))';
const END_ON_POSTGRES = 'delete from core_jobs where id = any(?::bigint[])';

const finished = defineBatch<number, void>({
  name: 'jobs.finished',
  async write(trx, ids) {
    const inOrder = [...ids].sort((one, other) => one - other);
    if (trx.client.config.client === 'pg') await trx.raw(END_ON_POSTGRES, [inOrder]);
    else await trx.raw(END_ON_SQLITE, [JSON.stringify(inOrder)]);
    return ids.map(() => undefined);
  },
  statement: (ids) => ({ sql: END_ON_SQLITE, bindings: [JSON.stringify(ids)] }),
});

export interface JobRowsOptions {
  db: Database;
  clock: Clock;
  worker: string;
  tracing: Tracing;
  typeOf(name: string): BoundJob | undefined;
}

export function createJobRows({ db, clock, worker, tracing, typeOf }: JobRowsOptions) {
  const leaseWatch = createLeaseWatch(clock);
  return {
    rowOf,
    insertReady,
    insertRunning,
    insertKeyed,
    finish,
    fail,
    releaseCutOff,
    renew,
    takeBackFuture,
    revive,
    retry,
    discard,
    giveBack,
    counts,
  };

  function rowOf(job: NewJob, type: BoundJob): NewRow {
    const now = clock.now();
    const runAt = job.runAt ?? now;
    return {
      name: job.name,
      payload: payloadOf(job, type),
      state: 'ready',
      priority: job.priority ?? 0,
      run_at: runAt,
      is_due: runAt <= now ? 1 : 0,
      attempts: 0,
      max_attempts: type.mustHappen ? FOR_EVER : (job.maxAttempts ?? type.maxAttempts ?? DEFAULT_MAX_ATTEMPTS),
      key: job.key ?? null,
      lane: (job.lane ?? '').slice(0, MAX_LANE_LENGTH),
      created_at: now,
    };
  }

  function payloadOf({ payload }: NewJob, type: BoundJob): string {
    const text = JSON.stringify(payload);
    return type.isFoundByPayload ? text : withTrace(text, tracing);
  }

  async function insertReady(trx: Transaction, rows: readonly NewRow[]): Promise<void> {
    await insertTexts(
      trx,
      'core_jobs',
      COLUMNS,
      rows.map((row) => COLUMNS.map((column) => row[column])),
    );
  }

  /** Written as running, with a first try that has begun. */
  async function insertRunning(trx: Transaction, rows: readonly NewRow[]): Promise<JobRow[]> {
    const columns = [...COLUMNS, 'locked_by', 'locked_until'];
    const born = rows.map((row) => {
      const begun: NewRow = { ...row, state: 'running', attempts: 1 };
      return [...COLUMNS.map((column) => begun[column]), worker, leaseEnd(clock, typeOf(row.name))];
    });
    const { sql, bindings } = rowsWithTexts(trx, columns.length, born);
    return rowsOf<JobRow>(await trx.raw(`insert into core_jobs (${columns.join(', ')}) ${sql} returning *`, bindings));
  }

  /** A waiting job with the same key is replaced: also one of these, of which the last one counts. */
  async function insertKeyed(trx: Transaction, rows: readonly NewRow[]): Promise<void> {
    const replaced = ['payload', 'run_at', 'is_due', 'priority', 'max_attempts', 'attempts', 'state', 'lane'] as const;
    const last = [...new Map(rows.map((row) => [row.key, row])).values()];
    const inOrder = last.sort((one, other) => ((one.key ?? '') < (other.key ?? '') ? -1 : 1));
    await trx('core_jobs')
      .insert(inOrder)
      .onConflict(trx.raw('(key) where key is not null'))
      .merge([...replaced]);
  }

  function finish(id: number): Promise<void> {
    return db.batch(finished, id);
  }

  /** Ready for its next try, or dead when that was the last. */
  async function fail(type: BoundJob, row: JobRow, error: unknown): Promise<void> {
    await db
      .write('core_jobs')
      .where({ id: row.id, locked_by: worker })
      .update({
        state: row.attempts >= row.max_attempts ? 'dead' : 'ready',
        run_at: clock.now() + delayMs(type, row.attempts),
        is_due: 0,
        locked_by: null,
        locked_until: null,
        last_error: sanitizeText(messageOf(error), MAX_ERROR_LENGTH),
      });
  }

  /**
   * Jobs whose process is gone: on SQLite all that are marked as running, elsewhere those whose lease is over, as seen from
   * here. One that was cut off before waits, so that it is not always together with the same others when it ends the process
   * again. `held`: what this process has in hand, whatever the clock says of its leases.
   */
  async function releaseCutOff(whose: 'all' | 'expired', held: ReadonlySet<number> = new Set()): Promise<void> {
    const running = db.write('core_jobs').whereRaw(RUNNING);
    // Elsewhere all of them are watched, so that one whose process dies is known to have stood still.
    if (whose === 'expired' && db.soleWriter) running.where('locked_until', '<', clock.now());
    const found = await running.select('id', 'name', 'attempts', 'max_attempts', 'locked_by', 'locked_until');
    const others = found.filter((row) => !(held.has(Number(row.id)) && row.locked_by === worker));
    for (const row of whose === 'all' ? others : over(others)) {
      const isFirst = row.attempts <= 1;
      await db
        .write('core_jobs')
        .where({ id: row.id, state: 'running', locked_by: row.locked_by })
        .update({
          state: row.attempts >= row.max_attempts ? 'dead' : 'ready',
          locked_by: null,
          locked_until: null,
          last_error: CUT_OFF,
          ...(!isFirst && { run_at: clock.now() + backoffMs(row.attempts - 1), is_due: 0 }),
        });
    }
  }

  function over<R extends Pick<JobRow, 'id' | 'name' | 'attempts' | 'locked_until'>>(rows: readonly R[]): R[] {
    const leases = rows.map((row) => ({
      row,
      key: `${row.id} ${row.attempts}`,
      until: Number(row.locked_until ?? 0),
      lengthMs: longestLeaseMs(typeOf(row.name)),
    }));
    return leaseWatch.over(leases).map(({ row }) => row);
  }

  /** What runs here is nobody else's: leases of which more than half is over, as after a step of the clock, begin anew. */
  async function renew(running: readonly { type: BoundJob; row: JobRow }[]): Promise<void> {
    const now = clock.now();
    for (const { type, row } of running) {
      if ((row.locked_until ?? 0) - now > longestLeaseMs(type) / 2) continue;
      row.locked_until = leaseEnd(clock, type);
      const ours = db.write('core_jobs').where({ id: row.id, state: 'running', locked_by: worker });
      await ours.update({ locked_until: row.locked_until });
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
    const longest = Math.max(...types.map(longestLeaseMs));
    // As an expression: by its index of kinds SQLite would read all jobs.
    const ofThese = `name || '' in (${names.map(() => '?').join(', ')})`;
    const jobs = () => db.write('core_jobs').whereRaw(ofThese, names);
    const leases = jobs()
      .whereRaw(RUNNING)
      .where('locked_until', '>', latest + longest)
      .whereNot({ locked_by: worker })
      .update({ locked_until: 0 });
    const made = jobs()
      .whereRaw(READY)
      .whereRaw('is_due = 0')
      .where('run_at', '>', latest)
      .where('created_at', '>', latest)
      .update({ run_at: db.write.raw('run_at - created_at + ?', [now]), created_at: now });
    const tried = jobs()
      .whereRaw(READY)
      .whereRaw('is_due = 0 and attempts > 0')
      .where('run_at', '>', latest + LONGEST_BACKOFF_MS)
      .update({ run_at: now });
    return (await leases) + (await made) + (await tried);
  }

  /** What must happen and gave up, by a version that let it: it is tried again, from now on for ever. */
  async function revive(names: readonly string[]): Promise<number> {
    const limited = db
      .write('core_jobs')
      .whereIn('name', [...names])
      .where('max_attempts', '<', FOR_EVER);
    const revived = await limited
      .clone()
      .whereRaw("state = 'dead'")
      .update({ state: 'ready', run_at: clock.now(), is_due: 1, attempts: 0, max_attempts: FOR_EVER });
    await limited.whereRaw(READY).update({ max_attempts: FOR_EVER });
    return revived;
  }

  /** Of a job that waits or is dead; gives whether there is one. */
  async function retry(id: number): Promise<boolean> {
    const again = { state: 'ready', run_at: clock.now(), is_due: 1, attempts: 0 } as const;
    return (await db.write('core_jobs').where({ id }).whereNot({ state: 'running' }).update(again)) > 0;
  }

  /** Of a job that waits or is dead; gives whether there was one. */
  async function discard(id: number): Promise<boolean> {
    return (await db.write('core_jobs').where({ id }).whereNot({ state: 'running' }).delete()) > 0;
  }

  /** What this process stops working on although it is not done, or has not begun: the try does not count. */
  async function giveBack(which: 'all' | readonly JobRow[]): Promise<void> {
    const ours = db.write('core_jobs').where({ state: 'running', locked_by: worker });
    if (which !== 'all') {
      ours.whereIn(
        'id',
        which.map(({ id }) => id),
      );
    }
    await ours.update({
      state: 'ready',
      attempts: db.write.raw('attempts - 1'),
      locked_by: null,
      locked_until: null,
    });
  }

  async function counts(): Promise<Record<JobRow['state'], number>> {
    const upTo = async (state: JobRow['state']): Promise<number> => {
      const some = db.read('core_jobs').select(db.read.raw('1')).whereRaw(`state = '${state}'`).limit(COUNTED);
      return Number((await db.read.from(some.as('some')).count({ total: '*' }).first())?.total ?? 0);
    };
    return { ready: await upTo('ready'), running: await upTo('running'), dead: await upTo('dead') };
  }
}
