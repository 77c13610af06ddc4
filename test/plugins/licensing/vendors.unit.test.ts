/** Several vendors on one server: a licence opens the programs of who issued it, and nobody else's. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, callsOf, EMAIL, made, proof, STATIC_KEY, verifyLicence } from './support.ts';

describe('a licence of one’s own', () => {
  let app: TestPlatform;
  let vendor: Person;
  let thief: Person;
  let theirs: any;
  let stolen: any;
  let product: any;
  let copy: any;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY, customerMail: { onIssue: false } } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    [vendor, thief] = [await register(app), await register(app)];
    const wish = { code: 'editor', entitlements: { pro: true } };
    product = await made(vendor.http.post(`${BASE}/products`, wish));
    copy = await made(thief.http.post(`${BASE}/products`, wish));
    const licence = { email: EMAIL, product: 'editor', plan: 'lifetime', device_cap: 1000 };
    theirs = await made(vendor.http.post(`${BASE}/licences`, licence));
    stolen = await made(thief.http.post(`${BASE}/licences`, licence));
  });
  after(() => app.stop());

  const { verify } = callsOf(() => app);

  it('opens no product of another tenant, whichever way it is asked about', async () => {
    const named = { product_id: product.product_id };
    assert.equal((await verify(theirs, { ...named, device_id: 'a' })).code, 'SUCCESS');
    assert.equal((await verify(theirs, named)).productId, product.product_id);
    assert.equal((await verify(theirs, { tenant_id: vendor.tenantId })).code, 'SUCCESS');
    const ways = [
      named,
      { tenant_id: vendor.tenantId },
      {},
      { ...named, tenant_id: thief.tenantId },
      { tenant_id: '*' },
    ];
    for (const asked of ways) {
      const refused = await verify(stolen, { ...asked, device_id: 'b' });
      assert.deepEqual([refused.code, refused.isValid], ['INVALID_LICENSE', false], JSON.stringify(asked));
    }
    assert.equal((await verify(stolen, { product_id: copy.product_id })).code, 'SUCCESS', 'its own it opens');
    assert.equal((await verify(stolen, { product_id: 'PROD-NOTHERE' })).code, 'INVALID_LICENSE');
  });

  it('is unknown to the licence document’s plain call, which belongs to the operator', async () => {
    const plain = async (who: { post: Person['http']['post'] }) =>
      (await made(who.post('/api/admin/generate', { plan: 'lifetime', email: EMAIL }), 200)).license;
    const [ofThief, ofKey] = [await plain(thief.http), await plain(app.http.apiKey(STATIC_KEY))];
    const operator = await signInAdmin(app);
    const ofOperator = await plain(operator.http);
    assert.equal((await verify(ofThief)).code, 'INVALID_LICENSE');
    assert.equal((await verify(ofThief, { tenant_id: thief.tenantId })).code, 'SUCCESS');
    for (const own of [ofKey, ofOperator]) {
      assert.equal((await verify(own)).code, 'SUCCESS');
      assert.equal((await verify(own, { tenant_id: operator.tenantId })).code, 'SUCCESS');
      assert.equal((await verify(own, { tenant_id: thief.tenantId })).code, 'INVALID_LICENSE');
    }
  });

  it('takes no lease of another tenant’s program', async () => {
    const wish = { code: 'floating', floating: true };
    const { product_id } = await made(vendor.http.post(`${BASE}/products`, wish));
    await made(thief.http.post(`${BASE}/products`, wish));
    const licence = { plan: 'yearly', email: EMAIL, product: 'floating' };
    const [own, other] = [
      await made(vendor.http.post(`${BASE}/licences`, licence)),
      await made(thief.http.post(`${BASE}/licences`, licence)),
    ];
    const lease = (of: any) => app.http.post('/api/licenses/leases', { ...proof(of), product_id, device_id: 'a' });
    assert.equal((await lease(own)).status, 200);
    const refused = await lease(other);
    assert.deepEqual([refused.status, refused.body.code], [403, 'INVALID_LICENSE']);
  });

  it('gives an offline file that says whose it is, and that no other program takes', async () => {
    const { keys } = (await app.http.get('/api/licenses/public-key')).body;
    const file = async (of: any, product_id?: string) => {
      const body = { ...proof(of), product_id, device_id: 'laptop' };
      return (await made(app.http.post(`/api/licenses/${of.license_id}/file`, body), 200)).file;
    };
    const check = (text: string, more: object) =>
      verifyLicence(text, { keys, deviceId: 'laptop', now: app.clock.now(), ...more });
    const [good, bad] = [await file(theirs, product.product_id), await file(stolen, copy.product_id)];
    const mine = { productId: product.product_id };
    assert.equal(check(good, mine).licence.tenant_id, vendor.tenantId);
    assert.equal(check(good, { tenantId: vendor.tenantId }).state, 'valid');
    for (const program of [mine, { tenantId: vendor.tenantId }, {}]) {
      assert.throws(() => check(bad, program), /another program/, JSON.stringify(program));
    }
    assert.throws(() => check(good, {}), /another program/, 'nor is the operator’s opened by anybody’s');
    const plain = await made(
      app.http.apiKey(STATIC_KEY).post('/api/admin/generate', { plan: 'yearly', email: EMAIL }),
      200,
    );
    assert.equal(check(await file(plain.license), {}).licence.operator, true);
  });

  it('is all that a function of a tenant sees', async () => {
    const ask = (of: any) => ({ activation_code: of.activation_code, email: EMAIL });
    const call = async (of: any) =>
      (await made(thief.http.post('/api/platform/functions/licensing.verify', { input: ask(of) }), 200)).output;
    assert.deepEqual(await call(stolen), { valid: true, code: 'SUCCESS' });
    assert.deepEqual(await call(theirs), { valid: false, code: 'INVALID_LICENSE' });
  });
});
