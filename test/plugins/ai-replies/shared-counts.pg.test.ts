/** Two replicas on one PostgreSQL: what one has set aside of a budget, and whom it has found down, holds for the other. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { LLMock } from '@copilotkit/aimock';
import { manualClock } from '#core/clock.ts';
import { type Person, register } from '#test/support/accounts.ts';
import { freshDatabase, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { fakeModels, startAi } from './support.ts';

if (testDatabase === 'pg')
  describe('models of two replicas', () => {
    let mock: LLMock;
    let one: TestPlatform;
    let two: TestPlatform;
    let owner: Person;
    before(async () => {
      mock = await fakeModels();
      const house = { kind: 'openai-compatible', baseUrl: `${mock.url}/v1`, model: 'gpt-4o', apiKey: 'sk-house' };
      const options = { ai: { retries: 0, breaker: { failures: 3, seconds: 30 } }, database: await freshDatabase() };
      one = await startAi({ house }, options);
      const clock = manualClock(one.clock.now() + 5 * 60_000);
      two = await startAi({ house }, { ...options, dataDir: one.dataDir, clock });
      owner = await register(one);
    });
    after(async () => {
      await two.platform.stop();
      await one.stop();
      await mock.stop();
    });

    const settled = () => Promise.all([one, two].map(({ services }) => services.pendingWrites.settled()));

    it('do not overdraw a budget together', async () => {
      const budget = { kind: 'tenant', period: 'month', amount: 0.001 };
      assert.equal((await owner.http.post('/api/platform/ai/budgets', budget)).status, 201);
      const reserve = (index: number) =>
        (index % 2 ? one : two).services.budgets.reserve({ tenantId: owner.tenantId, purpose: 'reply' }, 250);
      const all = await Promise.allSettled(Array.from({ length: 20 }, (_, index) => reserve(index)));
      const given = all.filter((result) => result.status === 'fulfilled').map(({ value }) => value);
      // Who is refused has counted for a moment.
      assert.ok(given.length >= 1 && given.length <= 4, `${given.length} of 20`);
      await settled();
      for (const release of given) release();
      await settled();
      const again = [];
      for (let index = 0; index < 4; index++) again.push(await reserve(index));
      await assert.rejects(reserve(0), { code: 'budget_exceeded' });
      await assert.rejects(reserve(1), { code: 'budget_exceeded' });
      for (const release of again) release();
      await settled();
    });

    it('leave alone what has failed at both in a row, and tell of it once', async () => {
      const tenant = owner.tenantId;
      const told = await one.record(/^ai\.provider\.down$/);
      const ask = (app: TestPlatform, work: () => Promise<string>) =>
        app.services.breakers.run(tenant, 'house', new AbortController().signal, work);
      const fail = async (app: TestPlatform) => {
        await assert.rejects(ask(app, () => Promise.reject(new Error('down'))));
        await settled();
      };
      const mayAsk = () => [one, two].map(({ services }) => services.breakers.mayAsk(tenant, 'house'));
      await fail(one);
      await fail(two);
      await ask(one, async () => 'well');
      await settled();
      await pause(100);
      await fail(two);
      await fail(one);
      assert.deepEqual(mayAsk(), [true, true], 'an answer ends what was in a row');
      await fail(two);
      await pause(200);
      assert.deepEqual(mayAsk(), [false, false]);
      for (const { clock, services } of [one, two]) {
        const until = services.breakers.downUntil(tenant, 'house') ?? 0;
        assert.ok(until > clock.now() && until <= clock.now() + 30_000);
      }
      for (const { clock } of [one, two]) await clock.advance(31_000);
      assert.deepEqual(mayAsk(), [true, true]);
      await ask(two, async () => 'well');
      await settled();
      assert.equal((await told.all()).length, 1);
    });
  });
