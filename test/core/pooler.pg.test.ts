/** PostgreSQL behind a connection pooler in session mode. */
import assert from 'node:assert/strict';
import { dropDatabase, freshDatabase, startPlatform } from '#test/support/harness.ts';
import { startPooler } from '#test/support/pooler.ts';

describe('behind a connection pooler', () => {
  it('starts, hears of changes, and gives up no connection on which a long statement runs', async () => {
    const database = await freshDatabase();
    const pooler = await startPooler(String(database.connection));
    const app = await startPlatform({ database: { ...database, connection: pooler.connection, silenceSeconds: 1 } });
    try {
      const { db, notices } = app.services;
      const { promise, resolve } = Promise.withResolvers<void>();
      notices.on('test.told', () => resolve());
      await db.transaction((trx) => notices.send(trx, 'test.told'));
      await promise;
      const { rows } = await db.write.raw('select pg_sleep(4), 17 as answer');
      assert.equal(rows[0].answer, 17);
    } finally {
      await app.stop();
      await pooler.stop();
      await dropDatabase(database);
    }
  }).timeout(60_000);
});
