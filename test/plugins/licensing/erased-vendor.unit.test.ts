/** A vendor that is erased leaves nothing behind, and nobody else's licences are touched. */
import assert from 'node:assert/strict';
import { authConfig, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, EMAIL, made, proof } from './support.ts';

describe('an erased vendor', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, licensing: {} },
      config: { http: { rateLimit: { enabled: false } } },
    });
  });
  after(() => app.stop());

  it('leaves no row in any table of licensing', async () => {
    const [vendor, other] = [await register(app), await register(app)];
    for (const { http, tenantId: tenant_id } of [vendor, other]) {
      const { product_id } = await made(
        http.post(`${BASE}/products`, { code: 'editor', floating: true, trial_days: 14 }),
      );
      const licence = await made(http.post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL, product: 'editor' }));
      const asked = { ...proof(licence), tenant_id };
      await made(app.http.post('/api/licenses/leases', { ...asked, device_id: 'a' }), 200);
      await made(app.http.post(`/api/licenses/${licence.license_id}/file`, { ...asked, device_id: 'b' }), 200);
      await made(app.http.post('/api/licenses/trials', { product_id, email: EMAIL }), 200);
    }
    const { db } = app.services;
    const counts = async () => {
      const tables = [
        ...(['licensing_licences', 'licensing_devices', 'licensing_leases', 'licensing_files'] as const),
        ...(['licensing_trials', 'licensing_sightings', 'licensing_history', 'licensing_products'] as const),
        'licensing_counts' as const,
      ];
      return Promise.all(tables.map(async (table) => (await db.read(table)).length));
    };
    const before = await counts();
    assert.ok(
      before.every((count) => count > 0 && count % 2 === 0),
      String(before),
    );
    const { http } = await signInAdmin(app);
    assert.equal((await http.delete(`/api/v2/admin/tenants/${vendor.tenantId}`)).status, 204);
    await app.services.jobs.idle();
    assert.deepEqual(
      await counts(),
      before.map((count) => count / 2),
    );
    assert.equal((await db.read('core_jobs').where('payload', 'like', `%${vendor.tenantId}%`)).length, 0);
  });
});
