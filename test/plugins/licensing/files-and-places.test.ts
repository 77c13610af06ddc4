/** Offline files and the cap: what still works somewhere keeps its place, and every place is judged by the licence as it is. */
import assert from 'node:assert/strict';
import { EVERY_TENANT } from '#plugins/licensing/access.ts';
import { afterUnfelt, authConfig, catchMails } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, callsOf, EMAIL, made, proof, STATIC_KEY } from './support.ts';

const DAY_MS = 24 * 3600_000;

describe('offline files and places', () => {
  let app: TestPlatform;
  let admin: Client;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    admin = app.http.apiKey(STATIC_KEY);
  });
  after(() => app.stop());

  const { licence, verify, product } = callsOf(() => app);
  const file = (of: any, device_id: string) =>
    app.http.post(`/api/licenses/${of.license_id}/file`, { ...proof(of), device_id });
  const release = async (of: any, device_id: string) => {
    const mails = catchMails(app);
    await app.http.post('/api/licenses/device-link', { email: EMAIL, activation_code: of.activation_code });
    await afterUnfelt(app);
    const token = mails.find((mail) => mail.token)?.token ?? '';
    const answer = await app.http.post('/api/licenses/my-devices/release', {
      token,
      license_id: of.license_id,
      device_id,
    });
    assert.equal(answer.status, 200, answer.text);
    return (await app.http.post('/api/licenses/my-devices', { token })).body.licenses[0];
  };

  it('keep the place of a released device until its file has run out', async () => {
    const mine = await licence({ device_cap: 1, plan: 'lifetime' });
    assert.equal((await file(mine, 'a')).status, 200);
    const shown = await release(mine, 'a');
    assert.deepEqual([shown.devices, shown.offline_files[0].device_id], [[], 'a']);
    const refused = await file(mine, 'b');
    assert.deepEqual([refused.status, refused.body.code], [409, 'DEVICE_LIMIT_EXCEEDED']);
    assert.equal((await verify(mine, { device_id: 'b' })).code, 'DEVICE_LIMIT_EXCEEDED');
    assert.equal((await verify(mine, { device_id: 'a' })).code, 'SUCCESS', 'the device itself may come back');
    await release(mine, 'a');
    await app.clock.advance(38 * DAY_MS);
    await app.platform.cron.runDue();
    assert.equal((await file(mine, 'b')).status, 200);
  });

  it('cannot be changed without end by whoever has a code, and old lines of it go', async () => {
    await product({ code: 'endless', device_policy: 'replace_oldest' });
    const mine = await licence({ product: 'endless', device_cap: 1, plan: 'lifetime' });
    const codes: string[] = [];
    for (let number = 0; number < 55; number++) {
      await app.clock.advance(10);
      codes.push((await verify(mine, { device_id: `device ${number}` })).code);
    }
    assert.deepEqual([...new Set(codes)], ['SUCCESS', 'DEVICE_LIMIT_EXCEEDED']);
    assert.equal(codes.indexOf('DEVICE_LIMIT_EXCEEDED'), 50);
    await app.clock.advance(2 * DAY_MS);
    assert.equal((await verify(mine, { device_id: 'another' })).code, 'SUCCESS', 'and the next day again');
    await app.clock.advance(401 * DAY_MS);
    await app.platform.cron.runDue();
    const { id } = (await app.services.db.read('licensing_licences').where({ license_id: mine.license_id }).first())!;
    const lines = await app.services.db.read('licensing_history').where({ licence_id: id }).pluck('what');
    assert.deepEqual(lines, ['issued', 'abused']);
  });

  it('and a lease of the same device take one place', async () => {
    const lease = async (of: any, device_id: string) =>
      (await app.http.post('/api/licenses/leases', { ...proof(of), device_id })).status;
    await product({ code: 'both', floating: true });
    const single = await licence({ product: 'both', device_cap: 1 });
    assert.equal(await lease(single, 'a'), 200);
    assert.equal((await file(single, 'a')).status, 200);
    assert.equal(await lease(single, 'a'), 200, 'its own file does not keep it out');
    assert.equal(await lease(single, 'b'), 409);
    const pair = await licence({ product: 'both', device_cap: 2 });
    assert.equal((await file(pair, 'a')).status, 200);
    assert.equal(await lease(pair, 'a'), 200);
    assert.equal(await lease(pair, 'b'), 200, 'the other place is free');
    assert.equal(await lease(pair, 'c'), 409);
  });

  it('keep the place of a device that another would replace, unless the vendor takes it', async () => {
    await product({ code: 'replacing', device_policy: 'replace_oldest' });
    const mine = await licence({ product: 'replacing', device_cap: 2 });
    assert.equal((await file(mine, 'a')).status, 200);
    await app.clock.advance(1000);
    for (const device_id of ['b', 'c']) assert.equal((await verify(mine, { device_id })).code, 'SUCCESS');
    const { devices } = (await admin.get(`${BASE}/licences/${mine.license_id}`)).body;
    assert.deepEqual(devices.map((device: any) => device.device_id).sort(), ['a', 'c'], 'the older one has a file');
    assert.equal((await file(mine, 'c')).status, 200);
    assert.equal((await verify(mine, { device_id: 'd' })).code, 'DEVICE_LIMIT_EXCEEDED');
    await made(admin.post('/api/admin/deactivate-device', { license_id: mine.license_id, device_id: 'a' }), 200);
    assert.equal((await verify(mine, { device_id: 'd' })).code, 'SUCCESS');
  });

  it('are judged by the licence as it is under its lock, whatever was read before', async () => {
    const { licences, devices, leases, offlineFiles } = app.services;
    await product({ code: 'floating', floating: true });
    const device = { deviceId: 'a', deviceName: '', ipAddress: '' };
    for (const end of ['revoke', 'suspend']) {
      const fixed = await licence();
      const floating = await licence({ product: 'floating' });
      const [readFixed, readFloating] = [
        await licences.find(EVERY_TENANT, fixed.license_id),
        await licences.find(EVERY_TENANT, floating.license_id),
      ];
      for (const { license_id } of [fixed, floating]) {
        if (end === 'revoke') await made(admin.post('/api/admin/revoke', { license_id }), 200);
        else await made(admin.post(`${BASE}/licences/${license_id}/suspend`, {}), 200);
      }
      assert.deepEqual(await devices.register(readFixed, device), { code: 'INVALID_LICENSE' });
      await assert.rejects(offlineFiles.sign(readFixed, device), { code: 'INVALID_LICENSE' });
      await assert.rejects(leases.acquire(readFloating, 'a'), { code: 'INVALID_LICENSE' });
    }
    const short = await licence({ days: 1 });
    const read = await licences.find(EVERY_TENANT, short.license_id);
    await app.clock.advance(2 * DAY_MS);
    assert.deepEqual(await devices.register(read, device), { code: 'LICENSE_EXPIRED' });
  });

  it('what had no end has none after another plan', async () => {
    const mine = await licence({ plan: 'lifetime' });
    const upgraded = await made(admin.post(`${BASE}/licences/${mine.license_id}/upgrade`, { plan: 'monthly' }), 200);
    assert.equal(upgraded.valid_until, null);
  });

  it('one licence that cannot be expired keeps no other from it', async () => {
    const [first, second] = [await licence(), await licence()];
    const { licences, events } = app.services;
    const { emit } = events;
    events.emit = (async (trx: any, type: any, data: any, options: any) => {
      if (type === 'licence.expired' && data.license_id === first.license_id) throw new Error('poisoned');
      return emit(trx, type, data, options);
    }) as typeof emit;
    const over = { valid_until: app.clock.now() - 1 };
    await app.services.db
      .write('licensing_licences')
      .whereIn('license_id', [first.license_id, second.license_id])
      .update(over);
    try {
      const outcome = await licences.expireSome(100);
      assert.equal(outcome.failed, 1);
    } finally {
      events.emit = emit;
    }
    const status = async (of: any) => (await licences.find(EVERY_TENANT, of.license_id)).status;
    assert.deepEqual([await status(first), await status(second)], ['active', 'expired']);
  });
});
