/** A payment provider that another plugin registers. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { authConfig, register, signIn, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PADDLE = fileURLToPath(new URL('../../fixtures/plugins/paddle', import.meta.url));
const SECRET = 'paddle secret';

describe('a payment provider of another plugin', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, billing: { provider: 'paddle', defaultPlan: 'free' }, [PADDLE]: { secret: SECRET } },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());

  it('is chosen by its name, sells, and is believed by its own signature', async () => {
    const owner = await register(app);
    const { body } = await owner.http.post('/api/v2/billing/checkout', { plan_id: 'pro', billing_cycle: 'yearly' });
    assert.equal(body.checkout_url, `https://pay.example/pad_1?for=${owner.tenantId}&plan=pro&cents=29900`);
    assert.equal((await app.http.get(`/billing/checkout/${body.session_id}`)).status, 404, 'has pages of its own');
    await app.clock.advance(10 * 24 * 3600_000);
    owner.http = (await signIn(app, owner.email, owner.password)).http;
    const payload = JSON.stringify({ id: 'evt_1', session: body.session_id });
    const tell = (signature: string) =>
      app.http.send('POST', '/api/v2/billing/webhooks/paddle', payload, { 'paddle-signature': signature });
    assert.equal((await tell('wrong')).status, 400);
    const signature = createHmac('sha256', SECRET).update(payload).digest('hex');
    assert.deepEqual((await tell(signature)).body, { received: true, duplicate: false });
    assert.deepEqual((await tell(signature)).body, { received: true, duplicate: true });
    const mine = (await owner.http.get('/api/v2/billing/subscription')).body;
    assert.deepEqual([mine.plan_id, mine.billing_cycle], ['pro', 'yearly']);
    assert.equal((await owner.http.get('/api/platform/billing/invoices')).body.items[0].total, 299);
    const portal = await owner.http.post('/api/v2/billing/portal', {});
    assert.equal(portal.body.portal_url, `https://pay.example/portal/${owner.tenantId}`);
    const synced = await (await signInAdmin(app)).http.post('/api/v2/admin/plans/pro/stripe-sync');
    assert.deepEqual([synced.status, synced.body.code], [404, 'unknown_provider']);
  });

  it('keeps what was paid twice as credit', async () => {
    const owner = await register(app);
    const wish = { plan_id: 'starter', billing_cycle: 'monthly' };
    const begin = async () => (await owner.http.post('/api/v2/billing/checkout', wish)).body.session_id;
    const sessions = [await begin(), await begin()];
    for (const [index, session] of sessions.entries()) {
      const payload = JSON.stringify({ id: `evt_twice_${index}`, session });
      const signature = createHmac('sha256', SECRET).update(payload).digest('hex');
      const headers = { 'paddle-signature': signature };
      assert.equal((await app.http.send('POST', '/api/v2/billing/webhooks/paddle', payload, headers)).status, 200);
    }
    const row = await app.services.db.read('billing_subscriptions').where({ tenant_id: owner.tenantId }).first();
    assert.deepEqual([row?.status, Number(row?.credit)], ['active', 990]);
    const { items } = (await owner.http.get('/api/platform/billing/invoices')).body;
    assert.deepEqual(
      items.map(({ status, total }: any) => [status, total]),
      [
        ['paid', 9.9],
        ['paid', 9.9],
      ],
    );
  });

  it('stops the boot when Stripe is chosen without its keys', async () => {
    const boot = startPlatform({ plugins: { auth: authConfig, billing: { provider: 'stripe' } } });
    await assert.rejects(boot, /plugins\.billing\.stripe/);
    const plan = startPlatform({ plugins: { auth: authConfig, billing: { defaultPlan: 'gold' } } });
    await assert.rejects(plan, /'gold', which does not exist/);
  });
});
