/** Two replicas whose clocks differ by minutes: nothing that runs at one of them is begun at the other. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import Type from 'typebox';
import { manualClock } from '#core/clock.ts';
import { defineJob } from '#core/plugin.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const MINUTE_MS = 60_000;

describe('two replicas whose clocks differ', () => {
  let begun: string[] = [];
  let release = (): void => {};
  const platforms: TestPlatform[] = [];

  async function start(name: string, aheadMs: number, beside?: TestPlatform): Promise<TestPlatform> {
    const clock = manualClock(Date.UTC(2026, 0, 1) + aheadMs);
    const same = beside && { dataDir: beside.dataDir, database: { ...beside.services.coreConfig.database } };
    const app = await startPlatform({ clock, ...same });
    platforms.unshift(app);
    app.declare({
      jobs: [
        defineJob({
          name: 'test.slow',
          summary: 'Takes its time',
          payload: Type.Object({}),
          run() {
            begun.push(name);
            return new Promise<void>((resolve) => {
              release = resolve;
            });
          },
        }),
      ],
    });
    return app;
  }
  afterEach(async () => {
    release();
    for (const app of platforms.splice(0)) await app.platform.stop();
    begun = [];
  });

  for (const [what, aheadMs] of [
    ['ahead', 2 * MINUTE_MS],
    ['behind', -2 * MINUTE_MS],
  ] as const)
    it(`run no job twice, with one of them two minutes ${what}`, async () => {
      const one = await start('one', 0);
      const other = await start('other', aheadMs, one);
      const { db, jobs } = one.services;
      await db.transaction((trx) => jobs.enqueue(trx, 'test.slow', {}));
      // One after the other, so that they are never farther apart than that, also not while one of them looks.
      const goOn = async (ms: number) => {
        for (const app of [one, other]) {
          await app.clock.advance(ms);
          await settled();
        }
      };
      while (begun.length === 0) await goOn(1_000);
      const [first] = begun;
      const row = async () => (await db.read('core_jobs').where({ name: 'test.slow' }).first())!;
      const { locked_by } = await row();
      for (let look = 0; look < 30; look++) {
        await goOn(6_000);
      }
      assert.deepEqual([begun, (await row()).locked_by], [[first], locked_by]);
    });

  it('take up what a process has left that is gone', async () => {
    const one = await start('one', 0);
    const { db, jobs } = one.services;
    await db.transaction(async (trx) => {
      await jobs.enqueue(trx, 'test.slow', {}, { runAt: one.clock.now() + 10 * MINUTE_MS });
      await trx('core_jobs').update({
        state: 'running',
        is_due: 1,
        attempts: 1,
        locked_by: 'gone',
        locked_until: one.clock.now() + 1.5 * MINUTE_MS,
      });
    });
    for (let seconds = 0; seconds < 84; seconds += 6) {
      await one.clock.advance(6_000);
      await settled();
    }
    assert.deepEqual(begun, []);
    for (let look = 0; look < 6; look++) {
      await one.clock.advance(6_000);
      await settled();
    }
    // However slow the machine is: no more time goes by.
    for (let tries = 0; tries < 4_000 && begun.length === 0; tries++) {
      await pause(50);
      await one.clock.advance(1);
    }
    assert.deepEqual(begun, ['one'], 'as soon as its lease is over, since it was watched meanwhile');
  });

  /** What a look has found is written by then, and so are leases: nobody has asked anything for some turns of the loop. */
  async function settled(): Promise<void> {
    for (const { services } of platforms) await services.db.read('core_jobs').first('id');
    for (let quiet = 0; quiet < 5; quiet++) {
      await pause(2);
      if (platforms.some(isAsking)) quiet = 0;
    }
  }

  function isAsking({ services: { db } }: TestPlatform): boolean {
    return [db.read, db.write].some(({ client: { pool } }) => pool.numUsed() + pool.numPendingAcquires() > 0);
  }
});
