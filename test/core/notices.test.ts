/** Notices and live events, from one process to the others. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { createAssembler, inPieces } from '#core/events/notice-pieces.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

describe('notices', () => {
  let one: TestPlatform;
  let other: TestPlatform;

  before(async () => {
    one = await startPlatform();
    // On SQLite there is one process on a database, which hears itself.
    other =
      testDatabase === 'pg'
        ? await startPlatform({ database: one.services.coreConfig.database, dataDir: one.dataDir })
        : one;
  });
  after(async () => {
    if (other !== one) await other.platform.stop();
    await one.stop();
  });

  it('reach every process after the commit, in order, and none after a rollback', async () => {
    const heard: unknown[] = [];
    const stop = other.services.notices.on('test', (payload) => heard.push(payload));
    const { db, notices } = one.services;
    const failing = db.transaction(async (trx) => {
      await notices.send(trx, 'test', 'rolled back');
      throw new Error('rolled back');
    });
    await assert.rejects(failing, /rolled back/);
    for (const n of [1, 2, 3]) await db.transaction((trx) => notices.send(trx, 'test', { n }));
    await until(() => heard.length >= 3);
    stop();
    assert.deepEqual(heard, [{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('carry what is longer than a notification may be, whatever its characters', async () => {
    const heard: unknown[] = [];
    const stop = other.services.notices.on('long', (payload) => heard.push(payload));
    const text = '漢字 "quoted" \\ \u0001 🙂'.repeat(3_000);
    one.services.notices.sendNow('long', text);
    await until(() => heard.length > 0);
    stop();
    assert.deepEqual(heard, [text]);
  });

  it('tell live listeners of events that another process made, and whether anybody listens', async () => {
    const types: string[] = [];
    assert.equal(one.services.events.hasListeners(), false);
    const stop = other.services.events.listen((event) => types.push(event.type));
    await until(() => one.services.events.hasListeners());
    const event = { specversion: '1.0', id: '1', source: 'test', type: 'test.made', time: '', data: {} } as const;
    const made = { ...event, datacontenttype: 'application/json' } as const;
    await one.services.db.transaction((trx) => one.services.events.publish(trx, made));
    await until(() => types.length > 0);
    stop();
    assert.deepEqual(types, ['test.made']);
    await until(() => !one.services.events.hasListeners());
  });

  it('say when some may have been missed', async () => {
    if (testDatabase !== 'pg') return;
    const { notices, db } = other.services;
    let gaps = 0;
    const stop = notices.onGap(() => gaps++);
    await db.write.raw(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and query = 'listen patchbay'`,
    );
    await until(() => gaps > 0 && notices.isConnected() && one.services.notices.isConnected());
    const heard: unknown[] = [];
    const end = notices.on('again', (payload) => heard.push(payload));
    one.services.notices.sendNow('again', true);
    await until(() => heard.length > 0);
    end();
    stop();
  });

  it('are heard on after what was no notice: other programs may use the same channel', async () => {
    if (testDatabase !== 'pg') return;
    const heard: unknown[] = [];
    const stop = other.services.notices.on('after', (payload) => heard.push(payload));
    const { db, notices } = one.services;
    for (const strange of ['', 'refresh', 'a:0:1:{', 'a:0:1:null', 'a:0:1:{"from":"x","notices":[null]}']) {
      await db.write.raw('select pg_notify(?, ?)', ['patchbay', strange]);
    }
    notices.sendNow('after', true);
    await until(() => heard.length > 0);
    stop();
  });
});

describe('pieces of a notice', () => {
  it('are put together again, and forgotten when their beginning was missed', () => {
    const text = JSON.stringify('x'.repeat(20_000));
    const pieces = inPieces(text);
    assert.ok(pieces.every((piece) => Buffer.byteLength(piece) < 8_000));
    const assembler = createAssembler();
    assert.deepEqual(
      pieces.map((piece) => assembler.add(piece)),
      [null, null, text],
    );
    assert.deepEqual(
      pieces.slice(1).map((piece) => assembler.add(piece)),
      [null, null],
    );
  });
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(5);
}
