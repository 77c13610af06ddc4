/** Requests a minute by plan, and invoice numbers under concurrency. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import { openBrowser } from '#test/support/browser.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('requests a minute', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, billing: { defaultPlan: 'free' } } });
  });
  after(() => app.stop());

  it('are those of the plan, for all that a tenant asks together', async () => {
    const owner = await register(app);
    const { body } = await owner.http.post('/api/v2/api-keys', { name: 'second' });
    const key = app.http.apiKey(body.raw_key);
    for (let count = 1; count < 10; count++)
      assert.equal((await (count % 2 ? owner.http : key).get('/api/v2/users/me')).status, 200, String(count));
    const refused = await key.get('/api/v2/users/me');
    assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited']);
    const seconds = Number(refused.headers.get('retry-after'));
    assert.ok(seconds >= 1 && seconds <= 60, String(seconds));
    assert.equal((await (await register(app)).http.get('/api/v2/users/me')).status, 200, 'others are not held up');

    const admin = (await signInAdmin(app)).http;
    const path = `/api/platform/billing/tenants/${owner.tenantId}/overrides`;
    assert.equal((await admin.patch(path, { requests_per_minute: 20 })).status, 200);
    for (let count = 0; count < 20; count++) assert.equal((await owner.http.get('/api/v2/users/me')).status, 200);
    assert.equal((await owner.http.get('/api/v2/users/me')).status, 429);
    assert.equal((await admin.patch(path, { requests_per_minute: -1 })).status, 200);
    for (let count = 0; count < 30; count++) assert.equal((await owner.http.get('/api/v2/users/me')).status, 200);
    for (let count = 0; count < 30; count++) assert.equal((await admin.get('/api/v2/users/me')).status, 200);
  });

  it('are not those of pages, on which a better plan is bought', async () => {
    const owner = await register(app);
    const browser = openBrowser(app);
    await browser.signIn(owner.email, owner.password);
    for (let count = 0; count < 12; count++)
      assert.equal((await browser.get('/api/platform/billing/subscription')).status, 200);
    for (let count = 0; count < 10; count++) await owner.http.get('/api/v2/users/me');
    assert.equal((await owner.http.get('/api/v2/users/me')).status, 429);
    assert.equal((await browser.get('/api/platform/billing/subscription')).status, 200);
  });

  it('cost no query once the tenant is known', async () => {
    const owner = await register(app);
    await owner.http.get('/api/v2/users/me');
    assert.ok(!(app.services.entitlements.of(owner.tenantId) instanceof Promise));
  });
});

describe('invoice numbers', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, billing: {} } });
  });
  after(() => app.stop());

  it('have no gaps, though many are made at once and some are taken back', async () => {
    const { db, invoices } = app.services;
    const wish = {
      tenantId: 'tenant',
      customer: { name: 'Somebody', email: null },
      provider: 'manual',
      status: 'open' as const,
      currency: 'USD',
      lines: [],
      subtotal: 0,
      discount: 0,
      credit: 0,
      total: 0,
      period: { start: 0, end: 1 },
    };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), async (kept) => {
        const made = kept.map((isKept) =>
          db.transaction(async (trx) => {
            await invoices.issue(trx, wish);
            if (!isKept) throw new Error('taken back');
          }),
        );
        await Promise.allSettled(made);
        const numbers = await db.read('billing_invoices').orderBy('id').pluck('number');
        const expected = numbers.map((_, index) => `INV-${String(index + 1).padStart(6, '0')}`);
        assert.deepEqual([...numbers].sort(), expected);
      }),
      { numRuns: 15 },
    );
  });
});
