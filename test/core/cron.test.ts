/** Scheduled work: late, cut off, overlapping, beside a replica, and after a clock that was wrong. */
import assert from 'node:assert/strict';
import { boundCron } from '#core/bind-plugins.ts';
import { type Clock, type ManualClock, manualClock, systemClock } from '#core/clock.ts';
import { type Cron, type CronJob, createCron } from '#core/jobs/cron.ts';
import type { CronRunRow } from '#core/jobs/cron-ledger.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2027, 0, 15, 12, 0, 30);
let count = 0;

describe('scheduled work', () => {
  let app: TestPlatform;
  let clock: ManualClock;

  before(async () => {
    app = await startPlatform();
  });
  after(() => app.stop());
  beforeEach(() => {
    clock = manualClock(NOON);
  });

  /** A job of a name of its own, every minute, and a cron that knows it alone. */
  function every(run: CronJob['run'], schedule = '* * * * *', at: Clock = clock): { name: string; cron: Cron } {
    const name = `test.job${++count}`;
    return { name, cron: cronOf([{ name, summary: 's', schedule, run }], at) };
  }

  function cronOf(jobs: CronJob[], at: Clock = clock): Cron {
    const { db, log } = app.services;
    return createCron({ jobs: jobs.map((job) => boundCron(job, app.services)), db, clock: at, log });
  }

  const runsOf = (name: string): Promise<CronRunRow[]> =>
    app.services.db.read('core_cron_runs').where({ job: name }).orderBy('scheduled_at');
  const add = (row: Partial<CronRunRow> & { job: string; scheduled_at: number }) =>
    app.services.db
      .write('core_cron_runs')
      .insert({ started_at: row.scheduled_at, status: 'done', attempts: 1, ...row });

  it('that never ends is given up, told to whoever it was given a signal, and runs again at its next time', async () => {
    const signals: AbortSignal[] = [];
    const job: CronJob = {
      name: `test.job${++count}`,
      summary: 's',
      schedule: '* * * * *',
      run: ({ signal }) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    };
    await add({ job: job.name, scheduled_at: NOON - 30_000 - MINUTE });
    const { db, log } = app.services;
    const cron = createCron({ jobs: [boundCron(job, app.services)], db, clock, log, longestRunMs: 1 });
    await cron.runDue();
    await clock.advance(MINUTE);
    await cron.runDue();
    const runs = await runsOf(job.name);
    assert.deepEqual(
      runs.slice(1).map(({ status, error }) => [status, /has not ended within/.test(error ?? '')]),
      [
        ['failed', true],
        ['failed', true],
      ],
    );
    assert.deepEqual(
      signals.map(({ aborted }) => aborted),
      [true, true],
    );
    assert.deepEqual(cron.overdue(), []);
  });

  it('is begun although its moment was missed by a busy process', async () => {
    const seen: number[] = [];
    const moment = NOON + 30_000;
    let began = Date.now();
    // The moment is a third of a second away, and the one after it a minute.
    const running: Clock = { ...systemClock(), now: () => moment - 300 + Date.now() - began };
    const { name, cron } = every(async ({ scheduledAt }) => void seen.push(scheduledAt), '* * * * *', running);
    await add({ job: name, scheduled_at: moment - MINUTE });
    began = Date.now();
    await cron.start();
    // Past the moment, and too late for timers that insist on it.
    const until = began + 1_800;
    while (Date.now() < until);
    while (!seen.includes(moment) && Date.now() < until + 10_000)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await cron.stop(1_000);
    assert.ok(seen.includes(moment));
  }).timeout(20_000);

  it('goes on at once when runs were noted by a clock that was a year ahead', async () => {
    let ran = 0;
    const { name, cron } = every(async () => void ran++);
    await add({ job: name, scheduled_at: NOON - 30_000 });
    await add({ job: name, scheduled_at: NOON + 365 * 24 * 60 * MINUTE });
    await clock.advance(MINUTE);
    await cron.runDue();
    assert.equal(ran, 1);
    assert.ok((await runsOf(name)).every((run) => run.scheduled_at <= clock.now()));
  });

  it('is not begun once more for a day that a clock went ahead during it', async () => {
    let isAhead = false;
    const { name, cron } = every(async () => {
      if (!isAhead) clock.jump(24 * 60 * MINUTE);
      isAhead = true;
    });
    await add({ job: name, scheduled_at: NOON - 30_000 - MINUTE });
    await cron.start();
    await cron.runDue();
    assert.equal(cron.isHeld(), true);
    assert.equal((await runsOf(name)).length, 2);
    await cron.stop(1_000);
  });

  it('that fails is noted as failed, whatever its error says', async () => {
    const { name, cron } = every(async () => {
      throw new Error('A row says \0');
    });
    await add({ job: name, scheduled_at: NOON - 30_000 });
    await clock.advance(MINUTE);
    await cron.runDue();
    assert.equal((await runsOf(name)).at(-1)?.status, 'failed');
  });

  it('that a crash cut off is done again, and given up when it ends the process each time', async () => {
    let ran = 0;
    const { name, cron } = every(async () => void ran++);
    const slot = NOON - 30_000;
    await add({ job: name, scheduled_at: slot, status: 'running', locked_until: NOON - 10 * MINUTE });
    await cron.runDue();
    assert.deepEqual([ran, (await runsOf(name)).map((run) => [run.status, run.attempts])], [1, [['done', 2]]]);

    const other = every(async () => void ran++);
    await add({
      job: other.name,
      scheduled_at: slot,
      status: 'running',
      locked_until: NOON - 10 * MINUTE,
      attempts: 3,
    });
    await other.cron.runDue();
    assert.equal(ran, 1);
    assert.match((await runsOf(other.name))[0]?.error ?? '', /ended during this run, 3 times/);
    await clock.advance(MINUTE);
    await other.cron.runDue();
    assert.equal(ran, 2);
  });

  it('is left to the replica that is at it, and its next run comes after that', async () => {
    let ran = 0;
    const { name, cron } = every(async () => void ran++);
    await add({ job: name, scheduled_at: NOON - 90_000, status: 'running', locked_until: NOON + 40_000 });
    await cron.runDue();
    assert.equal(ran, 0);
    await app.services.db.write('core_cron_runs').where({ job: name }).update({ status: 'done' });
    await cron.runDue();
    assert.equal(ran, 1);
  });

  it('is left to a replica whose clock is two minutes behind, for as long as it says that it is there', async () => {
    let ran = 0;
    const { name, cron } = every(async () => void ran++);
    const lease = () => ({ locked_until: clock.now() - 2 * MINUTE + MINUTE });
    await add({ job: name, scheduled_at: clock.now() - 90_000, status: 'running', ...lease() });
    for (let third = 0; third < 9; third++) {
      await app.services.db.write('core_cron_runs').where({ job: name }).update(lease());
      await cron.runDue();
      await clock.advance(MINUTE / 3);
    }
    assert.equal(ran, 0);
    await cron.runDue();
    await clock.advance(MINUTE);
    await cron.runDue();
    assert.equal(ran, 1);
  });

  it('never runs twice at once, and one job that fails or hangs is alone with it', async () => {
    let atOnce = 0;
    let most = 0;
    const release = Promise.withResolvers<void>();
    const slow: CronJob = {
      name: `test.job${++count}`,
      summary: 's',
      schedule: '* * * * *',
      async run() {
        most = Math.max(most, ++atOnce);
        await release.promise;
        atOnce--;
      },
    };
    let others = 0;
    const failing = { ...slow, name: `test.job${++count}`, run: () => Promise.reject(new Error('poisoned')) };
    const well = { ...slow, name: `test.job${++count}`, run: async () => void others++ };
    const cron = cronOf([slow, failing, well]);
    for (const job of [slow, failing, well]) await add({ job: job.name, scheduled_at: NOON - 10 * MINUTE });
    const first = cron.runDue();
    while (atOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    // Past the next moment, within the lease.
    await clock.advance(40_000);
    const replica = cronOf([slow, failing, well]);
    await replica.runDue();
    // The first replica may have claimed these, and be at them still.
    while (others === 0) await new Promise((resolve) => setImmediate(resolve));
    const lastError = async () => (await runsOf(failing.name)).at(-1)?.error;
    while ((await lastError()) === null) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([most, await lastError()], [1, 'poisoned']);
    release.resolve();
    await first;
    await replica.runDue();
    assert.equal(most, 1);
    assert.equal((await runsOf(slow.name)).at(-1)?.status, 'done');
  });
});

describe('scheduled work that is asked for', () => {
  const ROOT = 'root-token-for-tests-0123456789';
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: { rootToken: ROOT } } });
  });
  after(() => app.stop());

  it('runs now, beside the schedule, and shows in the list of runs', async () => {
    const root = app.http.bearer(ROOT);
    const { status, body } = await root.post('/api/platform/cron/auth.removeExpired/run');
    assert.deepEqual([status, body.job, body.status], [202, 'auth.removeExpired', 'running']);
    for (;;) {
      const { items } = (await root.get('/api/platform/cron/runs?job=auth.removeExpired')).body;
      // One of the schedule may stand before it.
      if (items.find(({ id }: { id: number }) => id === body.id)?.status === 'done') break;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal((await root.post('/api/platform/cron/nothing/run')).status, 404);
  });

  it('is begun by one of many who ask at once, at two replicas, and by nobody while it runs', async () => {
    const { db, log } = app.services;
    const clock = manualClock(NOON);
    const { promise, resolve } = Promise.withResolvers<void>();
    let begun = 0;
    const job: CronJob = {
      name: 'test.asked',
      summary: 's',
      schedule: '0 * * * *',
      run: () => {
        begun++;
        return promise;
      },
    };
    const replicas = [1, 2].map(() => createCron({ jobs: [boundCron(job, app.services)], db, clock, log }));
    const asked = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) => replicas[index % 2]!.runNow('test.asked')),
    );
    assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(begun, 1);
    await assert.rejects(replicas[0]!.runNow('test.asked'), { code: 'conflict' });
    await replicas[0]!.runDue();
    assert.equal(begun, 1, 'the schedule waits for it too');
    resolve();
    for (const cron of replicas) await cron.stop(5_000);
    const [run] = await db.read('core_cron_runs').where({ job: 'test.asked' });
    assert.equal(run?.status, 'done');
    await replicas[1]!.runNow('test.asked');
    assert.equal(begun, 2);
    await replicas[1]!.stop(5_000);
  });
});
