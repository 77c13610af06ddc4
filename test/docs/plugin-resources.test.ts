/** The table of suppliers that the docs show is one that works: what `resource()` promises, asked of it. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authConfig, keyOf, type Person, register } from '#test/support/accounts.ts';
import { patchbay } from '#test/support/command-line.ts';
import { followGuide } from '#test/support/guide-files.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const PATH = '/api/platform/sample/suppliers';
const MOST_LINES = 60;

describe('a table with routes and a page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-resources-'));
  const plugin = join(folder, 'sample');
  let app: TestPlatform;
  let ada: Person;
  let eve: Person;
  let added = 0;
  before(async () => {
    for (const args of [
      ['new-plugin', 'sample', '--ui', '--folder', folder],
      ['build-pages', plugin],
    ]) {
      const { code, out, err } = await patchbay(args);
      assert.equal(code, 0, out + err);
      if (args[0] === 'new-plugin') added = followGuide('plugin-resources.md', plugin);
    }
    app = await startPlatform({ plugins: { auth: authConfig, [plugin]: {} } });
    [ada, eve] = [await register(app), await register(app)];
  });
  after(() => app.stop());

  const make = async (name: string, more: object = {}) => (await ada.http.post(PATH, { name, ...more })).body;

  it('costs at most sixty lines', () => {
    assert.ok(added <= MOST_LINES, `${added} lines`);
  });

  it('makes one with what it does not say, and shows it with its version', async () => {
    const answer = await ada.http.post(PATH, { name: 'Mill' });
    assert.equal(answer.status, 201, answer.text);
    const { id, version, created_at, ...rest } = answer.body;
    assert.deepEqual(rest, { name: 'Mill', days: 30 });
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.match(created_at, /^\d{4}-\d\d-\d\dT/);
    assert.equal(answer.headers.get('etag'), `"${version}"`);
    assert.equal((await ada.http.post(PATH, { name: 'Mill' })).status, 409);
    for (const wrong of [{}, { name: '' }, { name: 'x'.repeat(101) }, { name: 'y', days: 366 }])
      assert.equal((await ada.http.post(PATH, wrong)).status, 422, JSON.stringify(wrong));
  });

  it('lists them in any order, by pages and as CSV', async () => {
    for (const name of ['Bakery', 'Dairy', 'Apiary']) await make(name);
    const { items, next_cursor, total } = (await ada.http.get(`${PATH}?sort=name&limit=2`)).body;
    assert.deepEqual(
      items.map(({ name }: { name: string }) => name),
      ['Apiary', 'Bakery'],
    );
    assert.equal(total.value, 4);
    assert.equal((await ada.http.get(`${PATH}?limit=2&cursor=${next_cursor}`)).body.items[0].name, 'Dairy');
    assert.match((await ada.http.get(`${PATH}?format=csv`)).text, /^id,name,days,created_at,version\r?\n/);
  });

  it('changes what is still as it was seen, and removes that alone', async () => {
    const { id, version } = await make('Winery');
    const seen = { 'if-match': `"${version}"` };
    const changed = await ada.http.with(seen).patch(`${PATH}/${id}`, { days: 14 });
    assert.deepEqual([changed.status, changed.body.days, changed.body.name], [200, 14, 'Winery']);
    assert.notEqual(changed.body.version, version);
    assert.equal((await ada.http.with(seen).patch(`${PATH}/${id}`, { days: 7 })).status, 412);
    assert.equal((await ada.http.patch(`${PATH}/${id}`, { name: 'Mill' })).status, 409);
    assert.equal((await ada.http.with(seen).delete(`${PATH}/${id}`)).status, 412);
    const again = await ada.http.patch(`${PATH}/${id}`, { days: 14 });
    assert.notEqual(again.body.version, changed.body.version, 'the same values are another version');
    assert.equal((await ada.http.delete(`${PATH}/${id}`)).status, 204);
    assert.equal((await ada.http.delete(`${PATH}/${id}`)).status, 404);
  });

  it('keeps tenants apart, and strangers and keys without the scope out', async () => {
    const { id } = await make('Quarry');
    assert.equal((await eve.http.patch(`${PATH}/${id}`, { days: 1 })).status, 404);
    assert.equal((await eve.http.delete(`${PATH}/${id}`)).status, 404);
    assert.deepEqual((await eve.http.get(PATH)).body.items, []);
    assert.equal((await eve.http.post(PATH, { name: 'Quarry' })).status, 201);
    assert.equal((await app.http.get(PATH)).status, 401);
    const reading = app.http.with(await keyOf(ada, ['sample:read']));
    assert.equal((await reading.get(PATH)).status, 200);
    assert.equal((await reading.post(PATH, { name: 'By a key' })).status, 403);
  });

  it('stands in the document, whole and by itself', async () => {
    const whole = (await app.http.get('/openapi.json')).body;
    const part = (await app.http.get(`/openapi.json?path=${PATH}`)).body;
    assert.deepEqual(Object.keys(part.paths), [PATH, `${PATH}/{id}`]);
    assert.deepEqual(part.paths[PATH], whole.paths[PATH]);
    for (const [, kind, name] of JSON.stringify(part).matchAll(/"#\/components\/([^/"]+)\/([^/"]+)"/g))
      assert.deepEqual(part.components[kind!]?.[name!], whole.components[kind!][name!], `${kind} ${name}`);
    assert.deepEqual((await app.http.get('/openapi.json?path=/nowhere')).body.paths, {});
  });

  it('goes with its tenant', async () => {
    await make('Last');
    assert.equal((await ada.http.delete('/api/v2/users/me')).status, 204);
    await app.services.jobs.idle();
    const rows: { tenant_id: string }[] = await app.services.db.read('sample_suppliers' as never);
    assert.deepEqual([...new Set(rows.map(({ tenant_id }) => tenant_id))], [eve.tenantId]);
  });
});
