/** The list of licences: the contract of all lists, its filters, and whose rows it shows. */
import assert from 'node:assert/strict';
import { authConfig, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { walkList } from '#test/support/lists.ts';
import { BASE, STATIC_KEY } from './support.ts';

const PATH = `${BASE}/licences`;

describe('the list of licences', () => {
  let app: TestPlatform;
  let admin: Client;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } } });
    admin = app.http.apiKey(STATIC_KEY);
    for (const [email, plan] of [
      ['c@example.com', 'yearly'],
      ['a@example.com', 'monthly'],
      ['b@example.com', 'yearly'],
      ['a@example.com', 'lifetime'],
      ['=cmd@example.com', 'yearly'],
    ]) {
      await admin.post(PATH, { email, plan });
      await app.clock.advance(1_000);
    }
  });
  after(() => app.stop());

  const shown = async (query: string, of = admin) => (await of.get(`${PATH}?${query}`)).body.items;

  it('keeps the contract of lists', () =>
    walkList({ client: admin, path: PATH, rows: 5, sorts: ['email', 'created_at'] }));

  it('filters by what begins so, by one of several, and by time', async () => {
    assert.equal((await shown('email=a')).length, 2);
    assert.equal((await shown('email=a@example.com')).length, 2);
    assert.equal((await shown('plan=yearly,lifetime')).length, 4);
    assert.equal((await shown('status=revoked')).length, 0);
    const [, second] = await shown('sort=created_at');
    const { body } = await admin.get(`${PATH}?created_at_to=${second.created_at}`);
    assert.deepEqual([body.items.length, body.total], [1, { value: 1, relation: 'exact' }]);
    assert.equal((await admin.get(`${PATH}?plan=weekly`)).status, 422);
    assert.equal((await admin.get(`${PATH}?created_at_from=yesterday`)).status, 422);
  });

  it('finds one by its code, its id, its address', async () => {
    const [licence] = await shown('email=c');
    for (const text of [licence.activation_code.toLowerCase(), licence.license_id, 'C@example.com']) {
      assert.deepEqual(
        (await shown(`search=${encodeURIComponent(text)}`)).map(({ id }: { id: number }) => id),
        [licence.id],
      );
    }
  });

  it('says of what product each is', async () => {
    const [first] = await shown('email=c');
    assert.deepEqual([first.product, first.product_name], ['default', null]);
    const vendor = (await register(app)).http;
    await vendor.post(`${BASE}/products`, { code: 'editor', name: 'Editor' });
    await vendor.post(PATH, { email: 'ada@example.com', plan: 'yearly', product: 'editor' });
    const [licence] = await shown('', vendor);
    assert.deepEqual([licence.product, licence.product_name], ['editor', 'Editor']);
  });

  it('is harmless in a spreadsheet', async () => {
    const { text, headers } = await admin.get(`${PATH}?format=csv&email==`);
    assert.match(text, /'=cmd@example\.com/);
    assert.equal(headers.get('content-disposition'), 'attachment; filename="licences.csv"');
  });

  it("shows nobody another tenant's licences", async () => {
    const stranger = (await register(app)).http;
    assert.deepEqual(await shown('', stranger), []);
    assert.equal((await stranger.get(`${PATH}?format=csv`)).text.split('\n').filter(Boolean).length, 1);
    const { previous_cursor } = (
      await admin.get(`${PATH}?limit=1&cursor=${(await admin.get(`${PATH}?limit=1`)).body.next_cursor}`)
    ).body;
    assert.deepEqual(await shown(`cursor=${previous_cursor}`, stranger), []);
  });
});
