/** Two administrators who change the same coupon, plan, or terms of a tenant: the second is told, and undoes nothing. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const BASE = '/api/platform/billing';

describe('versions in billing', () => {
  let app: TestPlatform;
  let admin: Client;
  let owner: Person;
  before(async () => {
    const clock = manualClock(Date.parse('2027-03-10T12:00:00Z'));
    app = await startPlatform({ clock, plugins: { auth: authConfig, billing: { defaultPlan: 'free' } } });
    admin = (await signInAdmin(app)).http;
    owner = await register(app);
  });
  after(() => app.stop());

  const tagOf = ({ headers }: { headers: Headers }) => headers.get('etag') ?? '';
  const by = (version: string) => admin.with({ 'if-match': version });

  it('of a coupon: a change and a deletion are refused for another one', async () => {
    const made = await admin.post(`${BASE}/coupons`, { code: 'one', percent_off: 10, duration: 'once' });
    const path = `${BASE}/coupons/${made.body.id}`;
    assert.equal(tagOf(made), `"${made.body.version}"`);
    assert.equal((await admin.get(`${BASE}/coupons`)).body.items[0].version, made.body.version);
    const answers = await Promise.all([2, 3, 4].map((n) => by(tagOf(made)).patch(path, { max_redemptions: n })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412]);
    assert.equal((await by(tagOf(made)).delete(path)).status, 412);
    const now = await admin.get(path);
    const { db } = app.services;
    await db.write('billing_coupons').where({ code: 'ONE' }).increment('times_redeemed', 1);
    assert.equal(tagOf(await admin.get(path)), tagOf(now), 'who redeems it changes nothing of it');
    assert.equal((await by(tagOf(now)).patch(path, { is_active: false })).status, 200);
  });

  it('of plan and limits of a tenant are one', async () => {
    const path = `${BASE}/tenants/${owner.tenantId}`;
    const seen = tagOf(await admin.get(path));
    const preview = await admin.get(`${path}/plan-preview?plan_id=pro`);
    assert.equal(tagOf(preview), seen);
    const given = await by(seen).post(`${path}/plan`, { plan_id: 'pro' });
    assert.deepEqual([given.status, given.body.plan_id], [200, 'pro']);
    const late = await by(seen).patch(`${path}/overrides`, { max_groups: 1 });
    assert.deepEqual([late.status, late.body.code], [412, 'precondition_failed']);
    assert.equal((await by(seen).post(`${path}/plan`, { plan_id: 'starter' })).status, 412);
    const answers = await Promise.all([
      ...[1, 2, 3].map((n) => by(tagOf(given)).patch(`${path}/overrides`, { max_groups: n })),
      by(tagOf(given)).post(`${path}/plan`, { plan_id: 'starter' }),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412]);
    assert.equal(
      (await admin.patch(`${path}/overrides`, { max_groups: 9 })).status,
      200,
      'who does not ask is not asked',
    );
  });

  it('of a plan', async () => {
    const plan = (await admin.get(`${BASE}/all-plans?plan_id=pro`)).body.items[0];
    const path = `/api/v2/admin/plans/${plan.id}`;
    const first = await by(`"${plan.version}"`).patch(path, { price_monthly: 41 });
    assert.equal(first.status, 200, first.text);
    assert.equal((await by(`"${plan.version}"`).patch(path, { price_monthly: 42 })).status, 412);
    assert.equal((await by(tagOf(first)).patch(path, { price_monthly: 43 })).status, 200);
  });

  it('preview what a plan that is given comes to, and change nothing', async () => {
    const buyer = await register(app);
    const path = `${BASE}/tenants/${buyer.tenantId}`;
    const begun = await buyer.http.post('/api/v2/billing/checkout', { plan_id: 'starter', billing_cycle: 'monthly' });
    await admin.post(`${BASE}/checkouts/${begun.body.session_id}/confirm`);
    const { status, body, text } = await admin.get(`${path}/plan-preview?plan_id=business`);
    assert.equal(status, 200, text);
    assert.deepEqual(
      [body.from_plan_id, body.plan_id, body.price, body.refusal, body.voided_invoices],
      ['starter', 'business', 0, null, []],
    );
    assert.ok(body.list_price_monthly > 0 && body.credit > 0);
    assert.equal((await buyer.http.get('/api/v2/billing/subscription')).body.plan_id, 'starter');
    await admin.post(`${path}/plan`, { plan_id: 'business' });
    const [row] = (await admin.get(`${BASE}/subscriptions?tenant_id=${buyer.tenantId}`)).body.items;
    assert.deepEqual([row.plan_id, row.price, row.credit], ['business', 0, body.credit]);
    assert.equal((await admin.get(`${path}/plan-preview?plan_id=nothing`)).status, 404);
    assert.equal((await admin.get(`${BASE}/tenants/nobody/plan-preview?plan_id=pro`)).status, 404);
    assert.equal((await buyer.http.get(`${path}/plan-preview?plan_id=pro`)).status, 403);
  });
});
