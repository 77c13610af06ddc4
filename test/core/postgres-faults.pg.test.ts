/** Connections to PostgreSQL that are cut off or die silently: nobody waits for ever, nothing is done twice. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { listenOnPostgres } from '#core/events/postgres-listener.ts';
import { defineBatch } from '#core/plugin.ts';
import { dropDatabase, freshDatabase, startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { proxyOf, type TcpProxy } from '#test/support/tcp-proxy.ts';

const note = defineBatch<string, void>({
  name: 'test.note',
  async write(trx, texts) {
    await trx('notes').insert(texts.map((text) => ({ text })));
    return texts.map(() => undefined);
  },
});

declare global {
  namespace Patchbay {
    interface Tables {
      notes: { id: number; text: string };
    }
  }
}

/** The default of database.poolSize. */
const POOL_SIZE = 10;

/** A connection that was cut a moment ago may still lie in the pool: who takes it gets an error, and asks again. */
async function askedAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries > POOL_SIZE) throw error;
    }
  }
}

describe('connections to PostgreSQL', () => {
  let app: TestPlatform;
  let proxy: TcpProxy;
  let database: Awaited<ReturnType<typeof freshDatabase>>;

  before(async () => {
    database = await freshDatabase();
    const through = await proxyOf(String(database.connection));
    proxy = through.proxy;
    app = await startPlatform({ database: { ...database, connection: through.connection, silenceSeconds: 1 } });
    await app.services.db.write.schema.createTable('notes', (table) => {
      table.bigIncrements('id');
      table.text('text').notNullable();
    });
  });
  after(async () => {
    await app.platform.stop();
    await proxy.stop();
    await dropDatabase(database);
  });

  it('are cut off again and again: every write is answered, what was acknowledged is there once', async function () {
    this.timeout(60_000);
    const { db } = app.services;
    const acknowledged: string[] = [];
    let isOver = false;
    const write = async (caller: number): Promise<void> => {
      for (let n = 0; !isOver; n++) {
        const text = `${caller}.${n}`;
        try {
          await (caller % 2 ? db.batch(note, text) : db.transaction((trx) => trx('notes').insert({ text })));
          acknowledged.push(text);
        } catch {
          await pause(5);
        }
      }
    };
    const callers = Promise.all(Array.from({ length: 12 }, (_, caller) => write(caller)));
    for (let round = 0; round < 15; round++) {
      // However slow the machine is, some go through between two cuts.
      const before = acknowledged.length;
      do await pause(100);
      while (acknowledged.length < before + 7);
      if (round % 2 === 0) proxy.cut();
      else proxy.cutAtNextWord();
    }
    isOver = true;
    await callers;
    const rows = await askedAgain(() => db.read('notes').select('text'));
    const stored = rows.map(({ text }) => text);
    assert.ok(acknowledged.length > 100, 'some went through');
    assert.equal(new Set(stored).size, stored.length, 'nothing is there twice');
    assert.deepEqual(
      acknowledged.filter((text) => !stored.includes(text)),
      [],
      'nothing that was acknowledged is missing',
    );
  });

  it('that die without a word are given up, and others opened', async () => {
    const { db } = app.services;
    const ask = () => db.read.raw('select 1 as one');
    await Promise.all([ask(), ask(), ask(), ask()]);
    proxy.goSilent();
    // As many as the pool may have at once: each of the silent ones is asked.
    const { poolSize } = app.services.coreConfig.database;
    let failed = 0;
    await Promise.all(Array.from({ length: poolSize }, () => ask().catch(() => failed++)));
    // Each of the connections that there were fails once at most; a slow one among them may do so a little later.
    const answer = async (): Promise<number> => {
      try {
        return (await ask()).rows[0].one;
      } catch (error) {
        assert.ok(++failed <= poolSize, String(error));
        return answer();
      }
    };
    assert.equal(await answer(), 1);
  });

  it('on which listening never began are given up, and others opened', async () => {
    let opened = 0;
    let gaps = 0;
    const connect = async () => {
      const client = await app.services.db.rawConnection();
      // Of the second one nothing is heard after it was opened.
      if (++opened === 2) proxy.goSilent();
      return client;
    };
    const { log } = app.services;
    const listener = await listenOnPostgres({ connect, channel: 'test', log, received() {}, missed: () => gaps++ });
    proxy.cut();
    const until = Date.now() + 15_000;
    while (gaps === 0 && Date.now() < until) await pause(50);
    assert.deepEqual([gaps, listener.isConnected()], [1, true]);
    await listener.close();
  }).timeout(20_000);

  it('on which nothing comes bring no notices, as is known within two seconds', async () => {
    const { log, db } = app.services;
    const ignore = () => {};
    const listener = await listenOnPostgres({
      connect: db.rawConnection,
      channel: 'test',
      log,
      received: ignore,
      missed: ignore,
    });
    await pause(1_500);
    assert.equal(listener.isConnected(), true);
    proxy.goSilent();
    await pause(2_100);
    assert.deepEqual([listener.isConnected(), listener.isOpen()], [false, true]);
    await listener.close();
  }).timeout(10_000);

  it('are opened although the process itself stood still meanwhile', async () => {
    const opened = app.services.db.rawConnection();
    await new Promise(setImmediate);
    // Longer than the server is given for its answer, which has come long before.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_200);
    await (await opened).end();
  }).timeout(20_000);

  it('are kept when the server is still at work on a long query', async () => {
    const { rows } = await app.services.db.read.raw(`select 'done' as state from pg_sleep(2.5)`);
    assert.equal(rows[0].state, 'done');
  });
});
