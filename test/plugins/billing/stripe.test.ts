/** Paying by Stripe, against a server that speaks its API: plans, checkout, webhooks, changes, reconciliation. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { type Recording, startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type FakeStripe, startStripe } from '#test/support/stripe.ts';
import { firstDayOf } from './support.ts';

const DAY_MS = 24 * 3600_000;

describe('payments by Stripe', () => {
  let app: TestPlatform;
  let stripe: FakeStripe;
  let owner: Person;
  let events: Recording;
  let firstDay: () => Promise<void>;
  before(async () => {
    const clock = manualClock(Date.now());
    stripe = await startStripe(() => clock.now());
    app = await startPlatform({
      clock,
      plugins: { auth: authConfig, billing: { provider: 'stripe', defaultPlan: 'free', stripe: stripe.config } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    events = await app.record(/^invoice\./);
    firstDay = await firstDayOf(app);
  });
  after(async () => {
    await app.stop();
    await stripe.stop();
  });
  beforeEach(async () => {
    owner = await register(app);
    events.clear();
  });
  afterEach(async () => {
    await firstDay();
    stripe.forget();
  });

  const admin = async (): Promise<Client> => (await signInAdmin(app)).http;
  const again = async (): Promise<void> => {
    const answer = await app.http.post('/api/v2/auth/login', { email: owner.email, password: owner.password });
    owner.http = app.http.bearer(answer.body.access_token);
  };
  const checkout = async (more: object = {}) => {
    const wish = { plan_id: 'pro', billing_cycle: 'monthly', ...more };
    const answer = await owner.http.post('/api/v2/billing/checkout', wish);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const tell = async (type: string, object: object) => {
    const answer = await stripe.send(app.http, stripe.event(type, object));
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const buy = async (more: object = {}) => {
    const { session_id } = await checkout(more);
    const subscription = stripe.pay(session_id);
    await tell('checkout.session.completed', stripe.get('checkout_sessions', session_id));
    return subscription;
  };
  const mine = async () => (await owner.http.get('/api/v2/billing/subscription')).body;
  const posts = (path: string) => stripe.requests.filter((one) => one.method === 'POST' && one.path === path);

  it('synchronises plans: made once, a new price for a changed one, the old one archived', async () => {
    const http = await admin();
    const first = await http.post('/api/v2/admin/plans/pro/stripe-sync');
    assert.equal(first.status, 200, first.text);
    const { stripe_product_id, stripe_price_monthly_id, stripe_price_yearly_id } = first.body;
    assert.equal(stripe.get('prices', stripe_price_monthly_id).unit_amount, 2990);
    assert.equal(stripe.get('prices', stripe_price_yearly_id).recurring.interval, 'year');
    assert.deepEqual((await http.post('/api/v2/admin/plans/pro/stripe-sync')).body, first.body);
    assert.deepEqual([stripe.things('products').length, stripe.things('prices').length], [1, 2]);

    await http.patch('/api/v2/admin/plans/pro', { price_monthly: 35 });
    const second = (await http.post('/api/v2/admin/plans/pro/stripe-sync')).body;
    assert.equal(second.stripe_product_id, stripe_product_id);
    assert.notEqual(second.stripe_price_monthly_id, stripe_price_monthly_id);
    assert.equal(second.stripe_price_yearly_id, stripe_price_yearly_id);
    assert.equal(stripe.get('prices', stripe_price_monthly_id).active, false);
    assert.equal(stripe.get('prices', second.stripe_price_monthly_id).active, true);

    const all = await http.post('/api/v2/admin/plans/stripe-sync-all');
    assert.deepEqual(
      [all.body.synced.map(({ plan_id }: any) => plan_id), all.body.failed],
      [['starter', 'pro', 'business'], []],
    );
    const plan = (await http.get('/api/v2/admin/plans?search=pro')).body.items[0];
    assert.equal(plan.stripe_price_monthly_id, second.stripe_price_monthly_id);
    stripe.fail(500, 3);
    const failed = await http.post('/api/v2/admin/plans/starter/stripe-sync');
    assert.deepEqual([failed.status, failed.body.code], [502, 'provider_failed']);
  }).timeout(20_000);

  it('sells a plan: checkout, webhook, subscription, invoice', async () => {
    const { checkout_url, session_id } = await checkout();
    assert.match(checkout_url, /\/c\/pay\/cs_test/);
    const session = stripe.get('checkout_sessions', session_id);
    assert.deepEqual(
      [session.mode, session.client_reference_id, session.subscription_data.metadata.tenant_id, session.customer_email],
      ['subscription', owner.tenantId, owner.tenantId, owner.email],
    );
    assert.equal((await mine()).plan_id, 'free');
    const subscription = stripe.pay(session_id);
    await tell('checkout.session.completed', session);
    const bought = await mine();
    assert.deepEqual([bought.plan_id, bought.status, bought.billing_cycle], ['pro', 'active', 'monthly']);
    assert.equal(Date.parse(bought.current_period_end), subscription.items.data[0].current_period_end * 1000);
    await tell('invoice.paid', stripe.invoice(subscription.id));
    const { items } = (await owner.http.get('/api/platform/billing/invoices')).body;
    assert.deepEqual([items.length, items[0].number, items[0].total, items[0].status], [1, 'INV-000001', 29.9, 'paid']);
    const taken = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'business', billing_cycle: 'monthly' });
    assert.deepEqual([taken.status, taken.body.code], [409, 'already_subscribed']);
    const confirmed = await (await admin()).post(`/api/platform/billing/checkouts/${session_id}/confirm`);
    assert.equal(confirmed.body.code, 'confirmed_by_provider');
    const portal = await owner.http.post('/api/v2/billing/portal', {});
    assert.ok(portal.body.portal_url.endsWith(subscription.customer), portal.text);
  });

  it('tries again with the same idempotency key, so that nothing is made twice', async () => {
    await checkout();
    const before = stripe.things('checkout_sessions').length;
    owner = await register(app);
    stripe.fail('hang up');
    await checkout();
    assert.equal(stripe.things('checkout_sessions').length, before + 1);
    const keys = posts('/v1/checkout/sessions').map(({ key }) => key);
    assert.equal(keys.length, 3);
    assert.equal(keys[1], keys[2]);
    stripe.fail(503, 3);
    const failed = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro' });
    assert.deepEqual([failed.status, failed.body.code], [502, 'provider_failed']);
  }).timeout(20_000);

  it('believes webhooks by their signature alone, five minutes long', async () => {
    const { session_id } = await checkout();
    stripe.pay(session_id);
    const event = stripe.event('checkout.session.completed', stripe.get('checkout_sessions', session_id));
    const now = Math.floor(app.clock.now() / 1000);
    for (const spoilt of [
      { secret: 'whsec_other' },
      { at: now - 301 },
      { at: now + 400 },
      { body: JSON.stringify({ ...event, x: 1 }) },
    ]) {
      const refused = await stripe.send(app.http, event, spoilt);
      assert.deepEqual([refused.status, refused.body.code], [400, 'invalid_signature'], JSON.stringify(spoilt));
    }
    const unsigned = await app.http.post('/api/v2/billing/webhooks/stripe', event);
    assert.deepEqual([unsigned.status, unsigned.body.code], [400, 'invalid_signature']);
    assert.equal((await mine()).plan_id, 'free');
    assert.equal((await stripe.send(app.http, event, { at: now - 299 })).status, 200);
    assert.equal((await mine()).plan_id, 'pro');
    assert.equal((await app.http.post('/api/v2/billing/webhooks/paddle', {})).status, 404);
    assert.equal((await app.http.post('/api/v2/billing/webhooks/manual', {})).status, 404);
    assert.equal((await tell('customer.created', { id: 'cus_1' })).duplicate, false, 'what does not matter is taken');
  });

  it('handles each event once, also when it comes five times at once', async () => {
    const subscription = await buy();
    const invoice = stripe.event('invoice.paid', stripe.invoice(subscription.id));
    const answers = await Promise.all(Array.from({ length: 5 }, () => stripe.send(app.http, invoice)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200, 200],
    );
    assert.equal(answers.filter(({ body }) => !body.duplicate).length, 1);
    assert.equal((await owner.http.get('/api/platform/billing/invoices')).body.total.value, 1);
  });

  it('asks Stripe to tell again when it cannot be asked itself', async () => {
    const { session_id } = await checkout();
    stripe.pay(session_id);
    const event = stripe.event('checkout.session.completed', stripe.get('checkout_sessions', session_id));
    stripe.fail(500, 3);
    assert.equal((await stripe.send(app.http, event)).status, 502);
    assert.equal((await mine()).plan_id, 'free');
    assert.deepEqual((await stripe.send(app.http, event)).body, { received: true, duplicate: false });
    assert.equal((await mine()).plan_id, 'pro');
  }).timeout(20_000);

  it('does not mind the order in which events come', async () => {
    const { session_id } = await checkout();
    const subscription = stripe.pay(session_id);
    const created = stripe.event('customer.subscription.created', subscription);
    stripe.renew(subscription.id, 'failed');
    const failed = stripe.event('customer.subscription.updated', subscription);
    stripe.renew(subscription.id, 'paid');
    const paid = stripe.event('customer.subscription.updated', subscription);
    for (const event of [paid, failed, created]) await stripe.send(app.http, event);
    assert.deepEqual([(await mine()).status, (await mine()).plan_id], ['active', 'pro']);
    await tell('checkout.session.completed', stripe.get('checkout_sessions', session_id));
    const row = await app.services.db.read('billing_checkouts').where({ session_id }).first();
    assert.equal(row?.status, 'completed');
  });

  it('gives a week to who did not pay, and the plan back to who pays late', async () => {
    const subscription = await buy();
    stripe.renew(subscription.id, 'failed');
    await tell('invoice.payment_failed', stripe.invoice(subscription.id));
    assert.deepEqual([(await mine()).status, (await mine()).plan_id], ['past_due', 'pro']);
    assert.ok((await events.all()).some(({ type }) => type === 'invoice.failed'));
    await app.clock.advance(3 * DAY_MS);
    await tell('customer.subscription.updated', subscription);
    await app.clock.advance(4 * DAY_MS);
    await app.platform.cron.runDue();
    await again();
    assert.deepEqual([(await mine()).status, (await mine()).plan_id], ['canceled', 'free']);
    await tell('customer.subscription.updated', subscription);
    assert.equal((await mine()).plan_id, 'free', 'a further failure begins no second week');
    stripe.renew(subscription.id, 'paid');
    await tell('customer.subscription.updated', subscription);
    assert.deepEqual([(await mine()).status, (await mine()).plan_id], ['active', 'pro']);
  });

  it('ends at Stripe what fell here, before something new is paid for', async () => {
    const first = await buy();
    stripe.renew(first.id, 'failed');
    await tell('customer.subscription.updated', first);
    await app.clock.advance(8 * DAY_MS);
    await again();
    assert.equal((await mine()).plan_id, 'free');
    await buy({ plan_id: 'business' });
    assert.equal(stripe.get('subscriptions', first.id).status, 'canceled');
    await tell('customer.subscription.deleted', first);
    assert.deepEqual([(await mine()).plan_id, (await mine()).status], ['business', 'active']);
  });

  it('cancels at the end of the period, or at once', async () => {
    const first = await buy();
    const answer = await owner.http.post('/api/v2/billing/cancel', {});
    assert.deepEqual([answer.status, answer.body.status, answer.body.plan_id], [200, 'active', 'pro']);
    assert.equal(stripe.get('subscriptions', first.id).cancel_at_period_end, true);
    const back = await owner.http.post('/api/platform/billing/subscription/change', { plan_id: 'pro' });
    assert.deepEqual([back.status, stripe.get('subscriptions', first.id).cancel_at_period_end], [200, false]);
    await owner.http.post('/api/v2/billing/cancel', {});
    await app.clock.advance(Date.parse(answer.body.current_period_end) - app.clock.now());
    await again();
    assert.equal((await mine()).plan_id, 'free', 'also before Stripe has said so');
    stripe.renew(first.id);
    await tell('customer.subscription.deleted', first);
    const second = await buy({ plan_id: 'starter' });
    await tell('customer.subscription.deleted', first);
    assert.equal((await mine()).plan_id, 'starter', 'the end of the first says nothing about the second');
    const ended = await owner.http.post('/api/v2/billing/cancel', { immediately: true });
    assert.deepEqual([ended.body.status, ended.body.plan_id], ['canceled', 'free']);
    assert.equal(stripe.get('subscriptions', second.id).status, 'canceled');
  });

  it('changes plans at once with Stripe’s proration, or by a schedule', async () => {
    const subscription = await buy({ plan_id: 'starter' });
    const change = (body: object) => owner.http.post('/api/platform/billing/subscription/change', body);
    const now = await change({ plan_id: 'pro', when: 'now' });
    assert.equal(now.status, 200, now.text);
    assert.deepEqual([now.body.subscription.plan_id, now.body.checkout], ['pro', null]);
    const update = posts(`/v1/subscriptions/${subscription.id}`).at(-1);
    assert.equal(update?.body.proration_behavior, 'always_invoice');
    const later = await change({ plan_id: 'business', billing_cycle: 'yearly', when: 'period_end' });
    assert.equal(later.body.subscription.plan_id, 'pro');
    stripe.renew(subscription.id);
    await tell('customer.subscription.updated', subscription);
    assert.deepEqual([(await mine()).plan_id, (await mine()).billing_cycle], ['business', 'yearly']);
    const free = await change({ plan_id: 'free', when: 'now' });
    assert.deepEqual(
      [free.body.subscription.plan_id, stripe.get('subscriptions', subscription.id).status],
      ['free', 'canceled'],
    );
  });

  it('leaves one checkout open of several that are begun in the same instant', async () => {
    const begun = await Promise.all([checkout(), checkout(), checkout({ billing_cycle: 'yearly' })]);
    const open = (things: { id: string; status: string }[]) =>
      things.filter(({ status }) => status === 'open').map(({ id }) => id);
    const there = open(stripe.things('checkout_sessions') as { id: string; status: string }[]);
    const rows = await app.services.db.read('billing_checkouts').where({ tenant_id: owner.tenantId });
    const here = open(rows.map(({ session_id, status }) => ({ id: session_id, status })));
    assert.equal(there.length, 1);
    assert.deepEqual(here, there);
    assert.ok(begun.some(({ session_id }) => session_id === there[0]));
    stripe.pay(there[0] ?? '');
    await tell('checkout.session.completed', stripe.get('checkout_sessions', there[0] ?? ''));
    assert.equal((await mine()).status, 'active');
  });

  it('closes a checkout when another one is begun, so that nobody pays for two', async () => {
    const { session_id: first } = await checkout();
    const { session_id: second } = await checkout({ plan_id: 'business' });
    assert.equal(stripe.get('checkout_sessions', first).status, 'expired');
    await tell('checkout.session.expired', stripe.get('checkout_sessions', first));
    stripe.pay(second);
    await tell('checkout.session.completed', stripe.get('checkout_sessions', second));
    assert.equal((await mine()).plan_id, 'business');
    // Begun, paid, and begun again before the webhook came.
    owner = await register(app);
    const { session_id: paid } = await checkout();
    stripe.pay(paid);
    const early = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro' });
    assert.deepEqual([early.status, early.body.code], [409, 'payment_under_way']);
    await tell('checkout.session.completed', stripe.get('checkout_sessions', paid));
    assert.equal((await mine()).plan_id, 'pro');
  });

  it('passes trials and coupons on', async () => {
    const http = await admin();
    await http.patch('/api/v2/admin/plans/pro', { trial_days: 14 });
    const coupon = { code: 'LESS', percent_off: 20, duration: 'forever', max_redemptions: 5 };
    const { body } = await http.post('/api/platform/billing/coupons', coupon);
    const subscription = await buy({ coupon: 'less' });
    const session = stripe.things('checkout_sessions')[0]!;
    assert.equal(session.discounts[0].coupon, `patchbay-${body.id}`);
    assert.equal(subscription.status, 'trialing');
    assert.equal((await mine()).status, 'trialing');
    assert.equal((await http.get('/api/platform/billing/coupons/LESS')).body.times_redeemed, 1);
  });

  it('uses no coupon up for a payment that the bank refuses days later', async () => {
    const http = await admin();
    const used = async () => (await http.get('/api/platform/billing/coupons/ONCE')).body.times_redeemed;
    await http.post('/api/platform/billing/coupons', {
      code: 'ONCE',
      percent_off: 20,
      duration: 'once',
      max_redemptions: 1,
    });
    const { session_id } = await checkout({ coupon: 'once' });
    const subscription = stripe.pay(session_id);
    subscription.status = 'incomplete';
    const session = Object.assign(stripe.get('checkout_sessions', session_id), { payment_status: 'unpaid' });
    await tell('checkout.session.completed', session);
    assert.deepEqual([(await mine()).plan_id, await used()], ['free', 0]);
    subscription.status = 'incomplete_expired';
    await tell('checkout.session.async_payment_failed', session);
    assert.deepEqual([(await mine()).plan_id, await used()], ['free', 0]);

    const { session_id: second } = await checkout({ coupon: 'once' });
    stripe.pay(second);
    const paid = Object.assign(stripe.get('checkout_sessions', second), { payment_status: 'paid' });
    await tell('checkout.session.async_payment_succeeded', paid);
    assert.deepEqual([(await mine()).plan_id, await used()], ['pro', 1]);
  });

  it('takes for a new customer whom it does not know, as after its test mode', async () => {
    const { db } = app.services;
    const { session_id: first } = await checkout();
    stripe.pay(first);
    await tell('checkout.session.completed', stripe.get('checkout_sessions', first));
    assert.equal((await owner.http.post('/api/v2/billing/cancel', { immediately: true })).status, 200);
    await db.write('billing_subscriptions').update({ customer_ref: 'cus_of_the_test_mode' });
    const portal = await owner.http.post('/api/v2/billing/portal', {});
    assert.deepEqual([portal.status, portal.body.code], [409, 'no_customer']);
    const { session_id } = await checkout();
    const session = stripe.get('checkout_sessions', session_id);
    assert.deepEqual([session.customer, session.customer_email], [null, owner.email]);
  });

  it('signs up somebody who pays', async () => {
    const wish = { email: 'new@example.org', password: 'a long one 42', plan_id: 'pro', billing_cycle: 'yearly' };
    const answer = await app.http.post('/api/v2/billing/signup-checkout', wish);
    assert.equal(answer.status, 200, answer.text);
    stripe.pay(answer.body.session_id);
    await tell('checkout.session.completed', stripe.get('checkout_sessions', answer.body.session_id));
    const signedIn = await app.http.post('/api/v2/auth/login', { email: wish.email, password: wish.password });
    const seen = await app.http.bearer(signedIn.body.access_token).get('/api/v2/billing/subscription');
    assert.deepEqual([seen.body.plan_id, seen.body.billing_cycle], ['pro', 'yearly']);
  });

  it('asks for what it has not heard of, and ends what Stripe does not know', async () => {
    const subscription = await buy();
    await app.clock.advance(5 * DAY_MS);
    await app.platform.cron.runDue();
    stripe.renew(subscription.id);
    await app.clock.advance(2 * DAY_MS);
    stripe.fail(500, 3);
    await app.platform.cron.runDue();
    await app.clock.advance(3600_000);
    await app.platform.cron.runDue();
    await again();
    assert.equal(Date.parse((await mine()).current_period_end), subscription.items.data[0].current_period_end * 1000);
    Object.assign(subscription, { status: 'canceled' });
    await app.clock.advance(2 * DAY_MS);
    await app.platform.cron.runDue();
    await again();
    assert.deepEqual([(await mine()).status, (await mine()).plan_id], ['canceled', 'free']);
    assert.equal((await owner.http.post('/api/v2/billing/portal', {})).status, 200, 'the customer is still known');
  }).timeout(20_000);

  it('ends the subscription of a tenant that is erased', async () => {
    const subscription = await buy();
    assert.equal((await (await admin()).delete(`/api/v2/admin/tenants/${owner.tenantId}`)).status, 204);
    await app.services.jobs.idle();
    assert.equal(stripe.get('subscriptions', subscription.id).status, 'canceled');
    assert.equal((await app.services.db.read('billing_subscriptions')).length, 0);
    Object.assign(subscription, { status: 'active' });
    await tell('customer.subscription.updated', subscription);
    await tell('invoice.paid', stripe.invoice(subscription.id));
    assert.equal((await app.services.db.read('billing_subscriptions')).length, 0, 'what comes late begins nothing');
    const stranger = await register(app);
    assert.equal((await stranger.http.post('/api/v2/billing/portal', {})).body.code, 'no_customer');
  });
});
