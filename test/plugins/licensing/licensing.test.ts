/** The licence document, request by request, and what it leaves open. */
import assert from 'node:assert/strict';
import { EVERY_TENANT } from '#plugins/licensing/access.ts';
import { authConfig, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { freshDatabase, startPlatform, type TestPlatform, testDatabase } from '#test/support/harness.ts';
import { callAs } from '#test/support/principals.ts';
import { cleared, STATIC_KEY } from './support.ts';

const DAY_MS = 24 * 3600_000;

describe('licensing', () => {
  let app: TestPlatform;
  let admin: Client;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } } });
    admin = app.http.apiKey(STATIC_KEY);
  });
  after(() => app.stop());
  afterEach(() => cleared(app));

  const generate = async (wish: object = {}) => {
    const answer = await admin.post('/api/admin/generate', { plan: 'monthly', email: 'user@example.com', ...wish });
    assert.equal(answer.status, 200, answer.text);
    return answer.body.license;
  };
  const verify = async (license: any, more: object = {}) =>
    (
      await app.http.post('/api/verify', {
        activation_code: license.activation_code,
        email: 'user@example.com',
        ...more,
      })
    ).body;

  it('generates as documented, with the defaults of each plan', async () => {
    const monthly = await generate({ device_cap: 5, days: 30, user_hint: '测试用户' });
    assert.deepEqual(Object.keys(monthly), [
      'license_id',
      'activation_code',
      'email',
      'plan',
      'device_cap',
      'valid_until',
    ]);
    assert.match(monthly.license_id, /^LIC-[A-Z0-9]{8}$/);
    assert.match(monthly.activation_code, /^[A-HJKMNP-TV-Z2-9]{5}(-[A-HJKMNP-TV-Z2-9]{5}){2}$/);
    const end = (days: number) => new Date(app.clock.now() + days * DAY_MS).toISOString().slice(0, 10);
    assert.equal(monthly.valid_until.slice(0, 10), end(30));
    assert.equal((await generate({ plan: 'yearly' })).valid_until.slice(0, 10), end(365));
    assert.equal((await generate({ plan: 'lifetime' })).valid_until, null);
    for (const wrong of [{ plan: 'weekly' }, { device_cap: 0 }, { device_cap: 1001 }, { days: 0 }, { email: 'x' }]) {
      const refused = await admin.post('/api/admin/generate', { plan: 'monthly', email: 'user@example.com', ...wrong });
      assert.deepEqual([refused.status, refused.body.success, refused.body.code], [400, false, 'INVALID_REQUEST']);
    }
  });

  it('verifies as documented, in any spelling of the code', async () => {
    const license = await generate();
    const answer = await verify(license, { device_id: 'one', device_name: 'MacBook Pro', ip_address: '192.168.1.100' });
    assert.deepEqual(Object.keys(answer), [
      'success',
      'message',
      'code',
      'license',
      'isValid',
      'licenseType',
      'expiresAt',
      'timestamp',
    ]);
    assert.deepEqual(answer.license, { key: license.license_id, type: 'monthly', expiresAt: license.valid_until });
    assert.deepEqual([answer.code, answer.message, answer.isValid], ['SUCCESS', '许可证验证成功', true]);
    const spelled = { activation_code: license.activation_code.toLowerCase().replaceAll('-', ' ') };
    assert.equal((await verify(license, spelled)).isValid, true);
    assert.equal((await verify(license, { email: 'USER@example.com' })).isValid, true);
  });

  it('says the same of an unknown, a revoked, and somebody else’s code', async () => {
    const license = await generate();
    const revoked = await generate();
    assert.deepEqual((await admin.post('/api/admin/revoke', { license_id: revoked.license_id, reason: '退款' })).body, {
      success: true,
    });
    assert.deepEqual((await admin.post('/api/admin/revoke', { license_id: revoked.license_id })).body, {
      success: true,
    });
    const answers = [
      await verify({ activation_code: 'AAAAA-AAAAA-AAAAA' }),
      await verify(revoked),
      await verify(license, { email: 'other@example.com' }),
    ].map(({ timestamp, ...answer }) => answer);
    for (const answer of answers) {
      assert.deepEqual(answer, {
        success: false,
        message: '激活码不存在或已停用',
        code: 'INVALID_LICENSE',
        isValid: false,
      });
    }
    const missing = await app.http.post('/api/verify', { email: 'user@example.com' });
    assert.deepEqual([missing.status, missing.body.code], [400, 'MISSING_LICENSE']);
    assert.equal((await app.http.post('/api/verify', { activation_code: 'x' })).body.code, 'MISSING_EMAIL');
    assert.equal((await admin.post('/api/admin/revoke', { license_id: 'LIC-NOTTHERE' })).body.code, 'NOT_FOUND');
  });

  it('lets an address try twenty times in ten minutes', async () => {
    const license = await generate();
    const guess = () =>
      app.http.post('/api/verify', { activation_code: 'AAAAA-AAAAA-AAAAA', email: 'user@example.com' });
    for (let tries = 0; tries < 20; tries++) assert.equal((await guess()).status, 200);
    assert.equal((await guess()).status, 429);
    assert.equal(
      (await app.http.post('/api/verify', { activation_code: license.activation_code, email: 'user@example.com' }))
        .status,
      429,
    );
  });

  it('gives no more places than the cap, switches devices off and on again', async () => {
    const license = await generate({ device_cap: 2 });
    const seen = async (device_id: string) => (await verify(license, { device_id })).code;
    const device = (what: string, device_id: string) =>
      admin.post(`/api/admin/${what}-device`, { license_id: license.license_id, device_id });
    assert.deepEqual(
      [await seen('a'), await seen('b'), await seen('c'), await seen('a')],
      ['SUCCESS', 'SUCCESS', 'DEVICE_LIMIT_EXCEEDED', 'SUCCESS'],
    );
    assert.deepEqual((await device('deactivate', 'a')).body, { success: true });
    assert.deepEqual((await device('deactivate', 'a')).body, { success: true });
    assert.equal(await seen('a'), 'DEVICE_DEACTIVATED');
    assert.equal(await seen('c'), 'SUCCESS');
    const full = await device('activate', 'a');
    assert.deepEqual([full.status, full.body.code], [409, 'DEVICE_LIMIT_EXCEEDED']);
    await device('deactivate', 'b');
    assert.equal((await device('activate', 'a')).status, 200);
    assert.equal((await device('activate', 'a')).status, 200);
    assert.equal(await seen('a'), 'SUCCESS');
    assert.equal((await device('activate', 'nobody')).body.code, 'NOT_FOUND');
  });

  it('lets one of many win the last place, whatever comes at the same instant', async () => {
    const license = await generate({ device_cap: 3 });
    const codes = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => (await verify(license, { device_id: `d${index % 10}` })).code),
    );
    const [row] = (await admin.get('/api/admin/licenses')).body.licenses;
    assert.equal(row.active_devices, 3);
    assert.ok(codes.filter((code) => code === 'SUCCESS').length >= 3);
    const active = await app.services.db
      .read('licensing_devices')
      .where({ status: 'active' })
      .count({ n: '*' })
      .first();
    assert.equal(Number(active?.n), 3);
  });

  it('never passes the cap, in any order of activating, deactivating, revoking and verifying', async () => {
    let seed = 4711;
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let run = 0; run < 5; run++) {
      const cap = 1 + random(3);
      const license = await generate({ device_cap: cap });
      for (let step = 0; step < 25; step++) {
        const device_id = `d${random(5)}`;
        const body = { license_id: license.license_id, device_id };
        const acts = [
          () => verify(license, { device_id }),
          () => verify(license, { device_id }),
          () => admin.post('/api/admin/deactivate-device', body),
          () => admin.post('/api/admin/activate-device', body),
        ];
        await Promise.all([acts[random(4)]?.(), acts[random(4)]?.()]);
        const row = await app.services.db.read('licensing_licences').where({ license_id: license.license_id }).first();
        const active = await app.services.db
          .read('licensing_devices')
          .where({ licence_id: row?.id ?? 0, status: 'active' })
          .count({ n: '*' })
          .first();
        assert.ok(Number(active?.n) <= cap, `${active?.n} of ${cap}`);
        assert.equal(Number(active?.n), row?.active_devices);
      }
    }
  }).timeout(60_000);

  it('expires on time, whether or not anything ran at midnight', async () => {
    const license = await generate({ days: 1 });
    const recording = await app.record(/^licence\.expired$/);
    await app.clock.advance(DAY_MS + 1000);
    assert.equal((await verify(license)).code, 'LICENSE_EXPIRED');
    // The jump of the clock began the nightly run: on PostgreSQL it may hold the row, which others then skip.
    await app.platform.cron.runDue();
    await app.services.licences.expireSome(100);
    await app.services.jobs.idle();
    assert.equal((await recording.all()).length, 1);
    const [row] = (await admin.get('/api/admin/licenses?status=expired')).body.licenses;
    assert.equal(row.license_id, license.license_id);
    const { valid_until } = await app.services.licenceChanges.extend(EVERY_TENANT, license.license_id, { days: 10 });
    assert.equal(valid_until, app.clock.now() + 10 * DAY_MS);
    assert.equal((await verify(license)).code, 'SUCCESS');
  });

  it('lists and counts as documented', async () => {
    const license = await generate({ user_hint: '测试用户' });
    const revoked = await generate({ plan: 'yearly' });
    await generate({ plan: 'lifetime' });
    await verify(license, { device_id: 'one' });
    await admin.post('/api/admin/revoke', { license_id: revoked.license_id });
    const { licenses } = (await admin.get('/api/admin/licenses?status=active&limit=50')).body;
    assert.equal(licenses.length, 2);
    const listed = licenses[1];
    assert.deepEqual(Object.keys(listed), [
      'id',
      'license_id',
      'activation_code',
      'email',
      'plan',
      'device_limit',
      'issued_at',
      'valid_until',
      'user_hint',
      'status',
      'created_at',
      'updated_at',
      'active_devices',
    ]);
    assert.deepEqual(
      [listed.device_limit, listed.user_hint, listed.status, listed.active_devices],
      [5, '测试用户', 'active', 1],
    );
    assert.deepEqual((await admin.get('/api/admin/stats')).body, {
      success: true,
      stats: {
        total_licenses: 3,
        active_licenses: 2,
        plan_statistics: { monthly: 1, yearly: 1, lifetime: 1 },
        active_devices: 1,
      },
    });
    assert.equal((await admin.get('/api/admin/licenses?limit=1001')).body.code, 'INVALID_REQUEST');
  });

  it('lets nobody in without a key, and each tenant see its own licences only', async () => {
    for (const client of [app.http, app.http.apiKey('wrong'), app.http.apiKey('mf_wrong')]) {
      const refused = await client.get('/api/admin/stats');
      assert.deepEqual([refused.status, refused.body.success, refused.body.code], [401, false, 'INVALID_API_KEY']);
    }
    const [one, two] = [await register(app), await register(app)];
    const key = (await one.http.post('/api/v2/api-keys', { name: 'k', scopes: ['licenses:read'] })).body.raw_key;
    const made = await one.http.post('/api/admin/generate', { plan: 'monthly', email: 'user@example.com' });
    assert.equal(made.status, 200, made.text);
    assert.equal((await app.http.apiKey(key).get('/api/admin/licenses')).body.licenses.length, 1);
    assert.equal(
      (await app.http.apiKey(key).post('/api/admin/revoke', { license_id: made.body.license.license_id })).status,
      403,
    );
    assert.equal((await two.http.get('/api/admin/licenses')).body.licenses.length, 0);
    assert.equal((await two.http.post('/api/admin/revoke', { license_id: made.body.license.license_id })).status, 404);
    assert.equal((await (await signInAdmin(app)).http.get('/api/admin/licenses')).body.licenses.length, 1);
    assert.equal((await app.http.bearer(ROOT_TOKEN).get('/api/admin/stats')).body.stats.total_licenses, 1);
    assert.equal((await admin.get('/api/v2/users/me')).status >= 400, true, 'the static key is for licences only');
  });

  it('repeats a call of a workflow without a second effect', async () => {
    const owner = await register(app);
    const call = await callAs(app, owner, 'execution/do/0');
    const { functions } = app.services;
    const first: any = await functions.call('licensing.generate', { plan: 'monthly', email: 'a@b.example' }, call);
    const again: any = await functions.call('licensing.generate', { plan: 'monthly', email: 'a@b.example' }, call);
    assert.equal(first.license_id, again.license_id);
    const wish = { activation_code: first.activation_code, email: 'a@b.example' };
    assert.deepEqual(await functions.call('licensing.verify', wish, call), { valid: true, code: 'SUCCESS' });
    const stranger = await callAs(app, await register(app), 'other');
    await assert.rejects(functions.call('licensing.revoke', { license_id: first.license_id }, stranger), {
      code: 'LICENCE_NOT_FOUND',
    });
  });
});

describe('licensing with two replicas', () => {
  if (testDatabase !== 'pg') return;

  it('lets one of two devices win the last place, and makes one signing key', async () => {
    const database = await freshDatabase();
    const plugins = { auth: authConfig, licensing: { apiKey: STATIC_KEY } };
    const config = { http: { port: 0 } };
    const one = await startPlatform({ plugins, config, database });
    const two = await startPlatform({ plugins, config, database, dataDir: one.dataDir });
    try {
      const admin = one.http.apiKey(STATIC_KEY);
      for (let round = 0; round < 10; round++) {
        const { license } = (
          await admin.post('/api/admin/generate', { plan: 'yearly', email: 'user@example.com', device_cap: 1 })
        ).body;
        const request = { activation_code: license.activation_code, email: 'user@example.com' };
        const codes = await Promise.all(
          [one, two].map(
            async ({ http }, index) =>
              (await http.post('/api/verify', { ...request, device_id: `device-${index}` })).body.code,
          ),
        );
        assert.deepEqual(codes.sort(), ['DEVICE_LIMIT_EXCEEDED', 'SUCCESS']);
      }
      const keys = await Promise.all([one, two].map(({ http }) => http.get('/api/licenses/public-key')));
      assert.equal(keys[0]!.body.kid, keys[1]!.body.kid);
      assert.equal(keys[0]!.body.keys.length, 1);
    } finally {
      await two.platform.stop();
      await one.stop();
    }
  });
});

describe('the key of the licence document’s examples', () => {
  it('may be configured as it stands there', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: 'your_api_key' } } });
    try {
      const wish = { plan: 'monthly', email: 'user@example.com', device_cap: 5, days: 30 };
      assert.equal((await app.http.apiKey('your_api_key').post('/api/admin/generate', wish)).status, 200);
    } finally {
      await app.stop();
    }
  });
});

describe('licensing queries', () => {
  if (testDatabase !== 'sqlite3') return;

  it('read no table from end to end', async () => {
    const app = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } } });
    const { db } = app.services;
    const plans: string[] = [];
    const watched: { sql: string; bindings: any[] }[] = [];
    db.read.on('query', ({ sql, bindings }) => watched.push({ sql, bindings }));
    try {
      const admin = app.http.apiKey(STATIC_KEY);
      const { license } = (await admin.post('/api/admin/generate', { plan: 'yearly', email: 'user@example.com' })).body;
      for (const path of ['', '?status=active', '?status=expired&limit=50&offset=100', '/../stats']) {
        assert.equal((await admin.get(`/api/admin/licenses${path}`)).status, 200);
      }
      const tenant = await register(app);
      await tenant.http.get('/api/admin/licenses?status=active');
      await tenant.http.get('/api/admin/licenses');
      const request = { activation_code: license.activation_code, email: 'user@example.com', device_id: 'd' };
      await app.http.post('/api/verify', request);
      await app.services.deviceLinks.send('user@example.com', '');
      for (const { sql, bindings } of watched.filter((query) =>
        /licensing_(licences|devices|counts)/.test(query.sql),
      )) {
        const rows: { detail: string }[] = await db.read.raw(`explain query plan ${sql}`, bindings);
        plans.push(...rows.map(({ detail }) => `${detail}    in: ${sql.slice(0, 120)}`));
      }
    } finally {
      await app.stop();
    }
    assert.ok(plans.length >= 10, plans.join('\n'));
    // Newest first without a filter walks the primary key from its end and stops after a page: that is no full scan.
    const scans = plans.filter(
      (plan) => /^SCAN (?!wanted|CONSTANT|\d)/.test(plan) && !/order by .id. desc limit/.test(plan),
    );
    const counted = scans.filter((plan) => !plan.includes('licensing_counts'));
    assert.deepEqual(counted, []);
    assert.ok(!plans.some((plan) => plan.startsWith('USE TEMP B-TREE FOR ORDER BY') && plan.includes('offset')));
  });
});
