/** Two people who change the same product: the second is told, and undoes nothing. */
import assert from 'node:assert/strict';
import { authConfig } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, callsOf, STATIC_KEY } from './support.ts';

describe('the version of a product', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } } });
  });
  after(() => app.stop());

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
  });

  it('lets one of many through who change it at once', async () => {
    const { product_id, version } = await callsOf(() => app).product({ code: 'many', name: 'Many' });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => change(product_id, { name: `Name ${index}` }, `"${version}"`)),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 7 }, () => 412)]);
  });
});
