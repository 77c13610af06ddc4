/** CSV: what an export and an import keep of a licence, and imports that come at once. */
import assert from 'node:assert/strict';
import { authConfig } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, cleared, EMAIL, STATIC_KEY } from './support.ts';

const DAY_MS = 24 * 3600_000;

describe('licences as CSV', () => {
  let app: TestPlatform;
  let admin: Client;
  const start = () => startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } } });
  before(async () => {
    app = await start();
    admin = app.http.apiKey(STATIC_KEY);
  });
  after(() => app.stop());
  afterEach(() => cleared(app));

  const load = (text: string, to: Client = admin) =>
    to.send('POST', `${BASE}/import`, text, { 'content-type': 'text/csv' });
  const rows = (of: TestPlatform) => of.services.db.read('licensing_licences').orderBy('id');

  it('keep product, entitlements and the rules of places', async () => {
    const product = { code: 'editor', floating: true, device_policy: 'replace_oldest', entitlements: { seats: 1 } };
    await admin.post(`${BASE}/products`, product);
    const wish = { plan: 'yearly', email: EMAIL, product: 'editor', entitlements: { export: true, name: 'a,"b"' } };
    const made = (await admin.post(`${BASE}/licences`, wish)).body;
    await admin.post(`${BASE}/licences`, { plan: 'lifetime', email: EMAIL });
    const csv = (await admin.get(`${BASE}/export.csv`)).text;
    const other = await start();
    try {
      const there = other.http.apiKey(STATIC_KEY);
      const early = await load(csv, there);
      assert.deepEqual([early.status, early.body.lines.length], [422, 1], 'the product comes first');
      // Its rules have changed since: the licence keeps those that it was made with.
      await there.post(`${BASE}/products`, { ...product, floating: false, device_policy: 'refuse' });
      assert.deepEqual((await load(csv, there)).body, { imported: 2, skipped: 0 });
      const { body } = await there.get(`${BASE}/licences/${made.license_id}`);
      assert.deepEqual([body.product, body.floating, body.entitlements], ['editor', true, made.entitlements]);
      assert.deepEqual(
        (await rows(other)).map(({ replaces_oldest, entitlements }) => [replaces_oldest, entitlements]),
        [
          [1, JSON.stringify(wish.entitlements)],
          [0, null],
        ],
      );
      assert.equal((await there.get(`${BASE}/export.csv`)).text, csv);
    } finally {
      await other.stop();
    }
  });

  it('give a plan its days when no end is named, and follow the product in what they leave out', async () => {
    await admin.post(`${BASE}/products`, { code: 'editor', floating: true });
    const lines = [
      'activation_code,email,plan,issued_at,product,entitlements',
      'AAAA-1,a@example.com,monthly,2026-01-01T00:00:00Z,editor,',
      'AAAA-2,a@example.com,yearly,,,',
      'AAAA-3,a@example.com,lifetime,,,',
    ];
    assert.equal((await load(lines.join('\n'))).body.imported, 3);
    const [monthly, yearly, lifetime] = await rows(app);
    assert.equal(Number(monthly!.valid_until), Date.parse('2026-01-31T00:00:00Z'));
    assert.equal(monthly!.is_floating, 1);
    assert.equal(Number(yearly!.valid_until) - Number(yearly!.issued_at), 365 * DAY_MS);
    assert.equal(lifetime!.valid_until, null);
    const odd = [lines[0], 'BBBB-1,a@example.com,yearly,,none,[1]', 'BBBB-2,a@example.com,yearly,,,{'];
    const refused = await load(odd.join('\n'));
    assert.deepEqual([refused.status, refused.body.lines.map((line: any) => line.line)], [422, [2, 2, 3]]);
  });

  it('are taken in from two files at once that name the same licences in another order', async () => {
    const numbers = Array.from({ length: 60 }, (_, index) => index);
    const text = (codes: string, order: number[]) =>
      [
        'license_id,activation_code,email,plan',
        ...order.map((n) => `LIC-${n},${codes}-${n},a@example.com,yearly`),
      ].join('\n');
    const answers = await Promise.all([
      load(text('AAAA', numbers)),
      load(text('BBBB', numbers)),
      load(text('AAAA', numbers.toReversed())),
      load(text('BBBB', numbers.toReversed())),
    ]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    const all = await rows(app);
    assert.deepEqual([all.length, new Set(all.map(({ license_id }) => license_id)).size], [120, 120]);
  });
});
