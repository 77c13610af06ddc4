/** Two replicas that deliver straight: a domain gets no more mails in a minute than from one. */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';

if (testDatabase === 'pg')
  describe('mails to a domain of two replicas', () => {
    let one: TestPlatform;
    let two: TestPlatform;
    let handedOver = 0;
    before(async () => {
      const options = {
        plugins: { auth: authConfig, mail: { smtp: { port: 0 }, sending: { perMinutePerDomain: 4 } } },
        config: { mailer: { transport: 'mx', mx: { hostname: 'mail.example.com' } } },
      };
      one = await startPlatform(options);
      two = await startPlatform({
        ...options,
        database: one.services.coreConfig.database,
        dataDir: one.dataDir,
        clock: one.clock,
      });
      for (const { services } of [one, two])
        services.mailer.deliver = async () => {
          handedOver++;
          return { id: 'taken', isFinal: true } as never;
        };
      await one.http.bearer(ROOT_TOKEN).post('/api/create', { local: 'me' });
    });
    after(async () => {
      await two.platform.stop();
      await one.stop();
    });

    it('are those of one replica, and the others wait', async () => {
      const delivering = [one, two].map(({ services }) => services.delivering);
      const { db } = one.services;
      for (const app of [one, two]) await app.services.jobs.stop(1_000);
      for (let index = 0; index < 10; index++) {
        const mail = { from: 'me@example.com', to: `x${index}@else.example`, subject: 'x', text: 'x' };
        const answer = await one.http.bearer(ROOT_TOKEN).post('/api/send', mail);
        assert.equal(answer.status, 200, answer.text);
      }
      const rows = await db.read('mail_deliveries').orderBy('id');
      assert.equal(rows.length, 10);
      const { signal } = new AbortController();
      for (const [index, { id }] of rows.entries()) await delivering[index % 2]!.attempt(id, signal);
      const left = await db.read('mail_deliveries').where({ status: 'queued' });
      assert.deepEqual([handedOver, left.length], [4, 6]);
    });
  });
