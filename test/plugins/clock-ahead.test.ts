/** A clock that was ahead, for a minute or for longer, ends nothing that was paid for, and hides nothing afterwards. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { authConfig, type Person, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { startStripe } from '#test/support/stripe.ts';
import { BASE, EMAIL, made, proof } from './licensing/support.ts';

const DAY_MS = 24 * 3600_000;
const MINUTE_MS = 60_000;

describe('a clock that goes ahead', () => {
  let app: TestPlatform;
  let owner: Person;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: { defaultPlan: 'free' }, licensing: {} },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());
  beforeEach(async () => {
    owner = await register(app);
  });

  const again = async () => {
    owner.http = (await signIn(app, owner.email, owner.password)).http;
  };
  const issue = () => made(owner.http.post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL }));
  const verify = async (of: any) =>
    (await app.http.post('/api/verify', { ...proof(of), tenant_id: owner.tenantId })).body.code;
  const attention = async () =>
    (await (await signInAdmin(app)).http.get('/api/platform/attention')).body.items.map(({ id }: any) => id);

  for (const days of [1, 31, 375])
    it(`by ${days} days and comes back has ended nothing`, async () => {
      const licence = await issue();
      const wish = { plan_id: 'pro', billing_cycle: 'yearly' };
      const { session_id } = await made(owner.http.post('/api/v2/billing/checkout', wish), 200);
      await made((await signInAdmin(app)).http.post(`/api/platform/billing/checkouts/${session_id}/confirm`), 200);
      await app.services.usageMeters.consume(owner.tenantId, 'messages', 3);
      app.clock.jump(days * DAY_MS);
      await app.platform.cron.runDue();
      assert.ok((await attention()).includes('core.clockAhead'), 'operators see it');
      app.clock.jump(-days * DAY_MS);
      await app.platform.cron.runDue();
      await again();
      assert.equal(await verify(licence), 'SUCCESS');
      const { plan_id, status } = (await owner.http.get('/api/v2/billing/subscription')).body;
      assert.deepEqual([plan_id, status], ['pro', 'active']);
      assert.equal((await app.services.usage.level(owner.tenantId, 'messages')).used, 3);
      assert.ok(!(await attention()).includes('core.clockAhead'));
    });

  it('and stays is believed after a quarter of an hour', async () => {
    const { db } = app.services;
    const runs = async () => (await db.read('core_cron_runs').where({ job: 'billing.advance' })).length;
    await app.platform.cron.runDue();
    const before = await runs();
    app.clock.jump(3 * DAY_MS);
    await app.platform.cron.runDue();
    await app.clock.advance(5 * MINUTE_MS);
    await app.platform.cron.runDue();
    assert.equal(await runs(), before);
    await app.clock.advance(11 * MINUTE_MS);
    await app.platform.cron.runDue();
    assert.equal(await runs(), before + 1);
  });

  it('for long has marked licences that are good again when it is right', async () => {
    const licence = await issue();
    app.clock.jump(375 * DAY_MS);
    await app.platform.cron.runDue();
    await app.clock.advance(16 * MINUTE_MS);
    await app.platform.cron.runDue();
    const stored = async () =>
      (await app.services.db.read('licensing_licences').where({ license_id: licence.license_id }).first())?.status;
    assert.equal(await stored(), 'expired');
    app.clock.jump(-375 * DAY_MS);
    assert.equal(await verify(licence), 'SUCCESS');
    await app.clock.advance(DAY_MS);
    await app.platform.cron.runDue();
    assert.equal(await stored(), 'active');
  });
});

describe('a clock that is wrong for an hour', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: { defaultPlan: 'free' } },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());

  for (const [days, cycle] of [
    [375, 'yearly'],
    [368, 'yearly'],
    [33, 'monthly'],
  ] as const)
    it(`by ${days} days has renewed and ended what goes on when it is right (${cycle})`, async () => {
      const owner = await register(app);
      const { db, usageMeters, usage } = app.services;
      const row = async () => (await db.read('billing_subscriptions').where({ tenant_id: owner.tenantId }).first())!;
      const wish = { plan_id: 'pro', billing_cycle: cycle };
      const { session_id } = await made(owner.http.post('/api/v2/billing/checkout', wish), 200);
      await made((await signInAdmin(app)).http.post(`/api/platform/billing/checkouts/${session_id}/confirm`), 200);
      await usageMeters.consume(owner.tenantId, 'messages', 3);
      const before = await row();
      app.clock.jump(days * DAY_MS);
      for (let minutes = 0; minutes < 60; minutes += 16) {
        await app.platform.cron.runDue();
        await app.clock.advance(16 * MINUTE_MS);
      }
      await app.platform.cron.runDue();
      assert.notEqual((await row()).status, 'active');
      await usageMeters.consume(owner.tenantId, 'messages', 2);
      app.clock.jump(-days * DAY_MS);
      await app.platform.cron.runDue();
      await app.clock.advance(61 * MINUTE_MS);
      await app.platform.cron.runDue();
      const { moved_at, moves, updated_at, ...now } = await row();
      const { moved_at: _, moves: __, updated_at: ___, ...then } = before;
      assert.deepEqual(now, then);
      assert.equal((await usage.level(owner.tenantId, 'messages')).used, 3);
      const invoices = await db.read('billing_invoices').where({ tenant_id: owner.tenantId }).orderBy('id');
      assert.deepEqual(
        invoices.map(({ status }) => status),
        days === 375 ? ['paid'] : ['paid', 'void'],
      );
    });
});

describe('what a provider tells after a clock was ahead', () => {
  it('is heard, and asked for', async () => {
    const clock = manualClock(Date.now());
    const stripe = await startStripe(() => clock.now());
    const app = await startPlatform({
      clock,
      plugins: { auth: authConfig, billing: { provider: 'stripe', defaultPlan: 'free', stripe: stripe.config } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    const buy = async () => {
      const owner = await register(app);
      const { session_id } = (await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro' })).body;
      const subscription = stripe.pay(session_id);
      const event = stripe.event('checkout.session.completed', stripe.get('checkout_sessions', session_id));
      assert.equal((await stripe.send(app.http, event)).status, 200);
      const row = () => app.services.db.read('billing_subscriptions').where({ tenant_id: owner.tenantId }).first();
      return { subscription, row };
    };
    const [told, asked] = [await buy(), await buy()];
    const ahead = clock.now() + 200 * DAY_MS;
    await app.services.db.write('billing_subscriptions').update({ synced_at: ahead });
    Object.assign(told.subscription, { status: 'canceled' });
    const event = stripe.event('customer.subscription.deleted', told.subscription);
    assert.equal((await stripe.send(app.http, event)).status, 200);
    assert.equal((await told.row())?.status, 'canceled');
    Object.assign(asked.subscription, { status: 'canceled' });
    await clock.advance(2 * 3600_000);
    await app.platform.cron.runDue();
    assert.equal((await asked.row())?.status, 'canceled');
    // By a replica whose clock is two minutes ahead: nobody knows which state is the later one.
    const third = await buy();
    await app.services.db
      .write('billing_subscriptions')
      .where({ id: (await third.row())!.id })
      .update({ synced_at: clock.now() + 2 * MINUTE_MS });
    Object.assign(third.subscription, { status: 'canceled' });
    await stripe.send(app.http, stripe.event('customer.subscription.deleted', third.subscription));
    await clock.advance(5 * MINUTE_MS);
    await app.services.jobs.idle();
    assert.equal((await third.row())?.status, 'canceled');
    // Who owes since a time that has not come yet has the grace of seven days from now on.
    const owing = await buy();
    const since = clock.now() + 300 * DAY_MS;
    await app.services.db
      .write('billing_subscriptions')
      .where({ id: (await owing.row())!.id })
      .update({ status: 'past_due', past_due_since: since, synced_at: since });
    Object.assign(owing.subscription, { status: 'past_due' });
    await stripe.send(app.http, stripe.event('customer.subscription.updated', owing.subscription));
    assert.ok(Number((await owing.row())?.past_due_since) <= clock.now());
    await app.stop();
    await stripe.stop();
  });
});
