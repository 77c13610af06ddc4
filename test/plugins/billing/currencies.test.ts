/** Money stays what it is: credit and debts in one currency are none in another, and wait until it comes back. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const DAY_MS = 24 * 3600_000;

describe('credit in a currency', () => {
  let app: TestPlatform;
  let owner: Person;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: { defaultPlan: 'free' } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    const { http } = await signInAdmin(app);
    for (const plan of [
      { plan_id: 'won', display_name: 'Won', price_monthly: 50_000, price_yearly: 500_000, currency: 'KRW' },
      { plan_id: 'community', display_name: 'Community', price_monthly: 0, price_yearly: 0, currency: 'USD' },
    ])
      assert.equal((await http.post('/api/v2/admin/plans', plan)).status, 201);
  });
  after(() => app.stop());
  beforeEach(async () => {
    owner = await register(app);
  });

  const pass = async (ms: number) => {
    await app.clock.advance(ms);
    await app.platform.cron.runDue();
    owner.http = (await signIn(app, owner.email, owner.password)).http;
  };
  const confirm = async (path: string) => {
    const { http } = await signInAdmin(app);
    const confirmed = await http.post(`/api/platform/billing/${path}/confirm`);
    assert.equal(confirmed.status, 200, confirmed.text);
  };
  const buy = async (wish: object) => {
    const asked = await owner.http.post('/api/v2/billing/checkout', wish);
    assert.equal(asked.status, 200, asked.text);
    if (asked.body.amount !== 0) await confirm(`checkouts/${asked.body.session_id}`);
  };
  const row = async () =>
    (await app.services.db.read('billing_subscriptions').where({ tenant_id: owner.tenantId }).first())!;
  const balance = async () => {
    const { credit, currency } = await row();
    return `${credit} ${currency}`;
  };
  const change = async (plan_id: string) => {
    const wish = { plan_id, when: 'now' };
    assert.ok((await owner.http.post('/api/platform/billing/subscription/change', wish)).status < 300);
  };

  it('stays that of its currency by way of free plans in another', async () => {
    await buy({ plan_id: 'won' });
    await change('free');
    await change('community');
    assert.equal(await balance(), '50000 KRW');
  });

  it('waits while another currency is paid with, and is there when it comes back', async () => {
    await buy({ plan_id: 'won', billing_cycle: 'yearly' });
    await change('free');
    assert.equal(await balance(), '500000 KRW');
    await buy({ plan_id: 'starter' });
    assert.equal(await balance(), '0 USD');
    await change('free');
    await buy({ plan_id: 'won' });
    assert.match(await balance(), /^(450000|500000) KRW$/);
  });

  it('is not made of late money in another one', async () => {
    await buy({ plan_id: 'won' });
    await pass(Number((await row()).period_end) - app.clock.now() + 1_000);
    const { items } = (await owner.http.get('/api/platform/billing/invoices')).body;
    assert.equal(items[0].issuer.name, 'Administration', 'the organisation that runs the server');
    await pass(8 * DAY_MS);
    await buy({ plan_id: 'starter' });
    await confirm(`invoices/${items[0].number}`);
    assert.equal(await balance(), '0 USD');
    const aside = await app.services.db.read('billing_set_aside').where({ tenant_id: owner.tenantId });
    // Less what the days of grace have cost, in the same currency.
    assert.equal(aside.length, 1);
    const { currency, amount } = aside[0]!;
    assert.ok(currency === 'KRW' && Number(amount) > 0 && Number(amount) < 50_000, `${amount} ${currency}`);
  });
});
