/** The document's billing part, request by request, with the manual provider. */
import assert from 'node:assert/strict';
import { authConfig, type Person, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('plans and subscriptions', () => {
  let app: TestPlatform;
  let admin: Client;
  let owner: Person;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: {} },
      config: { http: { rateLimit: { enabled: false } } },
    });
    admin = (await signInAdmin(app)).http;
  });
  after(() => app.stop());
  beforeEach(async () => {
    owner = await register(app);
  });

  it('shows the subscription exactly as documented', async () => {
    const { status, body } = await owner.http.get('/api/v2/billing/subscription');
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), [
      'plan_id',
      'display_name',
      'status',
      'billing_cycle',
      'current_period_end',
      'limits',
      'usage',
    ]);
    assert.deepEqual([body.plan_id, body.status], ['self-hosted', 'active']);
    assert.deepEqual(body.limits, {
      max_sessions: -1,
      max_messages_per_month: -1,
      max_groups: -1,
      max_labels: -1,
      ai_replies_per_month: -1,
    });
    assert.deepEqual(body.usage, {
      sessions: 0,
      messages_this_month: 0,
      groups: 0,
      labels: 0,
      ai_replies_this_month: 0,
    });
    assert.match(body.current_period_end, /^\d{4}-\d\d-01T00:00:00Z$/);
    const rows = await app.services.db.read('billing_subscriptions').where({ tenant_id: owner.tenantId });
    assert.equal(rows.length, 0, 'nobody gets a row for nothing');
  });

  it('lists what is for sale to everybody', async () => {
    const { status, body } = await app.http.get('/api/v2/billing/plans');
    assert.equal(status, 200);
    assert.deepEqual(
      body.items.map((plan: any) => plan.plan_id),
      ['free', 'starter', 'pro', 'business'],
    );
    const pro = body.items[2];
    assert.equal(pro.price_monthly, 29.9);
    assert.deepEqual(pro.limits, {
      max_sessions: 3,
      max_messages_per_month: 5000,
      max_groups: 10,
      max_labels: 50,
      ai_replies_per_month: 500,
      requests_per_minute: 40,
    });
  });

  it('makes, changes and deletes plans, by plan_id or by uuid', async () => {
    const wish = {
      plan_id: 'team',
      display_name: 'Team',
      price_monthly: 19.99,
      price_yearly: 199.9,
      limits: { max_sessions: 5 },
      features: ['Support'],
    };
    const made = await admin.post('/api/v2/admin/plans', wish);
    assert.equal(made.status, 201, made.text);
    assert.deepEqual([made.body.price_monthly, made.body.is_public, made.body.currency], [19.99, true, 'USD']);
    const row = await app.services.db.read('billing_plans').where({ plan_id: 'team' }).first();
    assert.equal(row?.price_monthly, 1999);
    assert.equal((await admin.post('/api/v2/admin/plans', wish)).status, 409);
    const changed = await admin.patch(`/api/v2/admin/plans/${made.body.id}`, {
      price_monthly: 24.5,
      limits: { max_groups: 7 },
    });
    assert.deepEqual([changed.body.price_monthly, changed.body.limits], [24.5, { max_sessions: 5, max_groups: 7 }]);
    for (const wrong of [
      { price_monthly: 1.234 },
      { limits: { max_dragons: 1 } },
      { price_yearly: -1 },
      { limits: { max_groups: -2 } },
    ]) {
      assert.equal((await admin.patch('/api/v2/admin/plans/team', wrong)).status, 422, JSON.stringify(wrong));
    }
    const listed = await admin.get('/api/v2/admin/plans?search=TEA&page_size=1');
    assert.deepEqual([listed.body.total, listed.body.items[0].plan_id], [1, 'team']);
    assert.equal((await admin.delete('/api/v2/admin/plans/team')).status, 204);
    assert.equal((await admin.delete('/api/v2/admin/plans/team')).status, 404);
    for (const kept of ['free', 'self-hosted']) {
      const refused = await admin.delete(`/api/v2/admin/plans/${kept}`);
      assert.deepEqual([refused.status, refused.body.code], [409, 'plan_in_use']);
    }
    assert.equal((await admin.post('/api/v2/admin/plans/pro/stripe-sync')).status, 404, 'there is no Stripe here');
  });

  it('keeps administration for super-admins and money for owners', async () => {
    const requests = [
      ['GET', '/api/v2/admin/plans'],
      ['POST', '/api/v2/admin/plans'],
      ['PATCH', '/api/v2/admin/plans/pro'],
      ['DELETE', '/api/v2/admin/plans/pro'],
      ['POST', '/api/v2/admin/plans/pro/stripe-sync'],
      ['POST', '/api/v2/admin/plans/stripe-sync-all'],
      ['GET', `/api/v2/admin/tenants/${owner.tenantId}/effective-limits`],
      ['POST', `/api/v2/admin/tenants/${owner.tenantId}/reset-limits`],
      ['PATCH', `/api/platform/billing/tenants/${owner.tenantId}/overrides`],
      ['GET', '/api/platform/billing/coupons'],
      ['POST', '/api/platform/billing/checkouts/x/confirm'],
    ] as const;
    for (const [method, path] of requests) {
      assert.equal((await owner.http.send(method, path)).status, 403, path);
      assert.equal((await app.http.send(method, path)).status, 401, path);
    }
    for (const path of [
      '/api/v2/billing/subscription',
      '/api/v2/usage/current',
      '/api/v2/usage/history',
      '/api/v2/usage/daily',
    ])
      assert.equal((await app.http.get(path)).status, 401);
    const colleague = await register(app);
    await admin.patch(`/api/v2/admin/users/${colleague.id}`, { role: 'member' });
    assert.equal((await colleague.http.get('/api/v2/billing/subscription')).status, 200);
    for (const path of ['/api/v2/billing/checkout', '/api/v2/billing/portal', '/api/v2/billing/cancel'])
      assert.equal((await colleague.http.post(path, {})).status, 403, path);
    const root = app.http.bearer(ROOT_TOKEN);
    assert.equal((await root.get('/api/v2/billing/subscription')).body.code, 'no_tenant');
    const made = await owner.http.post('/api/v2/api-keys', { name: 'reader', scopes: ['billing:read'] });
    const key = app.http.apiKey(made.body.raw_key);
    assert.equal((await key.get('/api/v2/billing/subscription')).status, 200);
    const refused = await key.get('/api/v2/usage/current');
    assert.deepEqual([refused.status, refused.body.required], [403, 'usage:read']);
    assert.equal((await key.post('/api/v2/billing/cancel', {})).body.required, 'billing:manage');
  });
});
