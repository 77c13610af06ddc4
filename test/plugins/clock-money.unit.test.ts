/**
 * A clock that is set wrong in the middle of buying, counting and using licences, by an hour, a day and a year, both ways, and
 * put right again: what was paid for goes on, and nothing is counted twice.
 */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, EMAIL, made, proof } from './licensing/support.ts';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;
const SIZES = { 'an hour': HOUR_MS, 'a day': DAY_MS, 'more than a year': 380 * DAY_MS };

describe('a clock that is wrong in the middle of', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: { defaultPlan: 'free' }, licensing: {} },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());

  const again = async ({ email, password }: Person): Promise<Client> => (await signIn(app, email, password)).http;
  const admin = async (): Promise<Client> => (await signInAdmin(app)).http;
  const begin = async (who: Person): Promise<string> => {
    const wish = { plan_id: 'pro', billing_cycle: 'yearly' };
    return (await made((await again(who)).post('/api/v2/billing/checkout', wish), 200)).session_id;
  };
  const confirm = async (session: string) =>
    made((await admin()).post(`/api/platform/billing/checkouts/${session}/confirm`), 200);
  const issue = async (who: Person, wish: object = {}) =>
    made((await again(who)).post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL, ...wish }));
  const verify = async (who: Person, licence: any, device_id: string) =>
    (await app.http.post('/api/verify', { ...proof(licence), tenant_id: who.tenantId, device_id })).body.code;
  const standing = async (who: Person) => {
    const { plan_id, status } = (await (await again(who)).get('/api/v2/billing/subscription')).body;
    return [plan_id, status];
  };
  /** Whatever cron would have done within some minutes, or within half an hour of a clock that keeps its time. */
  const runs = async (minutes: number) => {
    for (let passed = 0; passed < minutes; passed += 16) {
      await app.platform.cron.runDue();
      await app.services.jobs.idle();
      await app.clock.advance(16 * MINUTE_MS);
    }
    await app.platform.cron.runDue();
    await app.services.jobs.idle();
  };

  for (const [what, size] of Object.entries(SIZES))
    for (const step of [size, -size])
      for (const minutes of [0, 32])
        it(`buying, counting and using licences, ${what} ${step > 0 ? 'ahead' : 'back'} for ${minutes} minutes`, async () => {
          const { usageMeters, usage, db } = app.services;
          const [one, other] = [await register(app), await register(app)];
          await confirm(await begin(one));
          const waiting = await begin(other);
          const [licence, forEver] = [await issue(one), await issue(one, { plan: 'lifetime' })];
          assert.equal(await verify(one, licence, 'before'), 'SUCCESS');
          await usageMeters.consume(one.tenantId, 'messages', 3, { idempotencyKey: `before ${one.id}` });
          const { limit: paidFor } = await usage.level(one.tenantId, 'messages');
          await app.platform.cron.runDue();

          app.clock.jump(step);
          await app.services.entitlements.fresh(one.tenantId);
          await verify(one, licence, 'during');
          assert.equal(await verify(one, forEver, 'during'), 'SUCCESS');
          for (let times = 0; times < 2; times++)
            await usageMeters.consume(one.tenantId, 'messages', 2, { idempotencyKey: `during ${one.id}` });
          await runs(minutes);
          app.clock.jump(-step);
          await runs(64);

          const { limit } = await usage.level(one.tenantId, 'messages');
          assert.equal(limit, paidFor, 'what was looked up meanwhile is not remembered');
          assert.deepEqual(await standing(one), ['pro', 'active']);
          // The money of who ordered before comes after all. A clock that was believed has deleted what was over for long.
          const isThere = await db.read('billing_checkouts').where({ session_id: waiting }).first('id');
          assert.equal(isThere === undefined, step > 90 * DAY_MS && minutes > 15);
          await confirm(isThere ? waiting : await begin(other));
          assert.deepEqual(await standing(other), ['pro', 'active']);
          for (const device of ['before', 'during', 'after'])
            assert.equal(await verify(one, licence, device), 'SUCCESS', device);
          await usageMeters.consume(one.tenantId, 'messages', 1, { idempotencyKey: `after ${one.id}` });
          const { used } = await usage.level(one.tenantId, 'messages');
          const all = db.read('billing_usage').where({ tenant_id: one.tenantId, meter: 'messages' });
          const counted = [...(await all), ...(await all.clone().from('billing_usage_history'))];
          const sum = counted.reduce((total, row) => total + Number(row.used), 0);
          assert.equal(sum, 6, 'each counted once');
          // By the clock of that moment it may have been another month.
          assert.ok([4, 6].includes(used), `${used}`);
          const invoices = await db.read('billing_invoices').where({ tenant_id: one.tenantId });
          assert.deepEqual(
            invoices.filter(({ status }) => status !== 'void').map(({ status }) => status),
            ['paid'],
          );
        });

  it('waiting for money: the order can be paid when the clock is right', async () => {
    const owner = await register(app);
    const waiting = await begin(owner);
    app.clock.jump(10 * DAY_MS);
    await runs(32);
    assert.equal((await (await admin()).post(`/api/platform/billing/checkouts/${waiting}/confirm`)).status, 409);
    app.clock.jump(-10 * DAY_MS);
    await runs(64);
    await confirm(waiting);
    assert.deepEqual(await standing(owner), ['pro', 'active']);
  });

  it('everything is told to operators, whichever way it went', async () => {
    const seen = async () =>
      (await (await admin()).get('/api/platform/attention')).body.items.map(({ id }: any) => id).sort();
    // People depend on a server that only writes to its log.
    const MAIL = 'auth.cannotSendMail';
    assert.deepEqual(await seen(), [MAIL]);
    app.clock.jump(-DAY_MS);
    assert.deepEqual(await seen(), [MAIL, 'core.clockBack']);
    app.clock.jump(DAY_MS);
    assert.deepEqual(await seen(), [MAIL]);
    app.clock.jump(-DAY_MS);
    await app.platform.cron.runDue();
    await app.clock.advance(16 * MINUTE_MS);
    assert.deepEqual(await seen(), [MAIL], 'it has kept its time');
    app.clock.jump(DAY_MS);
    assert.deepEqual(await seen(), [MAIL, 'core.clockAhead']);
  });
});
