/** Jobs that gave up: kept for a while, and gone with whom they tell of. */
import assert from 'node:assert/strict';
import Type from 'typebox';
import { defineJob } from '#core/plugin.ts';
import { authConfig, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const DAY_MS = 24 * 3600_000;

describe('dead letters', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig }, config: { jobs: { keepDeadDays: 10 } } });
    app.declare({
      jobs: [
        defineJob({
          name: 'test.fails',
          summary: 'Fails at its first try, which is its last',
          payload: Type.Object({ about: Type.String() }),
          maxAttempts: 1,
          run: () => Promise.reject(new Error('for good')),
        }),
      ],
    });
  });
  after(() => app.stop());

  async function fails(about: string, lane = ''): Promise<void> {
    const { db, jobs } = app.services;
    await db.transaction((trx) => jobs.enqueue(trx, 'test.fails', { about }, { lane }));
    await jobs.idle();
  }

  /** What they are about. */
  async function dead(): Promise<string[]> {
    const rows = await app.services.db.read('core_jobs').where({ name: 'test.fails', state: 'dead' }).orderBy('id');
    return rows.map(({ payload }) => JSON.parse(payload).about);
  }

  it('are deleted days after they have failed', async () => {
    await fails('the first');
    await app.clock.advance(6 * DAY_MS);
    await app.platform.cron.runDue();
    await fails('the second');
    assert.deepEqual(await dead(), ['the first', 'the second']);
    await app.clock.advance(5 * DAY_MS);
    await app.platform.cron.runDue();
    assert.deepEqual(await dead(), ['the second']);
    await app.clock.advance(6 * DAY_MS);
    await app.platform.cron.runDue();
    assert.deepEqual(await dead(), []);
  });

  it('are deleted with their tenant, and so is what fails for the last time after it', async () => {
    const [ada, bob] = [await register(app), await register(app)];
    await fails('somebody', ada.tenantId);
    await fails(`the tenant ${ada.tenantId}`);
    await fails(`the person ${ada.id}`, bob.tenantId);
    await fails('another', bob.tenantId);
    assert.equal((await ada.http.delete('/api/v2/users/me', { password: ada.password })).status, 204);
    await app.services.jobs.idle();
    await fails(`late, of ${ada.tenantId}`);
    await app.clock.advance(DAY_MS);
    await app.platform.cron.runDue();
    assert.deepEqual(await dead(), ['another']);
  });
});
