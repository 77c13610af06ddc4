/** Who is erased, or fell for not paying, pays no more: at the provider neither. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { authConfig, type Person, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type FakeStripe, startStripe } from '#test/support/stripe.ts';

const DAY_MS = 24 * 3600_000;

describe('a subscription that is over here', () => {
  let app: TestPlatform;
  let stripe: FakeStripe;
  let owner: Person;
  before(async () => {
    const clock = manualClock(Date.now());
    stripe = await startStripe(() => clock.now());
    app = await startPlatform({
      clock,
      plugins: { auth: authConfig, billing: { provider: 'stripe', defaultPlan: 'free', stripe: stripe.config } },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(async () => {
    await app.stop();
    await stripe.stop();
  });
  beforeEach(async () => {
    owner = await register(app);
  });

  const again = async () => {
    owner.http = (await signIn(app, owner.email, owner.password)).http;
  };
  const tell = async (type: string, object: object) => {
    const answer = await stripe.send(app.http, stripe.event(type, object));
    assert.equal(answer.status, 200, answer.text);
  };
  const checkout = async () =>
    (await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro' })).body.session_id as string;
  const pay = async (session: string) => {
    const subscription = stripe.pay(session);
    await tell('checkout.session.completed', stripe.get('checkout_sessions', session));
    return subscription;
  };
  const fall = async () => {
    const subscription = await pay(await checkout());
    stripe.renew(subscription.id, 'failed');
    await tell('customer.subscription.updated', subscription);
    await app.clock.advance(8 * DAY_MS);
    await app.platform.cron.runDue();
    await again();
    assert.equal((await owner.http.get('/api/v2/billing/subscription')).body.status, 'canceled');
    return subscription;
  };
  const erase = async () => {
    const { http } = await signInAdmin(app);
    assert.equal((await http.delete(`/api/v2/admin/tenants/${owner.tenantId}`)).status, 204);
    await app.services.jobs.idle();
  };

  it('is ended at the provider when its tenant is erased, also when it fell before', async () => {
    const subscription = await fall();
    await erase();
    assert.equal(subscription.status, 'canceled');
  });

  it('can still be cancelled by its customer while it goes on at the provider', async () => {
    const subscription = await fall();
    const answer = await owner.http.post('/api/v2/billing/cancel', {});
    assert.deepEqual([answer.status, subscription.status], [200, 'canceled']);
    assert.equal((await owner.http.post('/api/v2/billing/cancel', {})).body.code, 'no_subscription');
  });

  it('is asked about until the provider says that it has ended', async () => {
    const subscription = await fall();
    stripe.renew(subscription.id, 'paid');
    await app.clock.advance(2 * DAY_MS);
    await app.platform.cron.runDue();
    await again();
    assert.equal((await owner.http.get('/api/v2/billing/subscription')).body.status, 'active', 'nobody told of it');
    Object.assign(subscription, { status: 'canceled' });
    await tell('customer.subscription.deleted', subscription);
    const before = stripe.requests.length;
    await app.clock.advance(2 * DAY_MS);
    await app.platform.cron.runDue();
    assert.equal(stripe.requests.slice(before).filter(({ path }) => path.includes(subscription.id)).length, 0);
  });

  it('cannot be paid any more in a page that was open', async () => {
    const session = await checkout();
    await erase();
    assert.equal(stripe.get('checkout_sessions', session).status, 'expired');
  });

  it('is ended and paid back when it was paid all the same', async () => {
    const session = await checkout();
    const subscription = stripe.pay(session);
    await erase();
    const invoice = Object.assign(stripe.invoice(subscription.id), { status: 'paid', subscription: subscription.id });
    const payment = { type: 'payment_intent', payment_intent: 'pi_late' };
    stripe.put('invoice_payments', { id: 'inpay_late', invoice: invoice.id, status: 'paid', payment });
    await tell('checkout.session.completed', stripe.get('checkout_sessions', session));
    assert.equal(subscription.status, 'canceled');
    assert.deepEqual(
      stripe.things('refunds').map(({ payment_intent }) => payment_intent),
      ['pi_late'],
    );
    assert.equal((await app.services.db.read('billing_subscriptions').where({ tenant_id: owner.tenantId })).length, 0);
  });

  it('is left alone when it belongs to another server with the same account at the provider', async () => {
    const subscription = await pay(await checkout());
    subscription.metadata = { tenant_id: '00000000-0000-4000-8000-000000000000' };
    const other = stripe.put('subscriptions', { ...structuredClone(subscription), id: 'sub_elsewhere' });
    await tell('customer.subscription.updated', other);
    assert.equal(other.status, 'active');
  });

  it('leaves no trace of its tenant but invoices without a name', async () => {
    await pay(await checkout());
    await app.services.usageMeters.consume(owner.tenantId, 'messages', 3);
    await erase();
    const { db } = app.services;
    const tables = [
      ...(['billing_subscriptions', 'billing_overrides', 'billing_checkouts', 'billing_redemptions'] as const),
      ...(['billing_usage', 'billing_usage_daily', 'billing_usage_history', 'billing_usage_keys'] as const),
    ];
    for (const table of tables)
      assert.equal((await db.read(table).where({ tenant_id: owner.tenantId })).length, 0, table);
    const jobs = await db.read('core_jobs').where('payload', 'like', `%${owner.tenantId}%`);
    assert.deepEqual(jobs, []);
    const erased = await db.read('billing_erased_tenants');
    assert.ok(!JSON.stringify(erased).includes(owner.tenantId));
  });

  it('is ended at the provider however long that is down, and gone here at once', async () => {
    const subscription = await pay(await checkout());
    const provider = app.services.paymentProviders.named('stripe');
    const { fetchSubscription } = provider;
    provider.fetchSubscription = () => Promise.reject(new Error('down'));
    await erase();
    const { db } = app.services;
    for (const table of ['billing_subscriptions', 'billing_checkouts'] as const)
      assert.equal((await db.read(table).where({ tenant_id: owner.tenantId })).length, 0, table);
    for (let hour = 0; hour < 30; hour++) {
      await app.clock.advance(1.25 * 3600_000);
      await app.services.jobs.idle();
    }
    assert.equal(subscription.status, 'active');
    const waiting = (await (await signInAdmin(app)).http.get('/api/platform/attention')).body.items;
    assert.ok(
      waiting.some(({ id }: { id: string }) => id === 'core.stuckJobs'),
      'operators see it',
    );
    provider.fetchSubscription = fetchSubscription;
    await app.clock.advance(1.25 * 3600_000);
    await app.services.jobs.idle();
    assert.equal(subscription.status, 'canceled');
  });

  it('is ended by reconciling when its erasure never came here', async () => {
    const subscription = await pay(await checkout());
    const { db } = app.services;
    const { id } = (await db.read('auth_tenants').where({ uuid: owner.tenantId }).first('id'))!;
    await db.transaction(async (trx) => {
      await trx('auth_users').where({ tenant_id: id }).delete();
      await trx('auth_tenants').where({ id }).delete();
    });
    await app.clock.advance(2 * DAY_MS);
    await app.platform.cron.runDue();
    await app.services.jobs.idle();
    assert.equal(subscription.status, 'canceled');
    assert.equal((await db.read('billing_subscriptions').where({ tenant_id: owner.tenantId })).length, 0);
  });
});
