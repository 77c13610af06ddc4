/** Tries that are spread over two replicas are counted together, by the database's time, and outlive a restart. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { manualClock } from '#core/clock.ts';
import { authConfig, register } from '#test/support/accounts.ts';
import type { Answer } from '#test/support/client.ts';
import { freshDatabase, startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

const MINUTE_MS = 60_000;

if (testDatabase === 'pg')
  describe('limits of two replicas whose clocks are five minutes apart', () => {
    let one: TestPlatform;
    let two: TestPlatform;
    before(async () => {
      const options = {
        plugins: { auth: authConfig },
        config: { http: { trustProxy: ['127.0.0.1'] } },
        database: await freshDatabase(),
      };
      one = await startPlatform(options);
      const clock = manualClock(one.clock.now() + 5 * MINUTE_MS);
      two = await startPlatform({ ...options, dataDir: one.dataDir, clock });
    });
    after(async () => {
      await two.platform.stop();
      await one.stop();
    });

    let counter = 0;
    const login = (app: TestPlatform, email: string, password: string) =>
      app.http.post(
        '/api/v2/auth/login',
        { email, password },
        { 'x-forwarded-for': `198.51.${counter >> 8}.${++counter & 255}` },
      );
    const count = (answers: Answer[], status: number) => answers.filter((answer) => answer.status === status).length;
    const onBoth = (many: number, work: (app: TestPlatform) => Promise<Answer>) =>
      Promise.all(Array.from({ length: many }, (_, index) => work(index % 2 ? one : two)));

    it('judge ten passwords of an account in all, also after a restart', async () => {
      const { email, password } = await register(one);
      const answers = await onBoth(40, (app) => login(app, email, 'wrong'));
      assert.deepEqual([count(answers, 401), count(answers, 429)], [10, 30]);
      const seconds = answers.filter(({ status }) => status === 429).map(({ headers }) => headers.get('retry-after'));
      assert.ok(
        seconds.every((text) => Number(text) > 800 && Number(text) <= 900),
        `${seconds}`,
      );
      two = await two.restart();
      assert.deepEqual(
        (await onBoth(2, (app) => login(app, email, password))).map(({ status }) => status),
        [429, 429],
      );
    });

    it('take back at one what was right at the other', async () => {
      const { email, password } = await register(one);
      for (let index = 0; index < 9; index++) await login(index % 2 ? one : two, email, 'wrong');
      for (let index = 0; index < 12; index++) {
        assert.equal((await login(index % 2 ? one : two, email, password)).status, 200);
      }
      assert.equal(count(await onBoth(10, (app) => login(app, email, 'wrong')), 401), 10);
    });

    it('mail an address its share and no more', async () => {
      const from = { 'x-forwarded-for': '203.0.113.9' };
      const link = (app: TestPlatform) =>
        app.http.post('/api/v2/auth/magic-link/request', { email: 'stranger@example.org' }, from);
      const answers = await onBoth(24, link);
      assert.equal(count(answers, 429), 14, 'ten a minute of one address, in all');
    });

    it('judge nothing while the database does not count, and say when to come back', async () => {
      const { email, password } = await register(one);
      const connection = await one.services.db.rawConnection();
      await connection.query('begin; lock table core_counts in access exclusive mode');
      const answer = await login(two, email, password);
      await connection.query('rollback');
      await connection.end();
      assert.equal(answer.status, 503);
      assert.equal(answer.headers.get('retry-after'), '5');
      assert.equal((await login(two, email, password)).status, 200);
    });

    it('cost a sign-in so many statements, and a request without such a limit none', async () => {
      const { email, password, http } = await register(one);
      let statements = 0;
      one.services.db.write.on('query', ({ sql }: { sql: string }) => {
        if (sql.includes('core_counts')) statements++;
      });
      const costOf = async (work: () => Promise<Answer>) => {
        statements = 0;
        await work();
        return statements;
      };
      assert.equal(await costOf(() => login(one, email, 'wrong')), 3);
      assert.equal(await costOf(() => login(one, email, password)), 6);
      assert.equal(await costOf(() => http.get('/api/v2/users/me')), 0);
    });

    it('tell each of those that come together what it was at its turn', async () => {
      const count = { name: 'test.turns', key: 'a\u0000 key \ud800', windowMs: 400 };
      const [first, second] = [one.services.sharedCounts, two.services.sharedCounts];
      const all = [first, second].flatMap((counts) => [1, 2, 3].map(() => counts.add(count)));
      const told = (await Promise.all(all)).map(({ points }) => points);
      assert.deepEqual(told.toSorted(), [1, 2, 3, 4, 5, 6]);
      await second.takeBack(count, 100);
      assert.equal((await first.read(count))?.points, 0);
      await pause(450);
      assert.equal(await first.read(count), null);
      assert.equal((await second.add(count, 5)).points, 5);
      await pause(450);
      await first.prune();
      assert.deepEqual(await one.services.db.read('core_counts').where({ name: 'test.turns' }), []);
    });

    it('count in a transaction with what it does, or not at all', async () => {
      const { db, rateLimits } = one.services;
      const limit = { name: 'test.within', points: 1, windowSeconds: 60, shared: 'closed' } as const;
      const undone = db.transaction(async (trx) => {
        await rateLimits.consume(limit, 'x', 1, trx);
        throw new Error('undone');
      });
      await assert.rejects(undone, /undone/);
      await db.transaction((trx) => rateLimits.consume(limit, 'x', 1, trx));
      await assert.rejects(two.services.rateLimits.consume(limit, 'x'), { code: 'rate_limited' });
    });
  });
