/** Two people who change the same product: the second is told, and undoes nothing. */
import assert from 'node:assert/strict';
import { authConfig } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, callsOf, STATIC_KEY } from './support.ts';

let app: TestPlatform;
before(async () => {
  app = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } } });
});
after(() => app.stop());

describe('the version of a product', () => {
  const change = (id: string, body: object, version?: string) =>
    app.http.apiKey(STATIC_KEY).patch(`${BASE}/products/${id}`, body, version ? { 'if-match': version } : {});

  it('is asked for by If-Match, and 412 says which one there is', async () => {
    const { product_id, version } = await callsOf(() => app).product({ code: 'one', name: 'One' });
    const first = await change(product_id, { name: 'Two' }, `"${version}"`);
    assert.deepEqual([first.status, first.headers.get('etag')], [200, `"${first.body.version}"`]);
    const second = await change(product_id, { name: 'Three' }, `"${version}"`);
    assert.deepEqual([second.status, second.body.code], [412, 'precondition_failed']);
    assert.equal(second.body.version, first.body.version);
    const last = await change(product_id, { trial_days: 3 }, `"other", "${second.body.version}"`);
    assert.deepEqual([last.status, last.body.name, last.body.trial_days], [200, 'Two', 3]);
    assert.equal((await change(product_id, { name: 'Any' }, '*')).status, 200);
    assert.equal((await change(product_id, { name: 'None' })).status, 200, 'who does not ask is not asked');
    const written = await app.services.db.read('auth_audit_entries').whereLike('action', 'product.%').orderBy('id');
    const { action, target_type } = written[0] ?? {};
    assert.deepEqual([action, target_type], ['product.created', 'product'], 'the audit log knows of it');
  });

  it('lets one of many through who change it at once', async () => {
    const { product_id, version } = await callsOf(() => app).product({ code: 'many', name: 'Many' });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => change(product_id, { name: `Name ${index}` }, `"${version}"`)),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 7 }, () => 412)]);
  });
});

describe('the version of a licence', () => {
  const path = ({ license_id }: any) => `${BASE}/licences/${license_id}`;
  const read = async (of: any) => (await app.http.apiKey(STATIC_KEY).get(path(of))).headers.get('etag') ?? '';
  const change = (of: any, what: string, version: string, body: object = {}) =>
    app.http.apiKey(STATIC_KEY).post(`${path(of)}/${what}`, body, { 'if-match': version });

  it('is asked for by every change, and another one is refused', async () => {
    const licence = await callsOf(() => app).licence();
    const first = await read(licence);
    assert.equal(first, `"${licence.version}"`);
    const listed = (await app.http.apiKey(STATIC_KEY).get(`${BASE}/licences`)).body.items[0];
    assert.equal(listed.version, licence.version);
    const renewed = await change(licence, 'renew', first, { days: 5, idempotency_key: 'one' });
    assert.equal(renewed.status, 200, renewed.text);
    for (const what of ['renew', 'upgrade', 'suspend', 'revoke']) {
      const { status, body } = await change(licence, what, first, what === 'upgrade' ? { device_cap: 9 } : {});
      assert.deepEqual([status, body.code, body.version], [412, 'precondition_failed', renewed.body.version], what);
    }
    const again = await change(licence, 'renew', first, { days: 5, idempotency_key: 'one' });
    assert.deepEqual([again.status, again.body.valid_until], [200, renewed.body.valid_until], 'a repeat is no change');
    let version = renewed.headers.get('etag') ?? '';
    for (const [what, body] of [
      ['upgrade', { device_cap: 9 }],
      ['suspend', {}],
      ['resume', {}],
      ['revoke', {}],
    ] as const) {
      const answer = await change(licence, what, version, body);
      assert.equal(answer.status, 200, answer.text);
      version = answer.headers.get('etag') ?? '';
      assert.equal(await read(licence), version, what);
    }
  });

  it('stays the same when a device comes', async () => {
    const calls = callsOf(() => app);
    const licence = await calls.licence();
    await calls.verify(licence, { device_id: 'new' });
    assert.equal(await read(licence), `"${licence.version}"`);
  });

  it('lets one of many through who change it at once', async () => {
    const licence = await callsOf(() => app).licence();
    const version = await read(licence);
    const answers = await Promise.all([5, 6, 7, 8].map((days) => change(licence, 'renew', version, { days })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412, 412, 412]);
  });
});
