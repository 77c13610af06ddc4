/** Products, offline files, floating leases, trials, renewals and what customers can do themselves. */
import assert from 'node:assert/strict';
import { afterUnfelt, authConfig, catchMails, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, callsOf, cleared, EMAIL, made, proof, STATIC_KEY, verifyLicence } from './support.ts';

const DAY_MS = 24 * 3600_000;

describe('licensing beyond the document', () => {
  let app: TestPlatform;
  let admin: Client;
  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        licensing: { apiKey: STATIC_KEY, abuse: { devices: 4, addresses: 3, suspend: true } },
      },
    });
    admin = app.http.apiKey(STATIC_KEY);
  });
  after(() => app.stop());
  afterEach(() => cleared(app));

  const { product, licence, verify } = callsOf(() => app);
  const fileFor = (of: any, deviceId: string, client: Client = app.http) =>
    client.post(`/api/licenses/${of.license_id}/file`, { ...proof(of), device_id: deviceId });

  describe('offline files', () => {
    it('are checked by the verifier of the docs, for their device, their time and then their grace', async () => {
      await product({ offline_days: 10, grace_days: 3, entitlements: { seats: 5 } });
      const mine = await licence({ product: 'editor', entitlements: { export: true }, max_version: '2.9' });
      const { file, expires_at } = await made(fileFor(mine, 'mac-1'), 200);
      const { keys } = (await app.http.get('/api/licenses/public-key')).body;
      const check = (options: object) =>
        verifyLicence(file, { keys, deviceId: 'mac-1', now: app.clock.now(), ...options });

      const { state, licence: claims } = check({});
      assert.equal(state, 'valid');
      assert.deepEqual(claims.entitlements, { seats: 5, export: true });
      assert.deepEqual([claims.license_id, claims.product, claims.plan], [mine.license_id, 'editor', 'yearly']);
      assert.equal(Date.parse(expires_at), Math.floor((app.clock.now() + 10 * DAY_MS) / 1000) * 1000);
      assert.equal(check({ now: app.clock.now() + 11 * DAY_MS }).state, 'grace');
      assert.throws(() => check({ now: app.clock.now() + 14 * DAY_MS }), /expired/);
      assert.throws(() => check({ now: app.clock.now() - DAY_MS }), /clock/);
      assert.throws(() => check({ deviceId: 'mac-2' }), /another device/);
      assert.throws(() => check({ version: '3.0.0' }), /version 2.9/);
      assert.equal(check({ version: '2.8.5' }).state, 'valid');
      const [header, payload, signature] = file.split('.');
      const forged = JSON.parse(Buffer.from(payload, 'base64url').toString());
      forged.license.entitlements.seats = 500;
      const changed = `${header}.${Buffer.from(JSON.stringify(forged)).toString('base64url')}.${signature}`;
      const options = { keys, deviceId: 'mac-1', now: app.clock.now() };
      assert.throws(() => verifyLicence(changed, options), /changed/);
      const unsigned = Buffer.from(JSON.stringify({ alg: 'none', typ: 'patchbay-licence+jwt' })).toString('base64url');
      assert.throws(() => verifyLicence(`${unsigned}.${payload}.${signature}`, options), /not a licence file/);
    });

    it('take a place, never last longer than the licence, and need the right code', async () => {
      const short = await licence({ days: 5, device_cap: 1 });
      const { expires_at } = await made(fileFor(short, 'one'), 200);
      assert.equal(expires_at, short.valid_until);
      await made(fileFor(short, 'one'), 200);
      assert.equal((await fileFor(short, 'two')).body.code, 'DEVICE_LIMIT_EXCEEDED');
      assert.equal((await verify(short, { device_id: 'two' })).code, 'DEVICE_LIMIT_EXCEEDED');
      const other = await licence();
      const wrong = await app.http.post(`/api/licenses/${other.license_id}/file`, {
        ...proof(short),
        device_id: 'one',
      });
      assert.deepEqual([wrong.status, wrong.body.code], [403, 'INVALID_LICENSE']);
      const none = await app.http.post(`/api/licenses/${other.license_id}/file`, { device_id: 'one' });
      assert.deepEqual([none.status, none.body.code], [400, 'MISSING_LICENSE']);
      const byKey = await admin.post(`/api/licenses/${other.license_id}/file`, { device_id: 'one' });
      assert.equal(byKey.status, 200);
      const stranger = await register(app);
      const foreign = await stranger.http.post(`/api/licenses/${other.license_id}/file`, { device_id: 'one' });
      assert.deepEqual([foreign.status, foreign.body.code], [404, 'NOT_FOUND']);
      await admin.post('/api/admin/revoke', { license_id: short.license_id });
      assert.equal((await fileFor(short, 'one')).body.code, 'INVALID_LICENSE');
    });

    it('stay good when the key is changed', async () => {
      const mine = await licence();
      const before = (await fileFor(mine, 'a')).body;
      const superadmin = await signInAdmin(app);
      const { kid } = await made(superadmin.http.post(`${BASE}/signing-keys`));
      assert.equal((await admin.post(`${BASE}/signing-keys`)).status, 403);
      const published = (await app.http.get('/api/licenses/public-key')).body;
      assert.deepEqual([published.kid, published.keys.length], [kid, 2]);
      const after = (await fileFor(mine, 'a')).body;
      assert.equal(after.kid, kid);
      assert.notEqual(before.kid, kid);
      for (const { file } of [before, after]) {
        const options = { keys: published.keys, deviceId: 'a', now: app.clock.now() };
        assert.equal(verifyLicence(file, options).state, 'valid');
      }
      assert.ok(!JSON.stringify(published).includes('"d"'), 'the private part stays here');
    });
  });

  describe('floating licences', () => {
    it('lend as many places as they have, until leases end or are given back', async () => {
      await product({ floating: true, lease_seconds: 60 });
      const floating = await licence({ product: 'editor', device_cap: 2 });
      const lease = (deviceId: string) =>
        app.http.post('/api/licenses/leases', { ...proof(floating), device_id: deviceId });
      const first = await made(lease('a'), 200);
      assert.equal(first.heartbeat_seconds, 20);
      const answers = await Promise.all(['b', 'c', 'd', 'e'].map(lease));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
      assert.equal((await made(lease('a'), 200)).lease_id, first.lease_id);

      await app.clock.advance(45_000);
      await made(app.http.post(`/api/licenses/leases/${first.lease_id}/heartbeat`), 200);
      await app.clock.advance(30_000);
      // The other one sent no heartbeat.
      const third = await made(lease('f'), 200);
      assert.equal((await lease('g')).body.code, 'DEVICE_LIMIT_EXCEEDED');
      await made(app.http.delete(`/api/licenses/leases/${third.lease_id}`), 200);
      await made(lease('g'), 200);
      await app.clock.advance(61_000);
      const late = await app.http.post(`/api/licenses/leases/${first.lease_id}/heartbeat`);
      assert.deepEqual([late.status, late.body.code], [404, 'LEASE_NOT_FOUND']);
      const { db, leases } = app.services;
      // Its hour may have come meanwhile: it may be done, or under way.
      await app.platform.cron.runDue();
      await leases.removeOld();
      const old = await db.read('licensing_leases').where('expires_at', '<=', app.clock.now());
      assert.deepEqual(old, []);
    });

    it('end with their licence, and do not count devices of a verification', async () => {
      await product({ floating: true });
      const floating = await licence({ product: 'editor', device_cap: 1 });
      for (const device_id of ['a', 'b', 'c']) assert.equal((await verify(floating, { device_id })).code, 'SUCCESS');
      const lease = await made(app.http.post('/api/licenses/leases', { ...proof(floating), device_id: 'a' }), 200);
      await admin.post('/api/admin/revoke', { license_id: floating.license_id });
      assert.equal((await app.http.post(`/api/licenses/leases/${lease.lease_id}/heartbeat`)).status, 404);
      const fixed = await licence();
      const refused = await app.http.post('/api/licenses/leases', { ...proof(fixed), device_id: 'a' });
      assert.equal(refused.body.code, 'NOT_FLOATING');
    });
  });

  it('replaces the oldest device where the product says so', async () => {
    await product({ device_policy: 'replace_oldest' });
    const mine = await licence({ product: 'editor', device_cap: 2 });
    for (const device_id of ['a', 'b', 'a', 'c']) {
      await app.clock.advance(1000);
      assert.equal((await verify(mine, { device_id })).code, 'SUCCESS');
    }
    const { devices, active_devices, history } = (await admin.get(`${BASE}/licences/${mine.license_id}`)).body;
    assert.deepEqual(devices.map((device: any) => device.device_id).sort(), ['a', 'c']);
    assert.equal(active_devices, 2);
    assert.deepEqual(history.find((line: any) => line.what === 'device_replaced').detail, { device_id: 'b' });
    const codes = await Promise.all(['d', 'a', 'd'].map(async (device_id) => (await verify(mine, { device_id })).code));
    assert.ok(codes.includes('SUCCESS'));
    assert.equal((await admin.get(`${BASE}/licences/${mine.license_id}`)).body.active_devices, 2);
  });

  it('says product, entitlements and version for a licence of a product, and refuses later versions', async () => {
    await product({ name: 'Editor', current_version: '3.1.0', entitlements: { seats: 1 } });
    const mine = await licence({ product: 'editor', max_version: '2' });
    const answer = await verify(mine, { version: '2.0.0' });
    assert.deepEqual(
      [answer.product, answer.entitlements, answer.currentVersion, answer.maxVersion],
      ['editor', { seats: 1 }, '3.1.0', '2'],
    );
    assert.equal((await verify(mine, { version: '3.0.0' })).code, 'VERSION_NOT_COVERED');
    assert.equal((await admin.post(`${BASE}/products`, { code: 'editor' })).status, 409);
    const [listed] = (await admin.get(`${BASE}/products`)).body.items;
    const changed = await admin.patch(`${BASE}/products/${listed.product_id}`, { entitlements: { seats: 9 } });
    assert.deepEqual(changed.body.entitlements, { seats: 9 });
    assert.deepEqual((await verify(mine)).entitlements, { seats: 9 });
    assert.equal((await admin.post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL, product: 'none' })).status, 404);
  });

  it('starts one trial for each address, told by mail alone, and turns it into a licence', async () => {
    const mails = catchMails(app);
    const { product_id } = await product({ trial_days: 14 });
    const ask = () => app.http.post('/api/licenses/trials', { product_id, email: 'New@Example.com' });
    const answers = await Promise.all([ask(), ask(), ask()]);
    for (const { body } of answers) assert.deepEqual(body, { success: true, trial_days: 14 });
    await app.services.jobs.idle();
    assert.equal(mails.length, 1);
    const code = /^[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}$/m.exec(mails[0]!.text)?.[0];
    const trial = { activation_code: code, email: 'new@example.com' };
    assert.equal((await app.http.post('/api/verify', trial)).body.trial, true);
    await app.clock.advance(15 * DAY_MS);
    assert.equal((await app.http.post('/api/verify', trial)).body.code, 'LICENSE_EXPIRED');
    const [row] = (await admin.get('/api/admin/licenses')).body.licenses;
    const upgraded = await admin.post(`${BASE}/licences/${row.license_id}/upgrade`, { plan: 'yearly' });
    assert.equal(upgraded.body.trial, false);
    assert.equal(Date.parse(upgraded.body.valid_until), Math.floor((app.clock.now() + 365 * DAY_MS) / 1000) * 1000);
    assert.equal((await app.http.post('/api/verify', trial)).body.code, 'SUCCESS');
    const { body: stats } = await admin.get('/api/admin/stats');
    assert.deepEqual(stats.stats.plan_statistics, { monthly: 0, yearly: 1, lifetime: 0 });
    const plain = await made(admin.post(`${BASE}/products`, { code: 'plain' }));
    assert.equal(
      (await app.http.post('/api/licenses/trials', { product_id: plain.product_id, email: EMAIL })).status,
      404,
    );
  });

  it('renews and upgrades with a history, never below the places that are taken', async () => {
    const mine = await licence({ days: 10, device_cap: 3 });
    for (const device_id of ['a', 'b']) await verify(mine, { device_id });
    const path = `${BASE}/licences/${mine.license_id}`;
    const renew = () => admin.post(`${path}/renew`, { days: 20, idempotency_key: 'order-1' });
    assert.equal((await renew()).body.valid_until, (await renew()).body.valid_until);
    assert.equal(Date.parse((await renew()).body.valid_until) - Date.parse(mine.valid_until), 20 * DAY_MS);
    const small = await admin.post(`${path}/upgrade`, { device_cap: 1 });
    assert.equal(small.status, 409);
    const life = await admin.post(`${path}/upgrade`, { plan: 'lifetime', device_cap: 2 });
    assert.deepEqual([life.body.valid_until, life.body.plan, life.body.device_limit], [null, 'lifetime', 2]);
    const { history } = (await admin.get(path)).body;
    assert.deepEqual(
      history.map((line: any) => line.what),
      ['issued', 'activated', 'activated', 'renewed', 'upgraded'],
    );
    await made(admin.post(`${path}/suspend`, { reason: 'unpaid' }), 200);
    assert.equal((await verify(mine)).code, 'INVALID_LICENSE');
    assert.equal((await admin.get('/api/admin/stats')).body.stats.active_licenses, 0);
    await made(admin.post(`${path}/resume`), 200);
    assert.equal((await verify(mine)).code, 'SUCCESS');
  });

  it('finds abuse once in a window, tells of it, and suspends when told to', async () => {
    const recording = await app.record(/^licence\.abused$/);
    const mine = await licence({ device_cap: 2 });
    for (const device_id of ['a', 'b', 'c', 'd']) await verify(mine, { device_id });
    assert.deepEqual(await recording.all(), []);
    assert.equal((await verify(mine, { device_id: 'a' })).code, 'SUCCESS');
    await verify(mine, { device_id: 'e' });
    const abused = (await recording.all()).map(({ data }) => data);
    assert.deepEqual([abused.length, abused[0].found, abused[0].suspended], [1, { device: 5 }, true]);
    assert.equal((await verify(mine, { device_id: 'a' })).code, 'INVALID_LICENSE');
    const path = `${BASE}/licences/${mine.license_id}`;
    assert.equal((await admin.get(path)).body.status, 'suspended');
    await admin.post(`${path}/resume`);
    await verify(mine, { device_id: 'f' });
    assert.equal((await recording.all()).length, 1);
    await app.clock.advance(25 * 3600_000);
    assert.ok((await app.services.abuseDetection.removeOld()) > 0);
    assert.equal((await verify(mine, { device_id: 'a' })).code, 'SUCCESS');
  });

  it('lets customers release their devices with a link that only they get', async () => {
    const mails = catchMails(app);
    const mine = await licence({ device_cap: 1 });
    await app.services.jobs.idle();
    mails.length = 0;
    await verify(mine, { device_id: 'old', device_name: 'Old <b>laptop</b>' });
    for (const email of ['nobody@example.com', EMAIL]) {
      assert.deepEqual((await app.http.post('/api/licenses/device-link', { email })).body, { success: true });
    }
    await afterUnfelt(app);
    assert.deepEqual(
      mails.map(({ to }) => to),
      [EMAIL],
    );
    const { token } = mails[0]!;
    const page = await app.http.get('/licences/devices');
    assert.deepEqual([page.status, page.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
    const [shown] = (await app.http.post('/api/licenses/my-devices', { token })).body.licenses;
    assert.deepEqual([shown.license_id, shown.devices[0].device_id], [mine.license_id, 'old']);
    const release = (device_id: string, with_ = token) =>
      app.http.post('/api/licenses/my-devices/release', { token: with_, license_id: mine.license_id, device_id });
    assert.equal((await release('other')).body.code, 'NOT_FOUND');
    assert.equal((await release('old', `${token.slice(0, -3)}abc`)).body.code, 'LINK_EXPIRED');
    assert.equal((await release('old')).status, 200);
    assert.equal((await verify(mine, { device_id: 'new' })).code, 'SUCCESS');
    await app.clock.advance(61 * 60_000);
    assert.equal((await release('new')).body.code, 'LINK_EXPIRED');
  });

  it('mails codes when they are made, and reminds once of each end', async () => {
    const mails = catchMails(app);
    const mine = await licence({ days: 30 });
    await app.services.jobs.idle();
    assert.ok(mails[0]!.text.includes(mine.activation_code));
    for (let day = 0; day < 26; day++) await app.clock.advance(DAY_MS);
    await app.services.reminders.remindSome(100);
    // The scheduled run that the days have begun may have the licence, and be about to queue its mail.
    while (mails.length < 2) {
      await new Promise(setImmediate);
      await app.services.jobs.idle();
    }
    await app.services.jobs.idle();
    assert.deepEqual(
      mails.map(({ subject }) => subject.slice(0, 12)),
      ['Your activat', 'Your licence'],
    );
  });

  it('gives all licences as CSV and takes them back elsewhere', async () => {
    const first = await licence({ user_hint: '=HYPERLINK("http://evil")' });
    await licence({ plan: 'lifetime', user_hint: 'with, comma and "quotes"' });
    const csv = await admin.get(`${BASE}/export.csv`);
    assert.match(csv.text, /^license_id,activation_code,email,plan/);
    assert.ok(csv.text.includes(`"'=HYPERLINK(""http://evil"")"`) || csv.text.includes(`'=HYPERLINK`));
    const other = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } } });
    try {
      const there = other.http.apiKey(STATIC_KEY);
      const load = (text: string) => there.send('POST', `${BASE}/import`, text, { 'content-type': 'text/csv' });
      assert.deepEqual((await load(csv.text)).body, { imported: 2, skipped: 0 });
      assert.deepEqual((await load(csv.text)).body, { imported: 0, skipped: 2 });
      const again = (await other.http.post('/api/verify', proof(first))).body;
      assert.equal(again.code, 'SUCCESS');
      const rows = (await there.get('/api/admin/licenses')).body.licenses;
      assert.deepEqual(rows.map((row: any) => row.user_hint).sort(), [
        '=HYPERLINK("http://evil")',
        'with, comma and "quotes"',
      ]);
      const odd = 'activation_code,email,plan\nABCDE-FGHIJ-KLMN,a@example.com,yearly\nX,not an address,weekly\n';
      const refused = await load(odd);
      assert.deepEqual([refused.status, refused.body.lines.map((line: any) => line.line)], [422, [3, 3, 3]]);
      assert.equal((await there.get('/api/admin/stats')).body.stats.total_licenses, 2);
      assert.equal((await load(odd.split('\nX')[0]!)).body.imported, 1);
      const old = { activation_code: 'abcde-fghij-klmn', email: 'a@example.com' };
      assert.equal((await other.http.post('/api/verify', old)).body.code, 'SUCCESS');
    } finally {
      await other.stop();
    }
  });
});
