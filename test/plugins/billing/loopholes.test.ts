/** Ways to get more than was paid for, each of them closed: by waiting, by asking twice, by coupons and by other currencies. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { firstDayOf } from './support.ts';

const DAY_MS = 24 * 3600_000;

describe('what somebody may try to pay less', () => {
  let app: TestPlatform;
  let owner: Person;
  let firstDay: () => Promise<void>;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: { defaultPlan: 'free' } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    firstDay = await firstDayOf(app);
  });
  after(() => app.stop());
  beforeEach(async () => {
    owner = await register(app);
  });
  afterEach(() => firstDay());

  const admin = async (): Promise<Client> => (await signInAdmin(app)).http;
  const again = async (): Promise<void> => {
    const answer = await app.http.post('/api/v2/auth/login', { email: owner.email, password: owner.password });
    owner.http = app.http.bearer(answer.body.access_token);
  };
  const pass = async (ms: number): Promise<void> => {
    await app.clock.advance(ms);
    await app.platform.cron.runDue();
    await again();
  };
  const checkout = async (wish: object): Promise<string> => {
    const answer = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'starter', ...wish });
    assert.equal(answer.status, 200, answer.text);
    return answer.body.session_id;
  };
  const confirm = async (session: string) => (await admin()).post(`/api/platform/billing/checkouts/${session}/confirm`);
  const buy = async (wish: object = {}): Promise<void> => {
    const answer = await confirm(await checkout(wish));
    assert.equal(answer.status, 200, answer.text);
  };
  const change = (wish: object) => owner.http.post('/api/platform/billing/subscription/change', wish);
  const subscription = async () => (await owner.http.get('/api/v2/billing/subscription')).body;
  const row = async () => app.services.db.read('billing_subscriptions').where({ tenant_id: owner.tenantId }).first();
  const invoices = async () => (await owner.http.get('/api/platform/billing/invoices')).body.items;
  const untilEnd = async () => Date.parse((await subscription()).current_period_end) - app.clock.now();

  it('does not keep a dearer plan that was only wished for, after a trial or after grace', async () => {
    await (await admin()).patch('/api/v2/admin/plans/starter', { trial_days: 14 });
    await checkout({});
    assert.equal((await subscription()).status, 'trialing');
    assert.equal((await change({ plan_id: 'business', when: 'period_end' })).status, 200);
    await app.clock.advance(15 * DAY_MS);
    await again();
    assert.deepEqual([(await subscription()).plan_id, (await subscription()).status], ['free', 'canceled']);
    await app.platform.cron.runDue();
    assert.deepEqual([(await subscription()).plan_id, (await subscription()).status], ['free', 'canceled']);

    await buy();
    await pass(await untilEnd());
    assert.equal((await subscription()).status, 'past_due');
    await change({ plan_id: 'business', when: 'period_end' });
    await pass(8 * DAY_MS);
    assert.deepEqual([(await subscription()).plan_id, (await subscription()).status], ['free', 'canceled']);
  });

  it('does not give a whole period for the price of the last hour of one', async () => {
    await buy();
    await pass((await untilEnd()) - 3600_000);
    const answer = await change({ plan_id: 'business', when: 'now' });
    const { session_id } = answer.body.checkout;
    await app.clock.advance(3600_000);
    await again();
    const late = await confirm(session_id);
    assert.deepEqual([late.status, late.body.code], [409, 'checkout_outdated'], 'before the renewal');
    await app.platform.cron.runDue();
    assert.equal((await confirm(session_id)).body.code, 'checkout_outdated', 'and after it');
    const [renewal] = await invoices();
    assert.deepEqual([(await subscription()).plan_id, renewal.status, renewal.total], ['starter', 'open', 9.9]);
  });

  it('does not begin a new period while the last one is owed for, before and after its invoice', async () => {
    await buy();
    await pass((await untilEnd()) - 3600_000);
    const yearly = await checkout({ billing_cycle: 'yearly' });
    const { subscriptionTimes } = app.services;
    const { advanceSome } = subscriptionTimes;
    subscriptionTimes.advanceSome = async () => 0;
    await app.clock.advance(await untilEnd());
    await again();
    const wish = { plan_id: 'starter' };
    const early = await owner.http.post('/api/v2/billing/checkout', wish);
    assert.deepEqual([early.status, early.body.code, early.body.invoice], [409, 'invoice_open', null]);
    assert.equal((await confirm(yearly)).body.code, 'checkout_outdated');
    subscriptionTimes.advanceSome = advanceSome;
    await pass(6 * DAY_MS);
    const [{ number, status }] = await invoices();
    assert.equal(status, 'open');
    for (const plan_id of ['starter', 'business']) {
      const refused = await owner.http.post('/api/v2/billing/checkout', { ...wish, plan_id });
      assert.deepEqual([refused.status, refused.body.code, refused.body.invoice], [409, 'invoice_open', number]);
      const page = new URL(refused.body.payment_url);
      assert.match((await app.http.get(`${page.pathname}${page.search}`)).text, new RegExp(number));
    }
    assert.equal((await change({ plan_id: 'business', when: 'now' })).body.code, 'invoice_open');
    const { period_start } = (await row()) ?? {};
    await (await admin()).post(`/api/platform/billing/invoices/${number}/confirm`);
    assert.deepEqual([(await subscription()).status, (await row())?.period_start], ['active', period_start]);
  });

  it('takes the money of one of two checkouts, and begins one period', async () => {
    const [one, two] = [await checkout({}), await checkout({})];
    assert.equal((await confirm(one)).status, 200);
    const bought = await row();
    await app.clock.advance(60_000);
    assert.equal((await confirm(two)).body.code, 'checkout_outdated');
    assert.deepEqual(await row(), bought);
    assert.equal((await invoices()).length, 1);
  });

  it('gives back what was paid, not what it would have cost without a coupon', async () => {
    const wish = { code: 'half', percent_off: 50, duration: 'once' };
    assert.equal((await (await admin()).post('/api/platform/billing/coupons', wish)).status, 201);
    await buy({ plan_id: 'business', billing_cycle: 'yearly', coupon: 'half' });
    const [{ total }] = await invoices();
    assert.equal((await change({ plan_id: 'starter', billing_cycle: 'yearly', when: 'now' })).body.checkout, null);
    const { credit, price } = (await row()) ?? { credit: 0, price: 0 };
    const paid = Math.round(total * 100);
    assert.ok(Math.abs(Number(credit) + Number(price) - paid) <= 1, `${credit} and ${price} of ${paid}`);
    await owner.http.post('/api/v2/billing/cancel', {});
    const back = await change({ plan_id: 'starter', billing_cycle: 'yearly' });
    assert.deepEqual([back.status, back.body.checkout], [200, null], 'taking back a cancellation costs nothing');
  });

  it('takes a coupon for one payment once from each tenant, also when two checkouts carry it', async () => {
    const wish = { code: 'first', percent_off: 50, duration: 'once' };
    const { id } = (await (await admin()).post('/api/platform/billing/coupons', wish)).body;
    const [one, two] = [await checkout({ coupon: 'first' }), await checkout({ coupon: 'first' })];
    assert.equal((await confirm(one)).status, 200);
    assert.equal((await confirm(two)).body.code, 'coupon_not_valid');
    await owner.http.post('/api/v2/billing/cancel', { immediately: true });
    const again = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'starter', coupon: 'FIRST' });
    assert.deepEqual([again.status, again.body.code], [422, 'coupon_not_valid']);
    const changed = await change({ plan_id: 'business', coupon: 'first' });
    assert.notEqual(changed.status, 200);
    owner = await register(app);
    await buy({ coupon: 'first' });
    assert.equal((await (await admin()).get(`/api/platform/billing/coupons/${id}`)).body.times_redeemed, 2);
  });

  it('does not count one currency against another', async () => {
    const http = await admin();
    const yen = { plan_id: 'yen', display_name: 'Yen', price_monthly: 3000, price_yearly: 30000, currency: 'JPY' };
    assert.equal((await http.post('/api/v2/admin/plans', yen)).status, 201);
    await buy({ plan_id: 'pro' });
    for (const when of ['now', 'period_end']) {
      const refused = await change({ plan_id: 'yen', when });
      assert.deepEqual([refused.status, refused.body.code], [409, 'currency_differs']);
    }
    const direct = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'yen' });
    assert.equal(direct.body.code, 'currency_differs');
    const moved = await http.patch('/api/v2/admin/plans/yen', { currency: 'KWD' });
    assert.deepEqual([moved.body.price_monthly, moved.body.currency], [3000, 'KWD']);
    assert.equal((await http.patch('/api/v2/admin/plans/pro', { currency: 'JPY' })).body.code, 'invalid_price');
  });

  it('does not begin anything for nothing when a change comes together with a cancellation', async () => {
    await buy({ plan_id: 'business' });
    const { currentPlans, subscriptionChanges } = app.services;
    const { of } = currentPlans;
    currentPlans.of = async (tenantId) => {
      currentPlans.of = of;
      const before = await of(tenantId);
      await subscriptionChanges.cancel(tenantId, true);
      return before;
    };
    const answer = await change({ plan_id: 'starter', when: 'now' });
    assert.deepEqual([answer.status, answer.body.code], [409, 'subscription_changed']);
    assert.equal((await subscription()).plan_id, 'free');
  });

  it('keeps credit for who comes back', async () => {
    await buy({ plan_id: 'pro', billing_cycle: 'yearly' });
    await change({ plan_id: 'starter', billing_cycle: 'yearly', when: 'now' });
    const credit = Number((await row())?.credit);
    await owner.http.post('/api/v2/billing/cancel', { immediately: true });
    await buy({ plan_id: 'pro', billing_cycle: 'yearly' });
    const [invoice] = await invoices();
    assert.ok(credit > 0);
    assert.deepEqual([invoice.credit, invoice.total], [credit / 100, (29900 - credit) / 100]);
    assert.equal(Number((await row())?.credit), 0);
  });

  it('does not give a plan for nothing by the cycle that it is not sold by', async () => {
    const wish = { plan_id: 'months', display_name: 'By the month', price_monthly: 10, price_yearly: 0 };
    await (await admin()).post('/api/v2/admin/plans', wish);
    const yearly = { plan_id: 'months', billing_cycle: 'yearly' };
    assert.equal((await change(yearly)).body.code, 'plan_not_for_sale');
    assert.equal((await owner.http.post('/api/v2/billing/checkout', yearly)).body.code, 'plan_not_for_sale');
  });

  it('is not kept busy by somebody whose cancelled period ended while an invoice was open', async () => {
    await buy();
    const now = app.clock.now();
    await app.services.db.write('billing_subscriptions').update({
      status: 'past_due',
      past_due_since: now,
      cancel_at_period_end: 1,
      period_end: now - 1,
    });
    assert.equal(await app.services.subscriptionTimes.advanceSome(1), 0);
  });

  it('asks in the currency of the plan that waited for the end of the period', async () => {
    await buy();
    await change({ plan_id: 'pro', when: 'period_end' });
    await (await admin()).patch('/api/v2/admin/plans/pro', { currency: 'EUR' });
    await pass(await untilEnd());
    const [renewal] = await invoices();
    assert.deepEqual([renewal.total, renewal.currency, (await row())?.currency], [29.9, 'EUR', 'EUR']);
  });

  for (const way of ['cancel', 'free', 'wait'] as const)
    it(`does not use grace for nothing and buy again (${way})`, async () => {
      await buy();
      await pass(await untilEnd());
      const length = Number((await row())!.period_end) - Number((await row())!.period_start);
      const since = Number((await row())!.past_due_since);
      await pass(since + 6 * DAY_MS - app.clock.now());
      if (way === 'cancel') await owner.http.post('/api/v2/billing/cancel', { immediately: true });
      if (way === 'free') await change({ plan_id: 'free', when: 'now' });
      if (way === 'wait') await pass(2 * DAY_MS);
      const used = way === 'wait' ? 7 * DAY_MS : app.clock.now() - since;
      const owed = Math.round((990 * used) / length);
      const [late] = await invoices();
      assert.deepEqual([(await subscription()).plan_id, late.status], ['free', 'uncollectible']);
      await buy();
      const [invoice] = await invoices();
      assert.equal(invoice.total, (990 + owed) / 100);
      assert.equal(Number((await row())!.credit), 0);
      // The transfer for the invoice that was given up comes after all: it is credit.
      const paid = await (await admin()).post(`/api/platform/billing/invoices/${late.number}/confirm`);
      assert.equal(paid.status, 200, paid.text);
      assert.equal(Number((await row())!.credit), 990);
    });

  it('takes a fixed coupon off for the part of a period that is bought, once', async () => {
    const coupon = { code: 'NINE', amount_off: 9, currency: 'USD', duration: 'forever' };
    const made = await (await admin()).post('/api/platform/billing/coupons', coupon);
    assert.equal(made.status, 201, made.text);
    await buy({ coupon: 'NINE' });
    const { period_start, period_end } = (await row())!;
    const length = Number(period_end) - Number(period_start);
    await pass(Math.floor((length * 3) / 4));
    const share = (Number(period_end) - app.clock.now()) / length;
    const answer = await change({ plan_id: 'pro', when: 'now', coupon: 'NINE' });
    assert.equal(answer.status, 200, answer.text);
    const expected = Math.round(2990 * share) - Math.round(900 * share) - Math.round(90 * share);
    const { session_id } = answer.body.checkout;
    const { amount } = (await app.services.db.read('billing_checkouts').where({ session_id }).first())!;
    assert.ok(Math.abs(Number(amount) - expected) <= 1, `${amount}, not ${expected}`);
  });
});
