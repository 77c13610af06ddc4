/** An address with two hosts of PostgreSQL: the one that takes writes is used, also when it becomes the other one. */
import assert from 'node:assert/strict';
import { administer, dropDatabase, freshDatabase, startPlatform } from '#test/support/harness.ts';
import { startTcpProxy, type TcpProxy } from '#test/support/tcp-proxy.ts';

describe('two servers in the address', function () {
  this.timeout(60_000);
  let database: { [key: string]: unknown };
  let ways: TcpProxy[];
  let connection: string;
  beforeEach(async () => {
    database = await freshDatabase();
    const url = new URL(String(database.connection));
    const target = { host: url.hostname, port: Number(url.port) };
    ways = [await startTcpProxy(target), await startTcpProxy(target)];
    connection = url.href.replace(url.host, ways.map(({ port }) => `127.0.0.1:${port}`).join(','));
  });
  afterEach(async () => {
    for (const way of ways) await way.stop();
    await dropDatabase(database);
  });

  it('are tried in turn at the start, and when one is gone', async () => {
    const [first, second] = ways as [TcpProxy, TcpProxy];
    first.shut();
    const app = await startPlatform({ database: { ...database, connection } });
    try {
      const { db, notices } = app.services;
      first.open();
      second.shut();
      const again = Promise.withResolvers<void>();
      notices.onGap(() => again.resolve());
      second.cut();
      await again.promise;
      await eventually(() => db.transaction((trx) => trx('core_settings').count({ total: '*' })));
    } finally {
      await app.stop();
    }
  });

  it('are passed over while they take no writes, with the reason of each', async () => {
    const app = await startPlatform({ database: { ...database, connection } });
    const name = new URL(String(database.connection)).pathname.slice(1);
    try {
      const { db } = app.services;
      await administer(`alter database ${name} set default_transaction_read_only = on`);
      for (const way of ways) way.cut();
      const said: string[] = [];
      for (let left = 30; left > 0; left--) await db.ping().catch((error: Error) => said.push(error.message));
      assert.match(said.join('\n'), /No server takes writes now \(.*127\.0\.0\.1:\d+\/\w+: it takes no writes/);
      await administer(`alter database ${name} reset default_transaction_read_only`);
      await eventually(() => db.write('core_settings').where({ area: 'none' }).delete());
    } finally {
      await app.stop();
    }
  });

  it('leave one that has become a standby while connections to it were open', async () => {
    const app = await startPlatform({ database: { ...database, connection } });
    try {
      const { db } = app.services;
      // As a session that was open when its server was demoted.
      await db.write.transaction(async (trx) => {
        await trx.raw('set session characteristics as transaction read only');
      });
      let refused = 0;
      for (let left = 40; left > 0; left--) {
        await db
          .write('core_settings')
          .where({ area: 'none' })
          .delete()
          .catch(() => refused++);
      }
      // None when work of the platform's own has met it first.
      assert.ok(refused <= 1, `${refused} statements were refused by one connection`);
    } finally {
      await app.stop();
    }
  });
});

/** Connections that are gone say so once for each. */
async function eventually(work: () => PromiseLike<unknown>): Promise<void> {
  for (let left = 20; left > 0; left--) {
    try {
      await work();
      return;
    } catch {}
  }
  await work();
}
