/** What was paid stays worth something: over changes of plan, cycle and provider; and coupons and grace are no more than they say. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const DAY_MS = 24 * 3600_000;

describe('what was paid', () => {
  let app: TestPlatform;
  let owner: Person;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: { defaultPlan: 'free' } },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());
  beforeEach(async () => {
    owner = await register(app);
  });

  const admin = async () => (await signInAdmin(app)).http;
  const pass = async (ms: number): Promise<void> => {
    await app.clock.advance(ms);
    await app.platform.cron.runDue();
    owner.http = (await signIn(app, owner.email, owner.password)).http;
  };
  const checkout = async (wish: object) => {
    const answer = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'business', ...wish });
    assert.equal(answer.status, 200, answer.text);
    return answer.body.session_id as string;
  };
  const confirm = async (session: string) => (await admin()).post(`/api/platform/billing/checkouts/${session}/confirm`);
  const buy = async (wish: object = {}) => {
    const answer = await confirm(await checkout(wish));
    assert.equal(answer.status, 200, answer.text);
  };
  const change = (wish: object) => owner.http.post('/api/platform/billing/subscription/change', wish);
  const row = async () =>
    (await app.services.db.read('billing_subscriptions').where({ tenant_id: owner.tenantId }).first())!;
  const invoices = async () => (await owner.http.get('/api/platform/billing/invoices')).body.items;
  const coupon = async (wish: object) => {
    const answer = await (await admin()).post('/api/platform/billing/coupons', wish);
    assert.equal(answer.status, 201, answer.text);
    return `/api/platform/billing/coupons/${answer.body.id}`;
  };

  it('comes back as credit, with a document, when a free plan is chosen instead at once', async () => {
    await buy({ billing_cycle: 'yearly' });
    const answer = await change({ plan_id: 'free', when: 'now' });
    assert.equal(answer.body.subscription.plan_id, 'free');
    assert.ok(Math.abs(Number((await row()).credit) - 49_900) <= 1);
    const [document] = await invoices();
    assert.deepEqual([document.status, document.total, document.credit], ['paid', 0, document.subtotal]);
    assert.match(document.lines[0].description, /unused time/);
  });

  it('has a document also when a cheaper plan gives credit', async () => {
    await buy({ billing_cycle: 'yearly' });
    await change({ plan_id: 'starter', billing_cycle: 'yearly', when: 'now' });
    const [document, paid] = await invoices();
    assert.deepEqual([paid.total, document.total], [499, 0]);
    assert.ok(Math.abs(document.credit + Number((await row()).credit) / 100) < 0.01);
  });

  it('for a change of cycle pays from the day on which it was counted, however late it is confirmed', async () => {
    await buy({ billing_cycle: 'monthly' });
    const asked = app.clock.now();
    const { session_id } = (await change({ plan_id: 'business', billing_cycle: 'yearly', when: 'now' })).body.checkout;
    await pass(6.9 * DAY_MS);
    assert.equal((await confirm(session_id)).status, 200);
    const { period_start, period_end } = await row();
    assert.ok(Math.abs(Number(period_start) - asked) < 2000);
    assert.equal(new Date(Number(period_end)).getUTCFullYear(), new Date(asked).getUTCFullYear() + 1);
  });

  it('is not lost when it is confirmed at the moment at which a free plan is chosen', async () => {
    const { currentPlans } = app.services;
    const wish = { plan_id: 'community', display_name: 'Community', price_monthly: 0, price_yearly: 0 };
    assert.equal((await (await admin()).post('/api/v2/admin/plans', { ...wish, is_public: true })).status, 201);
    const session = await checkout({});
    const { of } = currentPlans;
    currentPlans.of = async (tenantId) => {
      currentPlans.of = of;
      const found = await of(tenantId);
      assert.equal((await confirm(session)).status, 200);
      return found;
    };
    const early = await change({ plan_id: 'community' });
    assert.deepEqual([early.status, early.body.code], [409, 'subscription_changed'], early.text);
    // Who still wants it has the rest as credit.
    assert.equal((await change({ plan_id: 'community' })).status, 200);
    assert.ok(Number((await row()).credit) > 0);
  });

  it('is enough when nothing is left to pay: nobody waits for a confirmation of nothing', async () => {
    await coupon({ code: 'GIFT', percent_off: 100, duration: 'once' });
    await checkout({ coupon: 'GIFT' });
    const mine = (await owner.http.get('/api/v2/billing/subscription')).body;
    assert.deepEqual([mine.plan_id, mine.status], ['business', 'active']);
    assert.deepEqual([(await invoices())[0].total, (await invoices())[0].status], [0, 'paid']);
  });

  it('with a coupon for a month is less for one month, also of a second subscription', async () => {
    const path = await coupon({ code: 'MONTH', percent_off: 50, duration: 'repeating', duration_in_months: 1 });
    await buy({ coupon: 'MONTH' });
    await pass(27 * DAY_MS);
    await owner.http.post('/api/v2/billing/cancel', { immediately: true });
    const refused = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'business', coupon: 'MONTH' });
    assert.deepEqual([refused.status, refused.body.code], [422, 'coupon_not_valid']);
    assert.equal((await (await admin()).get(path)).body.times_redeemed, 1);
  });

  it('with a coupon for three months is less for three, counted over subscriptions and renewals', async () => {
    const path = await coupon({ code: 'THREE', percent_off: 50, duration: 'repeating', duration_in_months: 3 });
    await buy({ coupon: 'THREE' });
    await owner.http.post('/api/v2/billing/cancel', { immediately: true });
    await buy({ coupon: 'THREE' });
    for (const expected of [24.95, 0]) {
      await pass(Number((await row()).period_end) - app.clock.now());
      const [invoice] = await invoices();
      assert.equal(invoice.discount, expected);
      await (await admin()).post(`/api/platform/billing/invoices/${invoice.number}/confirm`);
    }
    assert.equal((await (await admin()).get(path)).body.times_redeemed, 1, 'one tenant is one redemption');
    const yearly = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro', coupon: 'THREE' });
    assert.equal(yearly.body.code, 'coupon_not_valid');
  });

  it('for a period that ended long ago does not come back for a week after an outage', async () => {
    await buy();
    // Nobody was there to renew it: the whole server stood still.
    await app.services.db
      .write('billing_subscriptions')
      .where({ tenant_id: owner.tenantId })
      .update({ period_end: app.clock.now() - 9 * DAY_MS });
    const status = async () => (await owner.http.get('/api/v2/billing/subscription')).body.status;
    assert.equal(await status(), 'canceled');
    await app.services.subscriptionTimes.advanceSome(200);
    assert.equal(await status(), 'canceled');
    assert.equal((await row()).status, 'canceled');
  });

  it('for a month ends its grace a week after the month, whenever the renewal ran', async () => {
    await buy();
    const end = Number((await row()).period_end);
    await app.clock.advance(end - app.clock.now() + 3 * DAY_MS);
    await app.platform.cron.runDue();
    assert.deepEqual([(await row()).status, Number((await row()).past_due_since)], ['past_due', end]);
  });

  it('by one tenant is not kept from being renewed by another whose row is broken', async () => {
    await buy();
    const broken = owner;
    owner = await register(app);
    await buy();
    const { events } = app.services;
    const { emit } = events;
    events.emit = (async (trx: any, type: any, data: any, options: any) => {
      if (data.tenant_id === broken.tenantId) throw new Error('poisoned');
      return emit(trx, type, data, options);
    }) as typeof emit;
    await app.services.db
      .write('billing_subscriptions')
      .whereIn('tenant_id', [broken.tenantId, owner.tenantId])
      .update({ period_end: app.clock.now() - DAY_MS });
    try {
      await assert.rejects(app.services.subscriptionTimes.advanceSome(1), /1 of 2 failed/);
    } finally {
      events.emit = emit;
    }
    assert.equal((await row()).status, 'past_due');
    owner = broken;
    assert.equal((await row()).status, 'active');
    await app.services.subscriptionTimes.advanceSome(1);
    assert.equal((await row()).status, 'past_due');
  });
});
