/** Lists of billing: the contract of all lists, whose rows they show, and what strangers send. */
import assert from 'node:assert/strict';
import { manualClock } from '#core/clock.ts';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { attackList } from '#test/support/hostile-queries.ts';
import { walkList } from '#test/support/lists.ts';

const BASE = '/api/platform/billing';
const DAY_MS = 24 * 3600_000;
const config = { http: { rateLimit: { enabled: false } } };

describe('lists of billing', () => {
  let app: TestPlatform;
  let owner: Person;
  let other: Person;
  let admin: Client;
  before(async function () {
    this.timeout(60_000);
    const clock = manualClock(Date.parse('2027-03-10T12:00:00Z'));
    app = await startPlatform({ clock, config, plugins: { auth: authConfig, billing: { defaultPlan: 'free' } } });
    owner = await register(app);
    other = await register(app);
    admin = (await signInAdmin(app)).http;
    for (const code of ['b10', 'a10', 'a20']) await ok(admin.post(`${BASE}/coupons`, { ...coupon, code }));
    // A plan is bought, renewed and paid twice: three invoices of one tenant, and one of the other.
    await buy(owner, 'pro');
    await buy(other, 'starter');
    for (let month = 0; month < 2; month++) {
      await app.clock.advance(31 * DAY_MS);
      await app.platform.cron.runDue();
      await app.services.jobs.idle();
      admin = (await signInAdmin(app)).http;
      const { items } = await ok(admin.get(`${BASE}/all-invoices?status=open`));
      for (const { number } of items) await ok(admin.post(`${BASE}/invoices/${number}/confirm`));
    }
    const { usageMeters: usage } = app.services;
    for (let day = 0; day < 3; day++) {
      await usage.consume(owner.tenantId, 'messages', day + 1);
      await usage.consume(owner.tenantId, 'sessions', 1);
      await app.clock.advance(DAY_MS);
    }
    await usage.consume(other.tenantId, 'messages', 7);
    await app.clock.advance(31 * DAY_MS);
    await app.platform.cron.runDue();
    await app.services.jobs.idle();
    await usage.consume(owner.tenantId, 'messages', 1);
    await usage.consume(other.tenantId, 'messages', 1);
    [admin, owner.http, other.http] = await Promise.all([(await signInAdmin(app)).http, again(owner), again(other)]);
    for (const { tenantId } of [owner, other]) {
      await ok(admin.patch(`${BASE}/tenants/${tenantId}/overrides`, { max_sessions: 50 }));
      await app.clock.advance(1_000);
    }
  });
  after(() => app.stop());

  const coupon = { percent_off: 10, duration: 'once' };
  const ok = async (answer: Promise<{ status: number; body: any; text: string }>) => {
    const { status, body, text } = await answer;
    assert.ok(status < 300, `${status} ${text}`);
    return body;
  };
  const again = async ({ email, password }: Person) => {
    const { access_token } = await ok(app.http.post('/api/v2/auth/login', { email, password }));
    return app.http.bearer(access_token);
  };
  const buy = async ({ http }: Person, plan_id: string) => {
    const { session_id } = await ok(http.post('/api/v2/billing/checkout', { plan_id, billing_cycle: 'monthly' }));
    await ok(admin.post(`${BASE}/checkouts/${session_id}/confirm`));
  };
  const count = async (table: string, where: object = {}) =>
    (await app.services.db.read(table as 'billing_invoices').where(where)).length;

  const own = async () => {
    const mine = { tenant_id: owner.tenantId };
    return [
      {
        path: `${BASE}/invoices`,
        id: 'number',
        rows: await count('billing_invoices', mine),
        sorts: ['created_at', 'due_at'],
      },
      { path: `${BASE}/usage/days`, id: 'day', rows: await count('billing_usage_daily', mine), sorts: ['day'] },
      {
        path: `${BASE}/usage/months`,
        id: 'period',
        rows: await count('billing_usage_history', mine),
        sorts: ['period'],
      },
    ];
  };
  const ofAll = async () => [
    {
      path: `${BASE}/all-invoices`,
      id: 'number',
      rows: await count('billing_invoices'),
      sorts: ['created_at', 'due_at'],
    },
    { path: `${BASE}/subscriptions`, id: 'tenant_id', rows: 2, sorts: ['created_at', 'period_end'] },
    { path: `${BASE}/checkouts`, id: 'session_id', rows: 2, sorts: ['created_at', 'expires_at'] },
    { path: `${BASE}/coupons`, id: 'code', rows: 3, sorts: ['code', 'created_at'] },
    { path: `${BASE}/overrides`, id: 'tenant_id', rows: 2, sorts: ['updated_at'] },
    {
      path: `${BASE}/all-plans`,
      id: 'plan_id',
      rows: 5,
      sorts: ['display_name'],
    },
    { path: `${BASE}/meters/messages/usage`, id: 'tenant_id', rows: 2, sorts: ['used'] },
    {
      path: `${BASE}/tenants/${owner.tenantId}/usage/days`,
      id: 'day',
      sorts: ['day'],
      rows: await count('billing_usage_daily', { tenant_id: owner.tenantId }),
    },
    {
      path: `${BASE}/tenants/${owner.tenantId}/usage/months`,
      id: 'period',
      sorts: ['period'],
      rows: await count('billing_usage_history', { tenant_id: owner.tenantId }),
    },
  ];

  it('keep the contract, for tenants', async () => {
    for (const list of await own()) {
      assert.ok(list.rows > 1, list.path);
      await walkList({ client: owner.http, ...list });
    }
    const isForSale = (await app.services.db.read('billing_plans').where({ is_public: 1 })).length;
    await walkList({ client: app.http, path: `${BASE}/plans`, id: 'plan_id', rows: isForSale, sorts: ['plan_id'] });
  });

  it('keep the contract, for super-admins: what is sold', async () => {
    for (const list of (await ofAll()).slice(0, 4)) await walkList({ client: admin, ...list });
  });

  it('keep the contract, for super-admins: plans, limits and usage', async () => {
    for (const list of (await ofAll()).slice(4)) await walkList({ client: admin, ...list });
  });

  it('show what a tenant has, owes and used', async () => {
    const shown = async (path: string, of = admin) => (await ok(of.get(BASE + path))).items;
    const [subscription] = await shown(`/subscriptions?tenant_id=${owner.tenantId}`);
    assert.deepEqual([subscription.plan_id, subscription.billing_cycle, subscription.price], ['pro', 'monthly', 29.9]);
    assert.equal((await shown('/subscriptions?plan_id=starter'))[0].tenant_id, other.tenantId);
    assert.equal((await shown('/subscriptions?status=canceled')).length, 0);
    assert.deepEqual(
      (await shown('/coupons?code=A&sort=code')).map((one: any) => one.code),
      ['A10', 'A20'],
    );
    const paid = await shown('/invoices?status=paid&sort=created_at', owner.http);
    const later = await shown(`/invoices?created_at_from=${paid[1].created_at}`, owner.http);
    assert.ok(later.length > 0 && later.every(({ number }: any) => number !== paid[0].number));
    const march = await shown('/usage/days?meter=messages&sort=day', owner.http);
    assert.deepEqual(
      march.map((day: any) => day.used),
      [1, 2, 3, 1],
    );
    const month = march[0].day.slice(0, 7);
    assert.equal((await shown(`/usage/months?period=${month}&meter=messages`, owner.http))[0].used, 6);
    const users = await shown(`/meters/messages/usage?tenant_id=${other.tenantId}`);
    assert.deepEqual(
      users.map(({ used }: any) => used),
      [1],
    );
    const [granted] = await shown('/overrides');
    assert.deepEqual([granted.tenant_id, granted.limits], [other.tenantId, { max_sessions: 50 }]);
    assert.equal((await admin.get(`${BASE}/meters/dragons/usage`)).status, 422);
  });

  it("show nobody another tenant's rows, whichever filter or cursor asks for them", async () => {
    const { items, next_cursor } = await ok(owner.http.get(`${BASE}/invoices?limit=1`));
    const numbers = new Set((await ok(other.http.get(`${BASE}/invoices`))).items.map((one: any) => one.number));
    assert.ok(!numbers.has(items[0].number));
    for (const query of [
      `number=${items[0].number}`,
      `cursor=${next_cursor}`,
      'sort=-due_at',
      'status=paid',
      'format=csv',
    ]) {
      const { text } = await other.http.get(`${BASE}/invoices?${query}`);
      for (const { number } of (await ok(owner.http.get(`${BASE}/invoices`))).items)
        assert.ok(!text.includes(number), query);
    }
    assert.equal((await other.http.get(`${BASE}/invoices?tenant_id=${owner.tenantId}`)).status, 422);
    const days = (await ok(other.http.get(`${BASE}/usage/days?meter=sessions`))).items;
    assert.deepEqual(days, []);
    for (const { path } of await ofAll()) {
      assert.equal((await owner.http.get(path)).status, 403, path);
      assert.equal((await owner.http.get(`${path}?format=csv`)).status, 403, path);
    }
  });

  it('show keys nothing that were not made for it', async () => {
    const { raw_key } = await ok(owner.http.post('/api/v2/api-keys', { name: 'narrow', scopes: ['account:read'] }));
    for (const { path } of [...(await own()), ...(await ofAll())]) {
      assert.equal((await app.http.apiKey(raw_key).get(path)).status, 403, path);
      assert.equal((await app.http.get(path)).status, 401, path);
    }
  });

  it('refuse what strangers send, and go on', async () => {
    const times = ['created_at', 'due_at', 'paid_at'];
    const sorts = ['created_at'];
    await attackList({ client: owner.http, path: `${BASE}/invoices`, texts: ['number', 'status'], times, sorts });
    await attackList({ client: owner.http, path: `${BASE}/usage/days`, texts: ['day', 'meter'], sorts: ['day'] });
    await attackList({
      client: admin,
      path: `${BASE}/coupons`,
      texts: ['code'],
      times: ['expires_at'],
      sorts: ['code'],
    });
    await attackList({ client: admin, path: `${BASE}/overrides`, texts: ['tenant_id'], sorts: ['updated_at'] });
    await attackList({ client: app.http, path: `${BASE}/plans`, texts: ['plan_id'], sorts: ['plan_id'] });
    await attackList({
      client: admin,
      path: `${BASE}/subscriptions`,
      texts: ['plan_id'],
      times: ['period_end'],
      sorts,
    });
  });
});
