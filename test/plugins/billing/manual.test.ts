/** Paying by the manual provider: checkout, confirmation, renewal, changes, grace, trials, coupons, invoices. */
import assert from 'node:assert/strict';
import { authConfig, catchMails, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { type Recording, startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { ROOT } from '#test/support/principals.ts';
import { firstDayOf } from './support.ts';

const DAY_MS = 24 * 3600_000;

describe('payments that an administrator confirms', () => {
  let app: TestPlatform;
  let owner: Person;
  let events: Recording;
  let firstDay: () => Promise<void>;
  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        billing: {
          defaultPlan: 'free',
          company: { name: 'Example Ltd', address: 'Main Street 1\nTown', taxId: 'DE1' },
          manual: { instructions: 'Send it to <IBAN> & wait' },
        },
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    events = await app.record(/./);
    firstDay = await firstDayOf(app);
  });
  after(() => app.stop());
  beforeEach(async () => {
    owner = await register(app);
    events.clear();
  });
  afterEach(() => firstDay());

  // Access tokens live for half an hour, and these tests move months.
  const admin = async (): Promise<Client> => (await signInAdmin(app)).http;
  const again = async (): Promise<void> => {
    const answer = await app.http.post('/api/v2/auth/login', { email: owner.email, password: owner.password });
    owner.http = app.http.bearer(answer.body.access_token);
  };
  const checkout = async (more: object = {}) => {
    const answer = await owner.http.post('/api/v2/billing/checkout', {
      plan_id: 'pro',
      billing_cycle: 'monthly',
      ...more,
    });
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const confirm = async (sessionId: string) =>
    (await admin()).post(`/api/platform/billing/checkouts/${sessionId}/confirm`);
  const buy = async (more: object = {}) => {
    const { session_id } = await checkout(more);
    const answer = await confirm(session_id);
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const subscription = async () => (await owner.http.get('/api/v2/billing/subscription')).body;
  const pass = async (ms: number): Promise<void> => {
    await app.clock.advance(ms);
    await app.platform.cron.runDue();
    await again();
  };
  const invoices = async () => (await owner.http.get('/api/platform/billing/invoices')).body.items;
  /** That the audit log holds. */
  const confirmations = async (): Promise<number> =>
    (await (await admin()).get('/api/v2/admin/audit-logs?action=checkout.confirmed')).body.total;

  it('sells a plan: page, confirmation, invoice', async () => {
    const { checkout_url, session_id } = await checkout();
    const waiting = await (await admin()).get('/api/platform/billing/checkouts?status=open');
    assert.deepEqual(
      waiting.body.items.map((item: any) => [item.session_id, item.tenant_id, item.amount]),
      [[session_id, owner.tenantId, 29.9]],
    );
    const page = await app.http.get(new URL(checkout_url).pathname);
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type') ?? '', /text\/html/);
    assert.match(page.text, /Pro \(monthly\)/);
    assert.match(page.text, /29\.90 USD/);
    assert.match(page.text, /Send it to &#60;IBAN&#62; &#38; wait/);
    assert.equal((await subscription()).plan_id, 'free');

    const before = await confirmations();
    const first = await confirm(session_id);
    assert.deepEqual([first.status, first.body.status, first.body.invoice_number], [200, 'completed', 'INV-000001']);
    const second = await confirm(session_id);
    assert.deepEqual([second.status, second.body], [200, first.body]);
    const bought = await subscription();
    assert.deepEqual([bought.plan_id, bought.status, bought.limits.max_messages_per_month], ['pro', 'active', 5000]);
    const [invoice, ...others] = await invoices();
    assert.equal(others.length, 0);
    assert.deepEqual([invoice.status, invoice.total, invoice.currency], ['paid', 29.9, 'USD']);
    assert.equal(invoice.issuer.name, 'Example Ltd');
    assert.equal(invoice.customer.email, owner.email);
    assert.deepEqual(
      (await events.all()).map(({ type }) => type).filter((type) => /subscription|invoice|plan\./.test(type)),
      ['subscription.created', 'invoice.paid'],
    );
    assert.match((await app.http.get(new URL(checkout_url).pathname)).text, /has been paid/);
    assert.equal((await app.http.get('/billing/checkout/cs_manual_nothing')).status, 404);
    const taken = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro', billing_cycle: 'monthly' });
    assert.deepEqual([taken.status, taken.body.code], [409, 'already_subscribed']);
    assert.equal(await confirmations(), before + 1);
    const used = await (await admin()).delete('/api/v2/admin/plans/pro');
    assert.deepEqual([used.status, used.body.code], [409, 'plan_in_use']);
  });

  it('gives invoices as JSON and PDF to their tenant alone', async () => {
    await buy();
    const pdf = await fetch(`${app.url}/api/platform/billing/invoices/INV-000001/pdf`, {
      headers: { authorization: `Bearer ${owner.accessToken}` },
    });
    assert.equal(pdf.headers.get('content-type'), 'application/pdf');
    const bytes = Buffer.from(await pdf.arrayBuffer());
    assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
    assert.ok(bytes.subarray(-8).toString().includes('%%EOF'));
    const stranger = await register(app);
    assert.equal((await stranger.http.get('/api/platform/billing/invoices/INV-000001')).status, 404);
    assert.equal((await stranger.http.get('/api/platform/billing/invoices/INV-000001/pdf')).status, 404);
    assert.equal((await stranger.http.get('/api/platform/billing/invoices')).body.total.value, 0);
    assert.equal((await (await admin()).get('/api/platform/billing/invoices/INV-000001')).status, 200);
  });

  it('refuses what is not for sale', async () => {
    for (const [plan_id, status, code] of [
      ['self-hosted', 409, 'plan_not_for_sale'],
      ['free', 409, 'plan_is_free'],
      ['nothing', 404, 'plan_not_found'],
    ] as const) {
      const answer = await owner.http.post('/api/v2/billing/checkout', { plan_id, billing_cycle: 'monthly' });
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
    }
    assert.equal(
      (await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro', billing_cycle: 'weekly' })).status,
      422,
    );
    assert.equal((await owner.http.post('/api/v2/billing/cancel', {})).body.code, 'no_subscription');
    const { session_id } = await checkout();
    await app.clock.advance(8 * DAY_MS);
    assert.equal((await confirm(session_id)).body.code, 'checkout_expired');
  });

  it('asks for each renewal, and falls to free when a week has passed', async () => {
    await buy();
    const mails = catchMails(app);
    const end = Date.parse((await subscription()).current_period_end);
    await pass(end - app.clock.now());
    await app.services.jobs.idle();
    assert.deepEqual([mails[0]?.to, mails[0]?.subject], [owner.email, 'Invoice INV-000002 over 29.90 USD']);
    assert.match(mails[0]?.text ?? '', /<IBAN> & wait/);
    const due = await subscription();
    assert.deepEqual([due.plan_id, due.status], ['pro', 'past_due']);
    const [open] = await invoices();
    assert.deepEqual([open.number, open.status, open.total], ['INV-000002', 'open', 29.9]);
    const owed = await (await admin()).get(
      `/api/platform/billing/all-invoices?status=open&tenant_id=${owner.tenantId}`,
    );
    assert.deepEqual([owed.body.total.value, owed.body.items[0].number], [1, open.number]);
    const paid = await (await admin()).post(`/api/platform/billing/invoices/${open.number}/confirm`);
    assert.deepEqual([paid.status, paid.body.status], [200, 'paid']);
    assert.equal((await (await admin()).post(`/api/platform/billing/invoices/${open.number}/confirm`)).status, 200);
    const renewed = await subscription();
    assert.equal(renewed.status, 'active');

    await pass(Date.parse(renewed.current_period_end) - app.clock.now());
    assert.equal((await subscription()).status, 'past_due');
    // Read after the grace and before any cron: the answer is right already.
    const { subscriptionTimes } = app.services;
    const { advanceSome } = subscriptionTimes;
    subscriptionTimes.advanceSome = async () => 0;
    await app.clock.advance(7 * DAY_MS);
    await again();
    const fallen = await subscription();
    subscriptionTimes.advanceSome = advanceSome;
    assert.deepEqual([fallen.plan_id, fallen.status], ['free', 'canceled']);
  });

  it('marks what fell, once, and says so', async () => {
    await buy();
    await pass(32 * DAY_MS);
    await pass(8 * DAY_MS);
    await pass(DAY_MS);
    assert.deepEqual([(await subscription()).plan_id, (await invoices())[0].status], ['free', 'uncollectible']);
    const told = await events.all();
    const count = (type: string) => told.filter((event) => event.type === type).length;
    assert.deepEqual([count('subscription.canceled'), count('invoice.failed'), count('plan.changed')], [1, 1, 1]);
    const bought = await buy();
    assert.equal(bought.invoice_number, 'INV-000003', 'and may come back');
  });

  it('cancels at the end of the period, or at once', async () => {
    await buy();
    const before = await subscription();
    const answer = await owner.http.post('/api/v2/billing/cancel', {});
    assert.deepEqual([answer.status, answer.body.plan_id, answer.body.status], [200, 'pro', 'active']);
    assert.equal((await owner.http.post('/api/v2/billing/cancel')).status, 200, 'again is no error');
    await pass(Date.parse(before.current_period_end) - app.clock.now());
    const after = await subscription();
    assert.deepEqual([after.plan_id, after.status], ['free', 'canceled']);
    await buy();
    const ended = await owner.http.post('/api/v2/billing/cancel', { immediately: true });
    assert.deepEqual([ended.body.plan_id, ended.body.status], ['free', 'canceled']);
  });

  it('takes a cancellation back by choosing what one has', async () => {
    await buy();
    const { current_period_end } = await subscription();
    await owner.http.post('/api/v2/billing/cancel', {});
    const back = await owner.http.post('/api/platform/billing/subscription/change', { plan_id: 'pro' });
    assert.deepEqual([back.status, back.body.checkout], [200, null]);
    assert.equal(back.body.subscription.current_period_end, current_period_end);
    await pass(Date.parse(current_period_end) - app.clock.now());
    assert.deepEqual([(await subscription()).plan_id, (await subscription()).status], ['pro', 'past_due']);
  });

  it('takes five confirmations at once for one', async () => {
    const { session_id } = await checkout();
    const http = await admin();
    const before = await confirmations();
    const path = `/api/platform/billing/checkouts/${session_id}/confirm`;
    const answers = await Promise.all(Array.from({ length: 5 }, () => http.post(path)));
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.invoice_number]),
      Array(5).fill([200, 'INV-000001']),
    );
    assert.equal(await confirmations(), before + 1);
    assert.equal((await invoices()).length, 1);
  });

  it('changes plans with proration', async () => {
    await buy({ plan_id: 'starter' });
    const change = (body: object) => owner.http.post('/api/platform/billing/subscription/change', body);
    const { current_period_end } = await subscription();
    const start = app.clock.now();
    const length = Date.parse(current_period_end) - start;
    await pass(Math.floor(length / 2));
    const dearer = await change({ plan_id: 'pro', when: 'now' });
    assert.equal(dearer.status, 200, dearer.text);
    assert.equal(dearer.body.subscription.plan_id, 'starter', 'what costs more is paid first');
    await confirm(dearer.body.checkout.session_id);
    const pro = await subscription();
    assert.deepEqual([pro.plan_id, pro.current_period_end], ['pro', current_period_end]);
    const [invoice] = await invoices();
    const share = (Date.parse(current_period_end) - app.clock.now()) / length;
    assert.equal(invoice.total, Number((Math.round(2990 * share) - Math.round(990 * share)) / 100));

    const cheaper = await change({ plan_id: 'starter', when: 'now' });
    assert.deepEqual([cheaper.body.checkout, cheaper.body.subscription.plan_id], [null, 'starter']);
    const row = await app.services.db.read('billing_subscriptions').where({ tenant_id: owner.tenantId }).first();
    assert.equal(Number(row?.credit), Math.round(2990 * share) - Math.round(990 * share));
    await pass(Date.parse(current_period_end) - app.clock.now());
    const [renewal] = await invoices();
    assert.deepEqual([renewal.subtotal, renewal.credit], [9.9, Math.min(990, Number(row?.credit)) / 100]);
    assert.equal((await change({ plan_id: 'starter' })).body.code, 'same_plan');
  });

  it('changes plan and cycle at the end of the period', async () => {
    await buy({ plan_id: 'starter' });
    const change = { plan_id: 'pro', billing_cycle: 'yearly', when: 'period_end' };
    const answer = await owner.http.post('/api/platform/billing/subscription/change', change);
    assert.deepEqual([answer.body.subscription.plan_id, answer.body.checkout], ['starter', null]);
    await pass(Date.parse(answer.body.subscription.current_period_end) - app.clock.now());
    const after = await subscription();
    assert.deepEqual([after.plan_id, after.billing_cycle, after.status], ['pro', 'yearly', 'past_due']);
    assert.equal((await invoices())[0].total, 299);
    const down = { plan_id: 'free', when: 'now' };
    const free = await owner.http.post('/api/platform/billing/subscription/change', down);
    assert.deepEqual([free.body.subscription.plan_id, (await invoices())[0].status], ['free', 'void']);
  });

  it('lets somebody new try a plan first', async () => {
    await (await admin()).patch('/api/v2/admin/plans/pro', { trial_days: 14 });
    const { session_id } = await checkout();
    assert.deepEqual([(await subscription()).plan_id, (await subscription()).status], ['pro', 'trialing']);
    await pass(5 * DAY_MS);
    await confirm(session_id);
    const paid = await subscription();
    assert.equal(paid.status, 'active');
    assert.ok(Date.parse(paid.current_period_end) > app.clock.now() + (9 + 28) * DAY_MS - 1, 'the trial is not lost');
    const other = await register(app);
    owner = other;
    await checkout();
    await pass(14 * DAY_MS);
    assert.deepEqual([(await subscription()).plan_id, (await subscription()).status], ['free', 'canceled']);
    await checkout();
    assert.equal((await subscription()).plan_id, 'free', 'there is one trial');
  });

  it('takes coupons', async () => {
    const made = await (await admin()).post('/api/platform/billing/coupons', {
      code: 'half',
      percent_off: 50,
      duration: 'repeating',
      duration_in_months: 2,
      max_redemptions: 1,
    });
    assert.equal(made.status, 201, made.text);
    const { session_id } = await checkout({ coupon: 'Half' });
    const { session_id: second } = await checkout({ coupon: 'HALF' });
    await confirm(session_id);
    assert.deepEqual([(await invoices())[0].discount, (await invoices())[0].total], [14.95, 14.95]);
    assert.deepEqual([(await confirm(second)).body.code], ['coupon_not_valid']);
    const refused = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'business', coupon: 'HALF' });
    assert.deepEqual([refused.status, refused.body.code], [422, 'coupon_not_valid']);
    for (const expected of [14.95, 0]) {
      await pass(Date.parse((await subscription()).current_period_end) - app.clock.now());
      const [invoice] = await invoices();
      assert.equal(invoice.discount, expected);
      await (await admin()).post(`/api/platform/billing/invoices/${invoice.number}/confirm`);
    }
    const one = `/api/platform/billing/coupons/${made.body.id}`;
    assert.equal((await (await admin()).get(one)).body.times_redeemed, 1);
    assert.equal((await (await admin()).patch(one, { is_active: false })).body.is_active, false);
    assert.equal((await (await admin()).delete(one)).status, 204);
    const wrong = { code: 'x', duration: 'once', percent_off: 1, amount_off: 1 };
    assert.equal((await (await admin()).post('/api/platform/billing/coupons', wrong)).status, 422);
  });

  it('signs somebody up who pays, with and without a password', async () => {
    const wish = {
      email: 'new@example.org',
      plan_id: 'pro',
      billing_cycle: 'yearly',
      full_name: 'New',
      password: 'a long one 42',
    };
    const answer = await app.http.post('/api/v2/billing/signup-checkout', wish);
    assert.deepEqual([answer.status, Object.keys(answer.body)], [200, ['checkout_url', 'session_id']]);
    await confirm(answer.body.session_id);
    const signedIn = await app.http.post('/api/v2/auth/login', { email: wish.email, password: wish.password });
    const mine = await app.http.bearer(signedIn.body.access_token).get('/api/v2/billing/subscription');
    assert.deepEqual([mine.body.plan_id, mine.body.billing_cycle], ['pro', 'yearly']);
    assert.equal((await app.http.post('/api/v2/billing/signup-checkout', wish)).body.code, 'email_taken');
    const { password, ...bare } = { ...wish, email: 'bare@example.org' };
    assert.equal((await app.http.post('/api/v2/billing/signup-checkout', bare)).status, 200);
    const none = { ...wish, email: 'none@example.org', plan_id: 'nothing' };
    assert.equal((await app.http.post('/api/v2/billing/signup-checkout', none)).status, 404);
    assert.equal(await app.services.accounts.byIdentifier('none@example.org'), null, 'no account is made for nothing');
  });

  it('shows subscription and invoices behind the portal’s link, for an hour', async () => {
    await buy();
    const { body } = await owner.http.post('/api/v2/billing/portal');
    const { pathname, search } = new URL(body.portal_url);
    const page = await app.http.get(pathname + search);
    assert.match(page.text, /INV-000001/);
    assert.equal((await app.http.get(`${pathname}?token=wrong`)).status, 400);
    await app.clock.advance(3600_001);
    assert.equal((await app.http.get(pathname + search)).status, 400);
  });

  it('tells again which invoice was paid last, not which one was made last', async () => {
    await buy();
    const { db, lastEvents } = app.services;
    const [{ id, ...paid } = assert.fail('there is no invoice')] = await db.read('billing_invoices');
    const before = { ...paid, number: 'INV-000002', paid_at: Number(paid.paid_at) - DAY_MS };
    await db.write('billing_invoices').insert(before);
    const numbers: (string | undefined)[] = [];
    const wish = { principal: ROOT, tenantId: owner.tenantId, most: 5 };
    for await (const { subject } of lastEvents.of('invoice.paid', wish)) numbers.push(subject);
    assert.deepEqual(numbers, ['INV-000001', 'INV-000002']);
  });

  it('forgets a tenant that is erased, but for invoices without a name', async () => {
    await buy();
    await app.services.usageMeters.consume(owner.tenantId, 'messages', 3);
    const exported = await owner.http.get('/api/platform/auth/export');
    assert.match(exported.text, /INV-000001/);
    assert.equal((await (await admin()).delete(`/api/v2/admin/tenants/${owner.tenantId}`)).status, 204);
    await app.services.jobs.idle();
    const { db } = app.services;
    for (const table of ['billing_subscriptions', 'billing_usage', 'billing_usage_daily', 'billing_checkouts'] as const)
      assert.equal((await db.read(table).where({ tenant_id: owner.tenantId })).length, 0, table);
    const [invoice] = await db.read('billing_invoices');
    assert.equal(invoice?.customer, '{"name":"","email":null}');
  });
});
