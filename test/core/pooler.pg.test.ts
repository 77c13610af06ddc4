/** PostgreSQL behind PgBouncer itself, in both of its modes. */
import assert from 'node:assert/strict';
import { databaseUrl, dropDatabase, freshDatabase, startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type PgBouncer, startPgBouncer } from '#test/support/pgbouncer.ts';

describe('behind PgBouncer', function () {
  this.timeout(90_000);
  let database: { [key: string]: unknown };
  let pooler: PgBouncer;
  let app: TestPlatform | null;
  beforeEach(async () => {
    database = await freshDatabase();
    app = null;
  });
  afterEach(async () => {
    await app?.stop();
    await pooler.stop();
    await dropDatabase(database);
  });
  const begin = async (settings: object = {}): Promise<TestPlatform> => {
    app = await startPlatform({ database: { ...database, connection: pooler.connection, ...settings } });
    return app;
  };

  /** Notices are heard, a lock of the start is taken, and a long statement is not taken for a lost one. */
  async function works({ services: { db, notices } }: TestPlatform): Promise<void> {
    const heard = Promise.withResolvers<void>();
    notices.on('test.told', () => heard.resolve());
    await db.transaction((trx) => notices.send(trx, 'test.told'));
    await heard.promise;
    const { rows } = await db.write.raw('select pg_sleep(4), 17 as answer');
    assert.equal(rows[0].answer, 17);
  }

  it('works in session mode without being told, and after the pooler has been started anew', async () => {
    pooler = await startPgBouncer(String(database.connection), 'session');
    const platform = await begin({ silenceSeconds: 1 });
    await works(platform);
    await pooler.restart();
    const { db, notices } = platform.services;
    const told = Promise.withResolvers<void>();
    notices.onGap(() => told.resolve());
    await assert.doesNotReject(async () => {
      // What was open is gone, and says so once for each.
      for (let left = 20; left > 0; left--)
        if (
          await db.ping().then(
            () => true,
            () => false,
          )
        )
          return;
      await db.ping();
    });
    await told.promise;
    await works(platform);
  });

  it('refuses transaction mode with a sentence', async () => {
    pooler = await startPgBouncer(String(database.connection), 'transaction');
    await assert.rejects(begin(), /pooler in transaction mode.*database\.direct/s);
    await assert.rejects(
      begin({ direct: pooler.connection }),
      /database\.direct leads to a pooler in transaction mode/,
    );
  });

  it('works in transaction mode when it knows the server itself', async () => {
    pooler = await startPgBouncer(String(database.connection), 'transaction');
    const platform = await begin({ silenceSeconds: 1, direct: database.connection });
    await works(platform);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        platform.services.db.transaction(async (trx) => {
          await trx('core_settings').count({ total: '*' });
          return n;
        }),
      ),
    );
  });

  it('refuses a direct address that leads elsewhere', async () => {
    pooler = await startPgBouncer(String(database.connection), 'session');
    await assert.rejects(begin({ direct: databaseUrl('postgres') }), /another database than database\.connection/);
  });
});
