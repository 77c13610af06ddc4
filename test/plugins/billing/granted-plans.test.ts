/** What an administrator and other plugins do: plans that are given, counts inside transactions, refusals that say why. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('plans that are given, and counts', () => {
  let app: TestPlatform;
  let owner: Person;
  before(async () => {
    // Far from the end of a month: a day later is the same month.
    const clock = manualClock(Date.parse('2027-03-10T12:00:00Z'));
    app = await startPlatform({ clock, plugins: { auth: authConfig, billing: {} } });
    owner = await register(app);
  });
  after(() => app.stop());

  const assign = async (plan_id: string) =>
    (await signInAdmin(app)).http.post(`/api/platform/billing/tenants/${owner.tenantId}/plan`, { plan_id });
  const mine = async () => (await owner.http.get('/api/v2/billing/subscription')).body;

  it('puts a tenant on a plan for nothing, by a super-admin alone, for ever', async () => {
    const own = await owner.http.post(`/api/platform/billing/tenants/${owner.tenantId}/plan`, { plan_id: 'business' });
    assert.equal(own.status, 403);
    const answer = await assign('pro');
    assert.deepEqual([answer.status, answer.body.plan_id], [200, 'pro'], answer.text);
    assert.equal(answer.body.effective.max_messages_per_month, 5000);
    assert.deepEqual([(await mine()).plan_id, (await mine()).status], ['pro', 'active']);
    const end = Date.parse((await mine()).current_period_end);
    await app.clock.advance(end - app.clock.now() + 1000);
    await app.platform.cron.runDue();
    const { plan, status } = await app.services.entitlements.fresh(owner.tenantId);
    assert.deepEqual([plan.plan_id, status], ['pro', 'active']);
    assert.equal((await app.services.db.read('billing_invoices')).length, 0);
    const audited = await (await signInAdmin(app)).http.get('/api/v2/admin/audit-logs?action=plan.assigned');
    assert.equal(audited.body.total, 1);
    assert.equal((await assign('nothing')).status, 404);
  });

  it('counts exactly when the transaction of the caller commits', async () => {
    const { db, usageMeters: usage } = app.services;
    const { tenantId } = owner;
    await usage.consume(tenantId, 'messages', 10);
    const boom = db.transaction(async (trx) => {
      assert.equal((await usage.consume(tenantId, 'messages', 5, { trx })).used, 15);
      assert.equal((await usage.consume(tenantId, 'messages', 5, { trx, idempotencyKey: 'x' })).used, 20);
      throw new Error('code_taken');
    });
    await assert.rejects(boom, /code_taken/);
    assert.equal((await usage.peek(tenantId, 'messages')).used, 10);
    await db.transaction((trx) => usage.consume(tenantId, 'messages', 5, { trx, idempotencyKey: 'x' }));
    assert.equal((await usage.consume(tenantId, 'messages', 1)).used, 16, 'also for who counts by what is remembered');
    const over = db.transaction((trx) => usage.consume(tenantId, 'messages', 5000, { trx }));
    await assert.rejects(over, { code: 'limit_exceeded' });
    const [one, two] = await Promise.all([
      db.transaction((trx) => usage.consume(tenantId, 'messages', 1, { trx })),
      usage.consume(tenantId, 'messages', 1),
    ]);
    assert.deepEqual([one.used, two.used].sort(), [17, 18]);
  });

  it('gives a month’s count back, and shows no day below nothing', async () => {
    const { usageMeters: usage, usageFigures } = app.services;
    const other = await register(app);
    await usage.consume(other.tenantId, 'messages', 3);
    await app.clock.advance(24 * 3600_000);
    assert.equal((await usage.takeBack(other.tenantId, 'messages', 2)).used, 1);
    assert.equal((await usage.takeBack(other.tenantId, 'messages', 5)).used, 0);
    const days = await usageFigures.daily(other.tenantId);
    assert.ok(days.every((day) => (day.usage.messages ?? 0) >= 0));
    await assert.rejects(usage.set(other.tenantId, 'messages', 2), { code: 'wrong_meter' });
  });

  it('refuses too many requests with the name of the limit', async () => {
    owner = await register(app);
    await assign('free');
    let refused = await owner.http.get('/api/v2/billing/subscription');
    for (let index = 0; index < 10; index++) refused = await owner.http.get('/api/v2/billing/subscription');
    assert.equal(refused.status, 429);
    assert.match(refused.text, /limit of your plan is reached: 10 requests a minute/);
  });

  it('takes an account back whose checkout could not begin, so that the next try can make it', async () => {
    const { paymentProviders, accounts } = app.services;
    const manual = paymentProviders.named('manual');
    const { checkout } = manual;
    manual.checkout = async () => Promise.reject(new Error('no answer'));
    const wish = { email: 'late@example.org', password: 'a long one 42', plan_id: 'pro' };
    assert.equal((await app.http.post('/api/v2/billing/signup-checkout', wish)).status, 500);
    manual.checkout = checkout;
    assert.equal(await accounts.byIdentifier(wish.email), null);
    const answer = await app.http.post('/api/v2/billing/signup-checkout', wish);
    assert.equal(answer.status, 200, answer.text);
  });
});
