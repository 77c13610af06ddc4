/** What callers may try, and what comes at the same instant. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterUnfelt, authConfig, catchMails, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { callAs } from '#test/support/principals.ts';
import { BASE, callsOf, cleared, EMAIL, made, proof, STATIC_KEY, verifyLicence } from './support.ts';

describe('licensing under attack', () => {
  let app: TestPlatform;
  let admin: Client;
  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        licensing: { apiKey: STATIC_KEY, abuse: { devices: 20, addresses: 100, suspend: true } },
      },
    });
    admin = app.http.apiKey(STATIC_KEY);
  });
  after(() => app.stop());
  afterEach(() => cleared(app));

  const { product, licence, verify } = callsOf(() => app);

  it('mails a device link for one code, however it is written', async () => {
    const mine = await licence();
    await licence();
    await app.services.jobs.idle();
    const mails = catchMails(app);
    const activation_code = mine.activation_code.toLowerCase();
    await made(app.http.post('/api/licenses/device-link', { email: EMAIL, activation_code }), 200);
    await afterUnfelt(app);
    assert.equal(mails.length, 1);
    const { licenses } = (await app.http.post('/api/licenses/my-devices', { token: mails[0]!.token })).body;
    assert.deepEqual(
      licenses.map((one: any) => one.license_id),
      [mine.license_id],
    );
  });

  it('takes an address for one address', async () => {
    const { product_id } = await product({ trial_days: 14 });
    for (const email of ['one,victim@example.com', 'a;b@example.com', '<a@example.com>', 'a\0b@example.com']) {
      const trial = await app.http.post('/api/licenses/trials', { product_id, email });
      assert.deepEqual([trial.status, trial.body.code], [400, 'INVALID_REQUEST'], email);
      assert.equal((await admin.post('/api/admin/generate', { plan: 'monthly', email })).status, 400, email);
    }
    await made(admin.post('/api/admin/generate', { plan: 'monthly', email: "o'hara+x@例え.example" }), 200);
  });

  it('renews no licence past what a date can be', async () => {
    const one = await licence({ plan: 'yearly' });
    const row = app.services.db.write('licensing_licences').where({ license_id: one.license_id });
    await row.clone().update({ valid_until: Date.UTC(9990, 0, 1) });
    const renewed = await admin.post(`${BASE}/licences/${one.license_id}/renew`, { days: 36_500 });
    assert.match(renewed.body.valid_until, /^9999-12-31/);
    // One that was stored before does not end the lists.
    await row.update({ valid_until: 9e15 });
    assert.equal((await admin.get('/api/admin/licenses')).status, 200);
    assert.equal((await admin.get(`${BASE}/licences`)).status, 200);
    await row.clone().update({ valid_until: Date.UTC(2_100, 0, 1) });
  });

  it('renews once for each key and licence, also when two ask at once', async () => {
    const [one, two] = [await licence({ days: 10 }), await licence({ days: 10 })];
    const renew = (of: any) => admin.post(`${BASE}/licences/${of.license_id}/renew`, { days: 5, idempotency_key: 'o' });
    const answers = await Promise.all([renew(one), renew(one), renew(one), renew(two)]);
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.license_id]),
      [one, one, one, two].map((of) => [200, of.license_id]),
    );
    const days = (of: any, { body }: { body: any }) =>
      Math.round((Date.parse(body.valid_until) - Date.parse(of.valid_until)) / (24 * 3600_000));
    assert.deepEqual([days(one, answers[0]!), days(two, answers[3]!)], [5, 5]);
  });

  it('makes one licence for a key of a workflow, also when two ask at once, and whatever the key is', async () => {
    const call = await callAs(app, await register(app), `execution/${'step/'.repeat(60)}`);
    const ask = () =>
      app.services.functions.call('licensing.generate', { plan: 'monthly', email: EMAIL }, call) as Promise<any>;
    const ids = (await Promise.all([ask(), ask(), ask()])).map(({ license_id }) => license_id);
    assert.equal(new Set(ids).size, 1);
    const extend = { license_id: ids[0], days: 3 };
    const ends = await Promise.all([1, 2, 3].map(() => app.services.functions.call('licensing.extend', extend, call)));
    assert.equal(new Set(ends.map((end: any) => end.valid_until)).size, 1);
  });

  it('covers all of a version that is named in part', async () => {
    const mine = await licence({ max_version: '2' });
    for (const version of ['1.9.0', '2', '2.0.0', '2.5.1', 'v2.9'])
      assert.equal((await verify(mine, { version })).code, 'SUCCESS', version);
    assert.equal((await verify(mine, { version: '3.0.0' })).code, 'VERSION_NOT_COVERED');
    const exact = await licence({ max_version: '2.9.1' });
    assert.equal((await verify(exact, { version: '2.9.1' })).code, 'SUCCESS');
    assert.equal((await verify(exact, { version: '2.9.2' })).code, 'VERSION_NOT_COVERED');
    const { file } = (await app.http.post(`/api/licenses/${mine.license_id}/file`, { ...proof(mine), device_id: 'a' }))
      .body;
    const { keys } = (await app.http.get('/api/licenses/public-key')).body;
    const check = (version: string) => verifyLicence(file, { keys, deviceId: 'a', version, now: app.clock.now() });
    assert.equal(check('2.5.1').state, 'valid');
    assert.throws(() => check('3.0.0'), /version 2/);
  });

  it('does not renew a lease whose place was given away meanwhile', async () => {
    await product({ floating: true, lease_seconds: 60 });
    const floating = await licence({ product: 'editor', device_cap: 1 });
    const lease = (device_id: string) => app.http.post('/api/licenses/leases', { ...proof(floating), device_id });
    const { lease_id } = (await lease('a')).body;
    const { products } = app.services;
    const { rulesOf } = products;
    products.rulesOf = async (of) => {
      products.rulesOf = rulesOf;
      await app.clock.advance(60_000);
      await made(lease('b'), 200);
      return rulesOf(of);
    };
    await app.clock.advance(1000);
    assert.equal((await app.http.post(`/api/licenses/leases/${lease_id}/heartbeat`)).status, 404);
  });

  it('counts devices of offline files too when it looks for abuse', async () => {
    const mine = await licence({ device_cap: 100 });
    const file = (device_id: string) =>
      app.http.post(`/api/licenses/${mine.license_id}/file`, { ...proof(mine), device_id });
    for (const device of Array.from({ length: 21 }, (_, index) => `d${index}`)) await file(device);
    assert.equal((await file('f')).body.code, 'INVALID_LICENSE');
  });

  it('says what is wrong with a code that is too long, and imports while others issue', async () => {
    const load = (text: string) => admin.send('POST', `${BASE}/import`, text, { 'content-type': 'text/csv' });
    const odd = `activation_code,email,plan\nABCDE${'-'.repeat(90)}FGHIJ,a@example.com,yearly\n`;
    assert.equal((await load(odd)).status, 422);
    const line = (plan: string, index: number) => `${plan}-${index},a@example.com,${plan}`;
    const lines = ['monthly', 'yearly'].flatMap((plan) => Array.from({ length: 90 }, (_, index) => line(plan, index)));
    const [imported, ...issued] = await Promise.all([
      load(`activation_code,email,plan\n${lines.join('\n')}`),
      ...Array.from({ length: 40 }, () => admin.post('/api/admin/generate', { plan: 'yearly', email: EMAIL })),
    ]);
    assert.deepEqual([imported.status, new Set(issued.map(({ status }) => status))], [200, new Set([200])]);
    const { stats } = (await admin.get('/api/admin/stats')).body;
    assert.deepEqual([stats.total_licenses, stats.plan_statistics.yearly], [220, 130]);
  });

  it('changes the signing key as often as it is asked to at once, and leaves one current', async () => {
    const { signingKeys, db } = app.services;
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => signingKeys.rotate()),
      signingKeys.current(),
    ]);
    assert.equal(new Set(answers).size, 6);
    const current = await db.read('licensing_signing_keys').where({ slot: 'current' });
    assert.equal(current.length, 1);
    assert.ok(answers.includes(current[0]!.kid));
  });

  it('lets an address try thirty keys in ten minutes, and who has a right one go on', async () => {
    const list = (key: string) => app.http.apiKey(key).get('/api/admin/licenses');
    for (let index = 0; index < 30; index++) assert.equal((await list(`a wrong key ${index}`)).status, 401);
    const late = await list('another wrong key');
    assert.deepEqual([late.status, late.body.success, late.body.code], [429, false, 'RATE_LIMITED']);
    assert.ok(Number(late.headers.get('retry-after')) > 0);
    assert.equal((await admin.get('/api/admin/licenses')).status, 200);
    for (const path of [`${BASE}/products`, '/api/v2/users/me'])
      assert.equal((await app.http.apiKey('a wrong key').get(path)).status, 429, path);
    const { http } = await register(app);
    assert.equal((await http.get('/api/admin/licenses')).status, 200);
  });

  it('takes the licence before its devices, so that two changes never wait for each other', async () => {
    const mine = await licence();
    await verify(mine, { device_id: 'a' });
    let answer: ReturnType<Client['post']> | undefined;
    await app.services.db.transaction(async (trx) => {
      await trx('licensing_licences').where({ license_id: mine.license_id }).forUpdate().first();
      answer = admin.post('/api/admin/deactivate-device', { license_id: mine.license_id, device_id: 'a' });
      await sleep(200);
      await trx('licensing_devices').where({ device_id: 'a' }).delete();
    });
    assert.equal((await answer)?.status, 404);
  });
});
