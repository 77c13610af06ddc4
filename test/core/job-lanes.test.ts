/** Jobs: lanes take turns, and a try counts from its beginning. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('the lanes of jobs', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform();
  });
  after(() => app.stop());

  it('take turns, and one whose jobs never end keeps no more than its places', async () => {
    const { db, jobs } = app.services;
    const done: string[] = [];
    const held: (() => void)[] = [];
    app.declare({
      jobs: [
        defineJob({
          name: 'test.lanes',
          summary: 'Never ends for the lane "silent"',
          payload: Type.Object({ lane: Type.String() }),
          concurrency: 5,
          perLane: 2,
          async run({ lane }) {
            if (lane === 'silent') await new Promise<void>((resolve) => held.push(resolve));
            done.push(lane);
          },
        }),
      ],
    });
    const add = (lane: string, count: number) =>
      db.transaction((trx) =>
        jobs.enqueueAll(
          trx,
          Array.from({ length: count }, () => ({ name: 'test.lanes', payload: { lane }, lane })),
        ),
      );
    await add('silent', 40);
    await add('ada', 10);
    await add('bob', 10);
    while (done.length < 20) await new Promise(setImmediate);
    assert.equal(held.length, 2, 'the silent lane has its two places');
    assert.deepEqual(
      done.filter((lane) => lane === 'silent'),
      [],
    );
    while (done.length < 60) {
      for (const release of held.splice(0)) release();
      await new Promise(setImmediate);
    }
    await jobs.idle();
    assert.equal(await count(app), 0);
  });

  it('begin no job again that runs here, however the clock is set meanwhile', async () => {
    const { db, jobs } = app.services;
    const held: (() => void)[] = [];
    app.declare({
      jobs: [
        defineJob({
          name: 'test.slow',
          summary: 'Takes its time',
          payload: Type.Object({}),
          maxAttempts: 1,
          run: () => new Promise<void>((resolve) => held.push(resolve)),
        }),
      ],
    });
    const add = () => db.transaction((trx) => jobs.enqueue(trx, 'test.slow', {}));
    await add();
    while (held.length < 1) await new Promise(setImmediate);
    app.clock.jump(2 * 60_000);
    await add();
    while (held.length < 2) await new Promise(setImmediate);
    for (let look = 0; look < 5; look++) {
      await app.clock.advance(6_000);
      const { state } = (await db.read('core_jobs').where({ name: 'test.slow' }).orderBy('id').first()) ?? {};
      assert.equal(state, 'running');
    }
    assert.equal(held.length, 2);
    for (const release of held) release();
    await jobs.idle();
    assert.equal(await count(app), 0);
  });

  it('are served one after the other when there is one place', async () => {
    const { db, jobs } = app.services;
    const order: string[] = [];
    app.declare({
      jobs: [
        defineJob({
          name: 'test.turns',
          summary: 'Notes its lane',
          payload: Type.Object({ lane: Type.String() }),
          concurrency: 1,
          run: async ({ lane }) => void order.push(lane),
        }),
      ],
    });
    const lanes = [...Array(6).fill('many'), 'few', 'rare'];
    await db.transaction((trx) =>
      jobs.enqueueAll(
        trx,
        lanes.map((lane) => ({ name: 'test.turns', payload: { lane }, lane, runAt: app.clock.now() + 1_000 })),
      ),
    );
    await app.clock.advance(1_000);
    while (order.length < lanes.length) await jobs.idle();
    assert.deepEqual(new Set(order.slice(0, 3)), new Set(['many', 'few', 'rare']));
  });
});

describe('jobs that were noted by a clock that was a year ahead', () => {
  it('go on by the right one, and what was put off on purpose waits', async () => {
    const YEAR_MS = 365 * 24 * 3_600_000;
    const app = await startPlatform();
    try {
      const ran: string[] = [];
      const payload = Type.Object({ which: Type.String() });
      const run = async ({ which }: { which: string }) => void ran.push(which);
      app.declare({ jobs: [defineJob({ name: 'test.future', summary: 'From the future', payload, run })] });
      const now = app.clock.now();
      const ahead = now + YEAR_MS;
      const common = { name: 'test.future', priority: 0, max_attempts: 9, key: null, lane: '' };
      const free = { ...common, state: 'ready' as const, locked_by: null, locked_until: null };
      const of = (which: string) => JSON.stringify({ which });
      await app.services.db.write('core_jobs').insert([
        { ...free, payload: of('made'), attempts: 0, run_at: ahead + 1_000, created_at: ahead },
        { ...free, payload: of('tried'), attempts: 3, run_at: ahead, created_at: now },
        { ...free, payload: of('put off'), attempts: 0, run_at: ahead, created_at: now },
      ]);
      const cutOff = { locked_by: 'gone', locked_until: ahead, attempts: 1, run_at: now, created_at: now };
      const row = { ...common, ...cutOff, state: 'running' as const, payload: of('cut off') };
      await app.services.db.write('core_jobs').insert(row);
      for (let minute = 0; minute < 62; minute++) {
        await app.clock.advance(60_000);
        await app.services.jobs.idle();
      }
      assert.deepEqual(ran.sort(), ['cut off', 'made', 'tried']);
    } finally {
      await app.stop();
    }
  });
});

describe('a try of a job', () => {
  it('counts when the process ended in it, and the last one makes it a dead letter', async () => {
    let app = await startPlatform();
    try {
      const ran: number[] = [];
      const type = defineJob({
        name: 'test.ends',
        summary: 'Was under way when the process ended',
        payload: Type.Object({}),
        maxAttempts: 3,
        run: async (_, { attempt }) => void ran.push(attempt),
      });
      // What a crash leaves: rows that are marked as running.
      app.declare({ jobs: [type] });
      const row = { name: 'test.ends', payload: '{}', state: 'running' as const, priority: 0, run_at: 0 };
      const rest = { max_attempts: 3, key: null, lane: '', locked_by: 'gone', locked_until: 0, created_at: 0 };
      const { write } = app.services.db;
      await write('core_jobs').insert([1, 2, 3, 57].map((attempts) => ({ ...row, ...rest, attempts })));
      app = await app.restart();
      app.declare({ jobs: [type] });
      for (let minute = 0; minute < 3; minute++) {
        await app.clock.advance(60_000);
        await app.services.jobs.idle();
      }
      assert.deepEqual(ran.sort(), [2, 3]);
      const left = await app.services.db.read('core_jobs').where('name', 'test.ends').select('state', 'attempts');
      assert.deepEqual(left.map(({ state, attempts }) => `${state} ${attempts}`).sort(), ['dead 3', 'dead 57']);
    } finally {
      await app.stop();
    }
  });
});

async function count(app: TestPlatform): Promise<number> {
  const [row] = await app.services.db.read('core_jobs').whereLike('name', 'test.%').count({ total: '*' });
  return Number(row?.total);
}

describe('a job that names its first delays', () => {
  it('is tried after them to the millisecond, and then as all others are', async () => {
    const app = await startPlatform();
    try {
      const type = defineJob({
        name: 'test.delays',
        summary: 'Fails',
        payload: Type.Object({}),
        maxAttempts: 6,
        firstDelaysMs: [1_000, 3_000],
        run: () => Promise.reject(new Error('not yet')),
      });
      app.declare({ jobs: [type] });
      const { db, jobs } = app.services;
      await db.transaction((trx) => jobs.enqueue(trx, 'test.delays', {}));
      const waits: number[] = [];
      for (let tries = 1; tries < 6; tries++) {
        await untilTried(app, tries);
        const row = await db.read('core_jobs').where({ name: 'test.delays' }).first('run_at');
        const wait = Number(row?.run_at) - app.clock.now();
        waits.push(wait);
        await app.clock.advance(wait);
      }
      await untilTried(app, 6);
      assert.deepEqual(waits.slice(0, 2), [1_000, 3_000]);
      const rest = waits.slice(2).map((wait, index) => wait / (4_000 * 2 ** index));
      assert.ok(
        rest.every((share) => share >= 0.8 && share <= 1.2),
        String(waits),
      );
    } finally {
      await app.stop();
    }
  });

  async function untilTried(app: TestPlatform, attempts: number): Promise<void> {
    const { db, jobs } = app.services;
    for (;;) {
      await jobs.idle();
      const row = await db
        .read('core_jobs')
        .where({ name: 'test.delays', attempts })
        .whereNot({ state: 'running' })
        .first();
      if (row) return;
      await new Promise(setImmediate);
    }
  }
});
