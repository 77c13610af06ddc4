/** Jobs: what a claim reads, however many wait, and what is claimed before there is a place for it. */

import assert from 'node:assert/strict';
import Type from 'typebox';
import type { BoundJob } from '#core/jobs/jobs.ts';
import { createCostMeter } from '#test/support/costs.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

const tick = () => new Promise(setImmediate);

describe('a claim of jobs', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform();
  });
  after(() => app.stop());

  it('goes around all lanes when there are more than are read at once', async () => {
    const { db, jobs } = app.services;
    const order: string[] = [];
    jobs.add(typeOf('test.circle', async ({ lane }) => void order.push(String(lane)), { concurrency: 1 }));
    const lanes = Array.from({ length: 1_300 }, (_, index) => `lane ${index}`);
    const runAt = app.clock.now() + 1_000;
    const twice = [...lanes, ...lanes].map((lane) => ({ name: 'test.circle', payload: { lane }, lane, runAt }));
    await db.transaction(async (trx) => {
      await jobs.enqueueAll(trx, twice);
      // All at one moment, not a thousand after the other.
      await trx('core_jobs').where({ name: 'test.circle' }).update({ is_due: 1 });
    });
    await app.clock.advance(1_000);
    while (order.length < 2_600) await jobs.idle();
    assert.equal(new Set(order.slice(0, 1_300)).size, 1_300, 'each lane had its turn before any had a second one');
  });

  it('shares what is claimed ahead among lanes, in the order of each', async () => {
    const { db, jobs } = app.services;
    const order: [lane: unknown, number: unknown][] = [];
    const run = async ({ lane, number }: Record<string, unknown>): Promise<void> => void order.push([lane, number]);
    jobs.add(typeOf('test.shared', run, { concurrency: 1 }));
    const runAt = app.clock.now() + 1_000;
    const all = Array.from({ length: 3_000 }, (_, index) => ({
      name: 'test.shared',
      runAt,
      lane: index < 2_000 ? 'many' : `lane ${index % 10}`,
      payload: { lane: index < 2_000 ? 'many' : `lane ${index % 10}`, number: index },
    }));
    await db.transaction((trx) => jobs.enqueueAll(trx, all));
    await app.clock.advance(1_000);
    while (order.length < 3_000) await jobs.idle();
    for (const wanted of new Set(order.map(([lane]) => lane))) {
      const numbers = order.filter(([lane]) => lane === wanted).map(([, number]) => Number(number));
      assert.deepEqual(
        numbers,
        [...numbers].sort((one, other) => one - other),
        'the older one of a lane comes first',
      );
    }
    const others = order.slice(0, 1_500).filter(([lane]) => lane !== 'many');
    assert.ok(others.length > 900, `nobody waits for the lane with many: ${others.length} of 1000`);
  });

  it('takes the most urgent of those that are due, past any number that wait for their time', async () => {
    const { db, jobs, clock } = app.services;
    const order: unknown[] = [];
    jobs.add(typeOf('test.urgent', async ({ which }) => void order.push(which), { concurrency: 1 }));
    const later = Array.from({ length: 1_200 }, () => ({ runAt: clock.now() + 60_000, priority: -5 }));
    const soon = [3, 1, 2].map((priority) => ({ runAt: clock.now() + 1_000, priority }));
    await db.transaction((trx) =>
      jobs.enqueueAll(
        trx,
        [...later, ...soon].map((options) => ({
          name: 'test.urgent',
          payload: { which: options.priority },
          ...options,
        })),
      ),
    );
    await app.clock.advance(1_000);
    while (order.length < 3) await jobs.idle();
    assert.deepEqual(order, [1, 2, 3]);
    await app.clock.advance(60_000);
    while (order.length < 1_203) await jobs.idle();
    assert.equal(await left(app, 'test.urgent'), 0);
  });

  it('is made at the time of each, also of one that was added after one for later', async () => {
    const { db, jobs } = app.services;
    const done: unknown[] = [];
    jobs.add(typeOf('test.later', async ({ at }) => void done.push(at)));
    const now = app.clock.now();
    const add = (at: number) =>
      db.transaction((trx) => jobs.enqueue(trx, 'test.later', { at }, { key: `at ${at}`, runAt: now + at }));
    for (const at of [50_000, 1_000, 30_000]) await add(at);
    // While the queue looks, it has seen nothing of this yet.
    await Promise.all([add(0), add(2_000)]);
    await jobs.idle();
    for (const [passed, expected] of [
      [0, [0]],
      [1_000, [0, 1_000]],
      [1_000, [0, 1_000, 2_000]],
      [28_000, [0, 1_000, 2_000, 30_000]],
      [20_000, [0, 1_000, 2_000, 30_000, 50_000]],
    ] as const) {
      await app.clock.advance(passed);
      await jobs.idle();
      assert.deepEqual(done, expected);
    }
  });

  if (testDatabase === 'sqlite3') {
    it('is not looked for when a job for later is added, by who is alone', async () => {
      const { db, jobs } = app.services;
      const looks: string[] = [];
      db.read.on('query', ({ sql }: { sql: string }) => /core_jobs/.test(sql) && looks.push(sql));
      jobs.add(typeOf('test.much-later', async () => {}));
      await jobs.idle();
      looks.length = 0;
      const runAt = app.clock.now() + 5_000;
      await db.transaction((trx) => jobs.enqueue(trx, 'test.much-later', {}, { runAt }));
      await tick();
      await jobs.idle();
      assert.deepEqual(looks, []);
      await app.clock.advance(5_000);
      await jobs.idle();
      assert.equal(await left(app, 'test.much-later'), 0);
    });

    it('reads one index in its order, and sorts nothing', async () => {
      const { db, jobs } = app.services;
      jobs.add(typeOf('test.plan', async () => {}));
      const meter = await createCostMeter();
      await meter.of(async () => {
        await db.transaction((trx) => jobs.enqueue(trx, 'test.plan', {}, { key: 'own', lane: 'one' }));
        await jobs.idle();
        const runAt = app.clock.now() + 1_000;
        await db.transaction((trx) => jobs.enqueue(trx, 'test.plan', {}, { runAt, lane: 'one' }));
        await app.clock.advance(1_000);
        while ((await left(app, 'test.plan')) > 0) await tick();
      }, 1);
      meter.restore();
      // Before each stands how often it was.
      const statements = meter.statements().map((line) => line.slice(line.indexOf(' ')).trim());
      const reading = statements.filter((sql) => /core_jobs/.test(sql) && /is_due/.test(sql));
      const looking = reading.filter((sql) => !sql.startsWith('insert'));
      assert.ok(
        looking.some((sql) => sql.includes('key = ?')),
        'one with a key is claimed by it',
      );
      assert.ok(looking.length >= 5, looking.join('\n'));
      for (const sql of looking) {
        const plan: { detail: string }[] = await db.read.raw(
          `explain query plan ${sql}`,
          Array(bindingsIn(sql)).fill(0),
        );
        const steps = plan.map(({ detail }) => detail);
        if (sql.includes('key = ?'))
          assert.ok(
            steps.some((step) => step.includes('core_jobs_keyed')),
            steps.join('\n'),
          );
        assert.ok(!steps.some((step) => /TEMP B-TREE FOR ORDER|SCAN core_jobs/.test(step)), [sql, ...steps].join('\n'));
      }
    });
  }
});

describe('jobs that are claimed ahead of their places', () => {
  it('are begun as places become free, and given back when none does', async () => {
    const app = await startPlatform();
    try {
      const { db, jobs } = app.services;
      const held: (() => void)[] = [];
      let done = 0;
      const run = async ({ hold }: Record<string, unknown>): Promise<void> => {
        if (hold) await new Promise<void>((resolve) => held.push(resolve));
        done++;
      };
      jobs.add(typeOf('test.ahead', run, { concurrency: 2 }));
      const runAt = app.clock.now() + 1_000;
      const all = Array.from({ length: 400 }, (_, index) => ({
        name: 'test.ahead',
        runAt,
        priority: index,
        payload: { hold: index === 200 || index === 201 },
      }));
      await db.transaction((trx) => jobs.enqueueAll(trx, all));
      await app.clock.advance(1_000);
      while (held.length < 2) await tick();
      const running = () => app.services.db.read('core_jobs').where({ name: 'test.ahead', state: 'running' });
      while (done < 200) await tick();
      await tick();
      assert.ok((await running()).length > 2, 'more than the places is claimed');
      while ((await running()).length > 2) {
        await app.clock.advance(1_000);
        await tick();
      }
      const back = await db.read('core_jobs').where({ name: 'test.ahead', state: 'ready' });
      assert.deepEqual([back.length, back.every(({ attempts }) => attempts === 0)], [198, true]);
      for (const release of held) release();
      while (done < 400) await jobs.idle();
      assert.equal(await left(app, 'test.ahead'), 0);
    } finally {
      await app.stop();
    }
  });

  it('are not claimed ahead for their last try', async () => {
    const app = await startPlatform();
    try {
      const { db, jobs } = app.services;
      let release = (): void => {};
      let done = 0;
      const run = async ({ hold }: Record<string, unknown>): Promise<void> => {
        if (hold) await new Promise<void>((resolve) => (release = resolve));
        done++;
      };
      jobs.add(typeOf('test.last', run, { concurrency: 1 }));
      const runAt = app.clock.now() + 1_000;
      const all = Array.from({ length: 300 }, (_, index) => ({
        name: 'test.last',
        runAt,
        priority: index,
        maxAttempts: index > 100 && index % 2 === 0 ? 1 : 10,
        payload: { hold: index === 100 },
      }));
      await db.transaction((trx) => jobs.enqueueAll(trx, all));
      await app.clock.advance(1_000);
      while (done < 100) await tick();
      const claimed = async (tries: number): Promise<number> => {
        const [row] = await db
          .read('core_jobs')
          .where({ name: 'test.last', state: 'running', max_attempts: tries })
          .count({ total: '*' });
        return Number(row?.total);
      };
      while ((await claimed(1)) > 0) await tick();
      assert.ok((await claimed(10)) > 1, 'others are');
      const waiting = await db.read('core_jobs').where({ name: 'test.last', max_attempts: 1 });
      assert.deepEqual([waiting.length, waiting.every(({ attempts }) => attempts === 0)], [99, true]);
      release();
      while (done < 300) {
        await app.clock.advance(1_000);
        await jobs.idle();
      }
      assert.equal(await left(app, 'test.last'), 0);
    } finally {
      await app.stop();
    }
  });

  it('are ready again, with no try counted, after a stop', async () => {
    let app = await startPlatform();
    try {
      let done = 0;
      const type = typeOf(
        'test.stop',
        async () => {
          await tick();
          done++;
        },
        { concurrency: 1 },
      );
      app.services.jobs.add(type);
      const runAt = app.clock.now() + 1_000;
      const all = Array.from({ length: 600 }, () => ({ name: 'test.stop', payload: {}, runAt }));
      await app.services.db.transaction((trx) => app.services.jobs.enqueueAll(trx, all));
      await app.clock.advance(1_000);
      while (done < 150) await tick();
      app = await app.restart();
      const rows = await app.services.db.read('core_jobs').where({ name: 'test.stop' });
      assert.ok(rows.length > 0, 'the stop came before the end');
      assert.equal(rows.length, 600 - done);
      assert.ok(rows.every(({ state, attempts }) => state === 'ready' && attempts === 0));
      app.services.jobs.add(type);
      await app.clock.advance(60_000);
      while (done < 600) await app.services.jobs.idle();
      assert.equal(await left(app, 'test.stop'), 0);
    } finally {
      await app.stop();
    }
  });
});

function typeOf(
  name: string,
  run: (payload: Record<string, unknown>) => Promise<void>,
  options: Pick<BoundJob, 'concurrency'> = {},
): BoundJob {
  return {
    name,
    summary: 'For a test',
    payload: Type.Object({}),
    run: (payload) => run(payload as Record<string, unknown>),
    ...options,
  };
}

async function left(app: TestPlatform, name: string): Promise<number> {
  const [row] = await app.services.db.read('core_jobs').where({ name }).count({ total: '*' });
  return Number(row?.total);
}

function bindingsIn(sql: string): number {
  return sql.split('?').length - 1;
}
