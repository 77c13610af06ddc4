/** The database: group commit, upkeep, migrations back, blobs, events and jobs in transactions. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isUniqueViolation } from '#core/database/database-errors.ts';
import { defineBatch } from '#core/database/group-commit.ts';
import { migrateDown, migrateUp } from '#core/database/migrations.ts';
import { type Transaction, together } from '#core/database/transactions.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

describe('the database', () => {
  let app: TestPlatform;
  beforeEach(async () => {
    app = await startPlatform({ config: { database: { walLimitMb: 1, longestReadSeconds: 1 } } });
    await app.services.db.write.schema.createTable('things', (table) => {
      table.increments('id');
      table.string('name', 100).unique();
      table.text('text');
    });
  });
  afterEach(() => app.stop());

  const insertThing = defineBatch<string, number>({
    name: 'things',
    async write(trx, names) {
      const rows: { id: number }[] = await trx('things')
        .insert(names.map((name) => ({ name })))
        .returning('id');
      return rows.map(({ id }) => id);
    },
  });

  it('says in an error which statement failed, and none of its values', async () => {
    const { read, write } = app.services.db;
    const values = { id: 1, text: 'Dear diary' };
    await assert.rejects(write('nowhere').insert(values), (error: Error) => {
      assert.match(error.message, /insert into .nowhere./);
      return !error.message.includes('diary');
    });
    await assert.rejects(read('nowhere').where(values), (error: Error) => !error.message.includes('diary'));
  });

  it('writes nothing again when something after the commit fails', async () => {
    const { db } = app.services;
    const after: string[] = [];
    const notes = defineBatch<string, void>({
      name: 'notes',
      async write(trx, texts) {
        await trx('things').insert(texts.map((text) => ({ text })));
        db.afterCommit(trx, () => assert.fail('nobody is there'));
        db.afterCommit(trx, () => void after.push('told'));
        return texts.map(() => undefined);
      },
    });
    await Promise.all(['a', 'b', 'c'].map((text) => db.batch(notes, text)));
    await db.batch(insertThing, 'after');
    const rows = await db.read('things').orderBy('id');
    assert.deepEqual(rows.map(({ text }) => text).filter(Boolean), ['a', 'b', 'c']);
    assert.ok(after.length > 0);
  });

  it('commits waiting writes together, and one bad write fails alone', async () => {
    const { db } = app.services;
    await db.batch(insertThing, 'taken');
    const names = ['a', 'b', 'taken', 'c'];
    const results = await Promise.allSettled(names.map((name) => db.batch(insertThing, name)));
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.equal((await db.read('things')).length, 4);
  });

  it('stores nothing of statements that run together when one of them fails', async () => {
    const { db } = app.services;
    await db.write('things').insert({ name: 'taken' });
    const insert = async (trx: Transaction, name: string, column: string) => {
      await trx.raw(`insert into things (name, text) values (?, '${column}')`, [name]);
    };
    for (let round = 0; round < 20; round++) {
      const failing = db.transaction((trx) =>
        together([insert(trx, `a ${round}`, 'one'), insert(trx, 'taken', 'two'), insert(trx, `b ${round}`, 'three')]),
      );
      await assert.rejects(failing, isUniqueViolation);
    }
    await db.transaction((trx) => together([insert(trx, 'c', 'one'), insert(trx, 'd', 'two')]));
    assert.deepEqual(
      (await db.read('things').orderBy('name')).map(({ name }) => name),
      ['c', 'd', 'taken'],
    );
  });

  it('tells live listeners after the commit, and never of what was rolled back', async () => {
    const { db, events } = app.services;
    const recording = await app.record(/^thing\.made$/);
    const emit = events.emit as any;
    await assert.rejects(
      db.transaction(async (trx) => {
        await emit(trx, 'thing.made', { name: 'never' });
        throw new Error('no');
      }),
    );
    const emitted = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const committed = db.transaction(async (trx) => {
      await emit(trx, 'thing.made', { name: 'made' });
      emitted.resolve();
      await asked.promise;
    });
    await emitted.promise;
    assert.deepEqual(await recording.all(), []);
    asked.resolve();
    await committed;
    assert.deepEqual(
      (await recording.all()).map(({ data }) => data.name),
      ['made'],
    );
    recording.end();
  });

  it('takes every migration back and forward again', async () => {
    const full = await startPlatform({
      plugins: { auth: {}, billing: {}, licensing: {}, mail: { smtp: { enabled: false } } },
    });
    const { db } = full.services;
    await full.services.jobs.stop(1000);
    await full.platform.cron.stop(1_000);
    const undone = await migrateDown(db, full.platform.migrations, 99);
    assert.ok(undone.length >= 4);
    assert.equal(await db.read.schema.hasTable('auth_users'), false);
    assert.equal((await migrateUp(db, full.platform.migrations)).length, undone.length);
    await full.stop();
  });

  if (testDatabase === 'sqlite3') {
    it('keeps the write-ahead log bounded although a reader holds an old snapshot', async () => {
      const { db } = app.services;
      await db.write('things').insert({ name: 'first', text: '' });
      let readerFailed = false;
      const reader = db.read
        .transaction(async (trx) => {
          await trx('things').first();
          for (;;) {
            await new Promise((resolve) => setTimeout(resolve, 100));
            await trx('things').first();
          }
        })
        .catch(() => {
          readerFailed = true;
        });
      const text = 'x'.repeat(100_000);
      for (let index = 0; !readerFailed; index++) {
        await db.write('things').insert({ name: `n${index}`, text });
        if (index % 20 === 0) await db.maintain();
      }
      await reader;
      await db.maintain();
      assert.ok((await db.size()).walBytes <= 4.5 * 1024 * 1024, `the log is ${(await db.size()).walBytes} bytes`);
      assert.equal(((await db.read('things').count({ total: '*' }).first()) as any).total > 10, true);
    });

    it('gives the space of deleted rows back to the disk', async () => {
      const { db } = app.services;
      const text = 'x'.repeat(100_000);
      await db.transaction(async (trx) => {
        for (let index = 0; index < 300; index++) await trx('things').insert({ name: `n${index}`, text });
      });
      await db.write.raw('pragma wal_checkpoint(truncate)');
      const before = (await db.size()).databaseBytes;
      assert.ok(before > 30_000_000);
      await db.write('things').where('id', '>', 17).delete();
      for (let step = 0; step < 10; step++) await db.maintain();
      await db.write.raw('pragma wal_checkpoint(truncate)');
      assert.ok((await db.size()).databaseBytes < before / 10);
    });
  }
});

describe('jobs', () => {
  it('of one kind keep to their places, also when one transaction adds many', async () => {
    const app = await startPlatform();
    const { db, jobs } = app.services;
    let atOnce = 0;
    let most = 0;
    let done = 0;
    jobs.add({
      name: 'test.crowd',
      summary: '',
      payload: {} as any,
      concurrency: 3,
      async run() {
        most = Math.max(most, ++atOnce);
        await new Promise(setImmediate);
        atOnce--;
        done++;
      },
    });
    await db.transaction((trx) =>
      jobs.enqueueAll(
        trx,
        Array.from({ length: 20 }, () => ({ name: 'test.crowd', payload: {} })),
      ),
    );
    while (done < 20) await jobs.idle();
    assert.deepEqual([most <= 3, done], [true, 20]);
    await app.stop();
  });

  it('are all done without waiting for a timer, in whichever order their places become free', async () => {
    const app = await startPlatform();
    const { db, jobs } = app.services;
    const all = Promise.withResolvers<void>();
    let done = 0;
    jobs.add({
      name: 'test.steps',
      summary: '',
      payload: {} as any,
      concurrency: 3,
      async run(payload: any) {
        for (let step = 0; step < payload.steps; step++) await new Promise(setImmediate);
        if (++done === 120) all.resolve();
      },
    });
    const enqueue = (index: number) =>
      db.transaction((trx) => jobs.enqueue(trx, 'test.steps', { steps: (index * 7) % 11 }));
    await Promise.all(Array.from({ length: 120 }, (_, index) => enqueue(index)));
    await all.promise;
    assert.equal(done, 120);
    await jobs.idle();
    await app.stop();
  });

  it('exist exactly when their transaction has committed, are retried, and become dead letters', async () => {
    const app = await startPlatform();
    const { db, jobs, clock } = { ...app.services, clock: app.clock };
    let tries = 0;
    jobs.add({
      name: 'test.fails',
      summary: '',
      payload: {} as any,
      maxAttempts: 3,
      run: async () => {
        tries++;
        throw new Error(`failure ${tries}`);
      },
    });
    await assert.rejects(
      db.transaction(async (trx) => {
        await jobs.enqueue(trx, 'test.fails', {});
        throw new Error('rolled back');
      }),
    );
    await jobs.idle();
    assert.equal(tries, 0);
    await db.transaction((trx) => jobs.enqueue(trx, 'test.fails', {}));
    for (let step = 0; step < 5; step++) {
      await jobs.idle();
      await clock.advance(10_000);
    }
    await jobs.idle();
    assert.equal(tries, 3);
    const [row] = await db.read('core_jobs');
    assert.deepEqual([row!.state, row!.last_error], ['dead', 'failure 3']);
    await jobs.retry(row!.id);
    await jobs.idle();
    assert.equal(tries, 4);
    await app.stop();
  });

  it('with one key replace each other, wait for their time, and survive a restart', async () => {
    let app = await startPlatform();
    const ran: unknown[] = [];
    const type = {
      name: 'test.later',
      summary: '',
      payload: {} as any,
      run: async (payload: unknown) => void ran.push(payload),
    };
    app.services.jobs.add(type);
    const runAt = app.clock.now() + 60_000;
    const later = (n: number) => ({ name: 'test.later', payload: { n }, key: 'one', runAt });
    for (const together of [[1], [2, 3]])
      await app.services.db.transaction((trx) => app.services.jobs.enqueueAll(trx, together.map(later)));
    app = await app.restart();
    app.services.jobs.add(type);
    await app.clock.advance(30_000);
    await app.services.jobs.idle();
    assert.deepEqual(ran, []);
    await app.clock.advance(31_000);
    await app.services.jobs.idle();
    assert.deepEqual(ran, [{ n: 3 }]);
    await app.stop();
  });
});

describe('stopping', () => {
  it('releases a folder for the next start, and a failed start leaves nothing open', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'patchbay-stop-'));
    const first = await startPlatform({ dataDir });
    await assert.rejects(startPlatform({ config: { http: { port: first.port } } }), /EADDRINUSE/);
    await first.platform.stop();
    await first.platform.stop();
    const second = await startPlatform({ dataDir, config: { http: { port: first.port } } });
    assert.equal((await second.http.get('/health')).status, 200);
    await second.stop();
  });
});
