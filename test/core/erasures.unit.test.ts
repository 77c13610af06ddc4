/** What is gone for good reaches every plugin, also one that was off, and what must happen is never given up. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const HOUR_MS = 3600_000;

describe('an event that tells of what is gone', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform();
  });
  after(() => app.stop());

  const gone = 'test.gone' as never;
  const emit = (id: string) =>
    app.services.db.transaction((trx) => app.services.events.emit(trx, gone, { id } as never, { tenantId: id }));
  const hourLater = async () => {
    await app.clock.advance(HOUR_MS);
    await app.platform.cron.runDue();
    await app.services.jobs.idle();
  };

  it('reaches who subscribes later, once, and is not looked at for ever', async () => {
    const heard: string[] = [];
    app.declare({ erasures: [gone] });
    for (const id of ['a', 'b']) await emit(id);
    const hear = async ({ data }: { data: { id: string } }) => void heard.push(data.id);
    app.declare({ name: 'later', on: { 'test.gone': hear } as never });
    await hourLater();
    assert.deepEqual(heard.sort(), ['a', 'b']);
    await emit('c');
    for (let hour = 0; hour < 3; hour++) await hourLater();
    assert.deepEqual(heard, ['a', 'b', 'c']);
    const newest = Number((await app.services.db.read('core_erasures').max({ id: 'id' }).first())?.id);
    const reader = await app.services.db.read('core_erasure_readers').where({ name: 'later.on:test.gone' }).first();
    assert.equal(Number(reader?.up_to), newest);
  });

  it('is in steps given to who has missed many', async () => {
    const heard: string[] = [];
    const ids = Array.from({ length: 450 }, (_, index) => `many ${index}`);
    await app.services.db.transaction(async (trx) => {
      for (const id of ids) await app.services.events.emit(trx, gone, { id } as never, {});
    });
    const hear = async ({ data }: { data: { id: string } }) => void heard.push(data.id);
    app.declare({ name: 'much-later', on: { 'test.gone': hear } as never });
    assert.equal(await app.services.events.catchUp(), 453);
    await app.services.jobs.idle();
    assert.equal(heard.filter((id) => id.startsWith('many')).length, 450);
    assert.equal(await app.services.events.catchUp(), 0);
  });
});

describe('a job that must happen', () => {
  it('is tried an hour apart until it succeeds, shown to operators, and revived when it had given up', async () => {
    const app = await startPlatform();
    const { db, jobs, clock } = { ...app.services, clock: app.clock };
    let isDown = true;
    let tries = 0;
    const type = {
      name: 'test.must',
      summary: 'Must happen',
      payload: Type.Object({}),
      mustHappen: true,
      maxAttempts: 2,
    };
    const run = async () => {
      tries++;
      if (isDown) throw new Error('down');
    };
    app.declare({ jobs: [{ ...type, run }] });
    await db.transaction((trx) => jobs.enqueue(trx, 'test.must', {}, { maxAttempts: 1 }));
    for (let hour = 0; hour < 40; hour++) {
      await jobs.idle();
      await clock.advance(1.25 * HOUR_MS);
    }
    await jobs.idle();
    assert.ok(tries > 35, `${tries} tries`);
    const [row] = await db.read('core_jobs').where({ name: 'test.must' });
    assert.equal(row?.state, 'ready');
    assert.ok(Number(row?.run_at) <= clock.now() + 1.2 * HOUR_MS, 'an hour apart');
    await db.write('core_jobs').where({ name: 'test.must' }).update({ state: 'dead', max_attempts: 10 });
    const again = await app.restart();
    isDown = false;
    await again.services.db.transaction(async () => {});
    again.declare({ jobs: [{ ...type, run }] });
    await again.services.jobs.start();
    await again.services.jobs.idle();
    assert.deepEqual(await again.services.db.read('core_jobs').where({ name: 'test.must' }), []);
    await again.stop();
  });
});
