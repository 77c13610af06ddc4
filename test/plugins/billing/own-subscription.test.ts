/** What pages show: one's own subscription with its price, what a plan would cost, and what strangers with a link see. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const BASE = '/api/platform/billing';

describe('a tenant’s own subscription', () => {
  let app: TestPlatform;
  let owner: Person;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: { defaultPlan: 'free', manual: { instructions: 'Send it <here>' } } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    owner = await register(app);
  });
  after(() => app.stop());

  const own = async () => (await owner.http.get(`${BASE}/subscription`)).body;
  const quote = async (query: string) => (await owner.http.get(`${BASE}/subscription/quote?${query}`)).body;

  it('is none before anything was bought', async () => {
    const { plan, status, subscription } = await own();
    assert.deepEqual([plan.plan_id, status, subscription], ['free', 'active', null]);
  });

  it('says what a plan costs as its checkout then does, and changes nothing by that', async () => {
    const { http } = await signInAdmin(app);
    await http.post(`${BASE}/coupons`, { code: 'HALF', percent_off: 50, duration: 'once' });
    const asked = await quote('plan_id=pro&billing_cycle=yearly&coupon=half');
    assert.deepEqual([asked.subtotal, asked.discount, asked.total, asked.currency], [299, 149.5, 149.5, 'USD']);
    assert.equal((await http.get(`${BASE}/checkouts?tenant_id=${owner.tenantId}`)).body.items.length, 0);
    assert.equal((await quote('plan_id=pro&coupon=none')).code, 'coupon_not_valid');
    assert.equal((await quote('plan_id=free')).code, 'plan_is_free');
  });

  it('shows whoever has the address of a checkout how to pay it, and not whose it is', async () => {
    const wish = { plan_id: 'pro', billing_cycle: 'monthly' };
    const { session_id } = (await owner.http.post('/api/v2/billing/checkout', wish)).body;
    const { body } = await app.http.get(`${BASE}/checkouts/${session_id}`);
    assert.deepEqual([body.plan.plan_id, body.amount, body.status], ['pro', 29.9, 'open']);
    assert.deepEqual([body.instructions, body.seller], ['Send it <here>', { name: 'Administration', address: '' }]);
    assert.equal(JSON.stringify(body).includes(owner.tenantId), false);
    assert.equal((await app.http.get(`${BASE}/checkouts/cs_manual_unknown`)).status, 404);
    const { http } = await signInAdmin(app);
    const waiting = async () => (await http.get('/api/platform/attention')).body.items;
    const others = async () => (await app.services.db.read('auth_users').where({ status: 'active' })).length - 1;
    assert.deepEqual(
      (await waiting()).map(({ id, count }: { id: string; count: number }) => [id, count]),
      [
        ['auth.cannotSendMail', await others()],
        ['billing.payments', 1],
      ],
    );
    assert.equal((await owner.http.get('/api/platform/attention')).body.items.length, 0);
    assert.equal((await http.post(`${BASE}/checkouts/${session_id}/confirm`)).status, 200);
    assert.equal((await waiting()).length, 1);
    assert.equal((await app.http.get(`${BASE}/checkouts/${session_id}`)).body.status, 'completed');
  });

  it('has its price and period then, and what follows a change for later', async () => {
    const bought = (await own()).subscription;
    assert.deepEqual([bought.price, bought.currency, bought.next_plan], [29.9, 'USD', null]);
    assert.equal(bought.instructions, 'Send it <here>');
    const later = { plan_id: 'starter', billing_cycle: 'monthly', when: 'period_end' };
    assert.equal((await owner.http.post(`${BASE}/subscription/change`, later)).status, 200);
    assert.equal((await own()).subscription.next_plan.plan_id, 'starter');
    const change = await quote('plan_id=business');
    assert.equal(change.keeps_period, true);
    assert.equal(change.total, 20);
  });

  it('is behind the link of the portal, for an hour', async () => {
    const { portal_url } = (await owner.http.post('/api/v2/billing/portal', {})).body;
    const token = new URL(portal_url).searchParams.get('token');
    const { body } = await app.http.post(`${BASE}/portal`, { token });
    assert.deepEqual([body.plan.plan_id, body.status, body.invoices.length], ['pro', 'active', 1]);
    assert.equal((await app.http.post(`${BASE}/portal`, { token: `${token}x` })).body.code, 'invalid_link');
    await app.clock.advance(2 * 3600_000);
    assert.equal((await app.http.post(`${BASE}/portal`, { token })).body.code, 'invalid_link');
  });

  it('is named by its tenant in the lists of super-admins', async () => {
    const { http } = await signInAdmin(app);
    for (const list of ['subscriptions', 'checkouts', 'all-invoices']) {
      const { items } = (await http.get(`${BASE}/${list}?tenant_id=${owner.tenantId}`)).body;
      assert.ok(items.length > 0, list);
      for (const item of items) assert.equal(typeof item.tenant_name, 'string', list);
    }
  });
});
