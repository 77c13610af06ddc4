/** Lists of licensing beside that of licences: the contract of all lists, whose rows they show, and what strangers send. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { attackList } from '#test/support/hostile-queries.ts';
import { walkList } from '#test/support/lists.ts';
import { BASE, EMAIL, made, STATIC_KEY } from './support.ts';

describe('lists of licensing', () => {
  let app: TestPlatform;
  let vendor: Person;
  let stranger: Person;
  let admin: Client;
  let licenceId: string;
  let floatingId: string;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } } });
    vendor = await register(app);
    stranger = await register(app);
    admin = app.http.apiKey(STATIC_KEY);
    await Promise.all(
      ['b', 'a', 'c'].map((code) => made(vendor.http.post(`${BASE}/products`, { code, name: `Product ${code}` }))),
    );
    await made(vendor.http.post(`${BASE}/products`, { code: 'floating', floating: true }));
    await made(admin.post(`${BASE}/products`, { code: 'a' }));
    const licence = await made(vendor.http.post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL, product: 'a' }));
    const floating = await made(
      vendor.http.post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL, product: 'floating' }),
    );
    [licenceId, floatingId] = [licence.license_id, floating.license_id];
    const proof = (of: { activation_code: string }) => ({
      activation_code: of.activation_code,
      email: EMAIL,
      tenant_id: vendor.tenantId,
    });
    for (const device_id of ['two', 'one', 'three']) {
      const { body } = await app.http.post('/api/verify', { ...proof(licence), device_id });
      assert.equal(body.code, 'SUCCESS', JSON.stringify(body));
      await made(app.http.post(`/api/licenses/${licenceId}/file`, { ...proof(licence), device_id }), 200);
      await made(app.http.post('/api/licenses/leases', { ...proof(floating), device_id }), 200);
      await app.clock.advance(1_000);
    }
    await made(admin.post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL }));
  });
  after(() => app.stop());

  const lists = () => [
    { path: `${BASE}/products`, id: 'product_id', rows: 4, sorts: ['code', 'name'] },
    { path: `${BASE}/devices`, id: 'id', rows: 3, sorts: ['activated_at'] },
    { path: `${BASE}/licences/${licenceId}/devices`, id: 'id', rows: 3, sorts: ['last_seen_at', 'device_name'] },
    { path: `${BASE}/licences/${licenceId}/history`, id: 'id', rows: 4, sorts: [] },
    { path: `${BASE}/licences/${licenceId}/files`, id: 'device_id', rows: 3, sorts: ['works_until'] },
    { path: `${BASE}/licences/${floatingId}/leases`, id: 'device_id', rows: 3, sorts: ['acquired_at', 'expires_at'] },
  ];

  it('keep the contract', async () => {
    for (const list of lists()) await walkList({ client: vendor.http, ...list });
  });

  it('find by filters and words', async () => {
    const shown = async (path: string) => (await vendor.http.get(BASE + path)).body.items;
    assert.deepEqual((await shown('/devices?device_id=t')).map((one: any) => one.device_id).sort(), ['three', 'two']);
    assert.equal((await shown('/devices?device_id=o'))[0].license_id, licenceId);
    assert.equal((await shown(`/licences/${licenceId}/devices?status=deactivated`)).length, 0);
    assert.deepEqual(
      (await shown('/products?search=B')).map((one: any) => one.name),
      ['Product b'],
    );
    assert.equal((await shown('/products?floating=true')).length, 1);
    assert.equal((await shown('/licences?license_id=LIC-')).length, 2);
    assert.equal((await shown(`/licences?license_id=${licenceId.slice(0, 9)}`))[0].license_id, licenceId);
    assert.equal((await shown('/licences?license_id=IC-')).length, 0);
    const [issued] = (await shown(`/licences/${licenceId}/history`)).slice(-1);
    assert.equal((await shown(`/licences/${licenceId}/history?what=${issued.what}`)).length, 1);
  });

  it("show nobody another tenant's rows, whichever filter or cursor asks for them", async () => {
    const { next_cursor } = (await vendor.http.get(`${BASE}/devices?limit=1`)).body;
    for (const query of ['', '?device_id=t', `?cursor=${next_cursor}`, '?sort=activated_at', '?status=active']) {
      assert.deepEqual((await stranger.http.get(`${BASE}/devices${query}`)).body.items, [], query);
    }
    assert.deepEqual((await stranger.http.get(`${BASE}/products?search=a`)).body.items, []);
    assert.deepEqual((await stranger.http.get(`${BASE}/licences?tenant_id=${vendor.tenantId}`)).body.items, []);
    const csv = await stranger.http.get(`${BASE}/devices?format=csv`);
    assert.equal(csv.text.trim().split('\n').length, 1);
    for (const part of ['devices', 'history', 'files', 'leases']) {
      for (const query of ['', '?format=csv', `?cursor=${next_cursor}`]) {
        const answer = await stranger.http.get(`${BASE}/licences/${licenceId}/${part}${query}`);
        assert.equal(answer.status, 404, `${part}${query}`);
      }
    }
    assert.equal(
      (await (await signInAdmin(app)).http.get(`${BASE}/licences?tenant_id=${vendor.tenantId}`)).body.items.length,
      2,
    );
    assert.equal((await admin.get(`${BASE}/devices`)).body.items.length, 3);
    assert.equal((await admin.get(`${BASE}/products`)).body.items.length, 5);
  });

  it('show keys nothing that were not made for it, and nobody the ids of leases', async () => {
    const { body } = await vendor.http.post('/api/v2/api-keys', { name: 'narrow', scopes: ['usage:read'] });
    const narrow = app.http.apiKey(body.raw_key);
    for (const { path } of lists()) {
      assert.equal((await narrow.get(path)).status, 403, path);
      assert.equal((await app.http.get(path)).status, 401, path);
    }
    const { text } = await vendor.http.get(`${BASE}/licences/${floatingId}/leases`);
    const [lease] = await app.services.db.read('licensing_leases');
    assert.ok(!text.includes(lease!.lease_id));
  });

  it('refuse what strangers send, and go on', async () => {
    const { http: client } = vendor;
    const device = { client, texts: ['device_id', 'status'], times: ['activated_at'], sorts: ['activated_at'] };
    await attackList({ ...device, path: `${BASE}/devices` });
    await attackList({
      client,
      path: `${BASE}/products`,
      texts: ['code', 'search'],
      times: ['created_at'],
      sorts: ['code'],
    });
    await attackList({ client, path: `${BASE}/licences/${licenceId}/history`, texts: ['what'], times: ['at'] });
    await attackList({
      client,
      path: `${BASE}/licences/${licenceId}/files`,
      texts: ['device_id'],
      sorts: ['works_until'],
    });
    await attackList({
      client,
      path: `${BASE}/licences`,
      texts: ['email', 'search', 'tenant_id', 'plan'],
      times: ['created_at', 'valid_until'],
      sorts: ['email', 'created_at'],
    });
    await walkList({ client, path: `${BASE}/devices`, rows: 3, sorts: ['activated_at'] });
  });
});
