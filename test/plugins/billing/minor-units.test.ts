/** Amounts that were stored with the decimals of the runtime's locale data are brought over to ISO 4217. */
import assert from 'node:assert/strict';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { down, up } from '../../../plugins/billing/migrations/0004-minor-units.ts';

describe('minor units', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, billing: { defaultPlan: 'free' } } });
  });
  after(() => app.stop());

  const shown = (currency: string): number =>
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

  it('are brought over in plans, checkouts and invoices, and back', async () => {
    const { http } = await signInAdmin(app);
    const owner = await register(app);
    const plan = { plan_id: 'huf', display_name: 'Forint', price_monthly: 10_000, price_yearly: 0, currency: 'HUF' };
    assert.equal((await http.post('/api/v2/admin/plans', plan)).status, 201);
    const { session_id } = (await owner.http.post('/api/v2/billing/checkout', { plan_id: 'huf' })).body;
    await http.post(`/api/platform/billing/checkouts/${session_id}/confirm`);
    const { db } = app.services;
    const amounts = async () => {
      const [invoice] = await db.read('billing_invoices');
      const row = await db.read('billing_plans').where({ plan_id: 'huf' }).first();
      const dollars = await db.read('billing_plans').where({ plan_id: 'pro' }).first();
      const [line] = JSON.parse(invoice!.lines) as { amount: number }[];
      return [row!.price_monthly, invoice!.total, line!.amount, dollars!.price_monthly].map(Number);
    };
    assert.deepEqual(await amounts(), [1_000_000, 1_000_000, 1_000_000, 2990]);
    await down(db.write);
    const before = 10_000 * 10 ** shown('HUF');
    assert.deepEqual(await amounts(), [before, before, before, 2990]);
    await up(db.write);
    assert.deepEqual(await amounts(), [1_000_000, 1_000_000, 1_000_000, 2990]);
    assert.equal((await owner.http.get('/api/platform/billing/invoices')).body.items[0].total, 10_000);
  });
});
