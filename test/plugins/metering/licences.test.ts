/** Licences as a meter: those that are active, counted with every change of their state. */
import assert from 'node:assert/strict';
import { signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { limit, limited, startMetered, usedOf } from './support.ts';

const BASE = '/api/platform/licensing';
const DAY_MS = 24 * 3600_000;
const wish = { plan: 'monthly', email: 'user@example.com' };

describe('licences as a meter', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startMetered({ licensing: {} });
  });
  after(() => app.stop());
  const used = (tenantId: string) => usedOf(app, tenantId, 'licences');

  it('are issued up to the limit, and refused in the shape of each dialect', async () => {
    const owner = await limited(app, { max_licences: 1 });
    assert.equal((await owner.http.post(`${BASE}/licences`, wish)).status, 201);
    const refused = await owner.http.post(`${BASE}/licences`, wish);
    assert.deepEqual([refused.status, refused.body.code], [403, 'limit_exceeded'], refused.text);
    assert.deepEqual([refused.body.limit, refused.body.used, refused.body.resets_at], [1, 1, null]);
    const old = await owner.http.post('/api/admin/generate', wish);
    assert.deepEqual([old.status, old.body.success, old.body.code], [403, false, 'LIMIT_EXCEEDED'], old.text);
    assert.equal(await used(owner.tenantId), 1);
    const rows = await app.services.db.read('licensing_licences').where({ tenant_id: owner.tenantId });
    assert.equal(rows.length, 1, 'what was refused is not stored');
    const other = await limited(app, { max_licences: 1 });
    assert.equal((await other.http.post(`${BASE}/licences`, wish)).status, 201, 'another tenant has its own');
  });

  it('give the last place to one of two that ask at once', async () => {
    const owner = await limited(app, { max_licences: 3 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => owner.http.post(`${BASE}/licences`, wish)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [
      201,
      201,
      201,
      ...Array.from({ length: 5 }, () => 403),
    ]);
    assert.equal(await used(owner.tenantId), 3);
  });

  it('are given back when they are revoked, suspended or over, and counted when they come back', async () => {
    const owner = await limited(app, { max_licences: 2 });
    const issue = async () => (await owner.http.post(`${BASE}/licences`, wish)).body.license_id;
    const { licenceChanges, licences } = app.services;
    const [first, second] = [await issue(), await issue()];
    await licenceChanges.revoke(owner.tenantId, first, 'no reason');
    await licenceChanges.revoke(owner.tenantId, first, 'again');
    assert.equal(await used(owner.tenantId), 1);
    await licenceChanges.suspend(owner.tenantId, second, 'no reason');
    assert.equal(await used(owner.tenantId), 0);
    const third = await issue();
    await issue();
    await assert.rejects(licenceChanges.resume(owner.tenantId, second), { code: 'limit_exceeded' });
    assert.equal((await licences.find(owner.tenantId, second)).status, 'suspended', 'nothing of it has happened');
    await app.clock.advance(31 * DAY_MS);
    await licences.expireSome(100);
    assert.equal(await used(owner.tenantId), 0);
    await licenceChanges.extend(owner.tenantId, third, {});
    assert.equal(await used(owner.tenantId), 1);
  });

  it('are counted by an import, which stops where the plan ends and can be repeated', async () => {
    const owner = await limited(app, { max_licences: 1 });
    const csv = (codes: string[]) =>
      Buffer.from(
        ['activation_code,email,plan', ...codes.map((code) => `${code},user@example.com,lifetime`)].join('\n'),
      );
    const principal = (await app.services.accounts.principalOf((await app.services.accounts.byUuid(owner.id))!.id))!;
    const read = (codes: string[]) => app.services.licenceImport.read(principal, async (write) => write(csv(codes)));
    const codes = ['AAAA-BBBB-CCCC-DDDD', 'AAAA-BBBB-CCCC-EEEE'];
    await assert.rejects(read(codes), { code: 'limit_exceeded' });
    assert.equal(await used(owner.tenantId), 0);
    await limit(app, owner, { max_licences: 2 });
    assert.deepEqual(await read(codes), { imported: 2, skipped: 0 });
    assert.deepEqual(await read(codes), { imported: 0, skipped: 2 });
    assert.equal(await used(owner.tenantId), 2);
  });

  it('of the platform itself are not counted', async () => {
    const { licences, db } = app.services;
    await licences.generate(null, { plan: 'monthly', email: 'user@example.com' });
    assert.deepEqual(await db.read('billing_usage').where({ tenant_id: '' }), []);
  });

  it('that were issued while nobody counted are found by the hour', async () => {
    const owner = await limited(app, {});
    for (let count = 0; count < 3; count++) await owner.http.post(`${BASE}/licences`, wish);
    await app.services.db.write('billing_usage').where({ tenant_id: owner.tenantId, meter: 'licences' }).delete();
    app.services.usageMeters.invalidate();
    assert.equal(await app.services.usageMeters.reconcile(), 1);
    assert.equal(await used(owner.tenantId), 3);
    assert.equal(await app.services.usageMeters.reconcile(), 0);
    const admin = await signInAdmin(app);
    const plan = {
      plan_id: 'shop',
      display_name: 'Shop',
      price_monthly: 1,
      price_yearly: 10,
      limits: { max_licences: 9 },
    };
    assert.equal((await admin.http.post('/api/v2/admin/plans', plan)).status, 201);
  });
});

describe('licences without billing', () => {
  it('are without limit', async () => {
    const app = await startMetered({ licensing: {}, billing: { enabled: false } });
    assert.equal(
      app.services.catalogue.meters.some(({ name }) => name === 'licences'),
      true,
    );
    for (let count = 0; count < 3; count++)
      await app.services.licences.generate('some tenant', { plan: 'monthly', email: 'user@example.com' });
    await app.stop();
  });
});
