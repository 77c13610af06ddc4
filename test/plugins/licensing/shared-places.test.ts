/** The places of a floating licence: leases and devices with offline files share them, whatever comes at once. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { authConfig } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, EMAIL, STATIC_KEY } from './support.ts';

const LEASE_SECONDS = 60;

describe('the places of a floating licence', () => {
  let app: TestPlatform;
  let admin: Client;
  before(async () => {
    const many = { devices: 10_000, addresses: 10_000 };
    app = await startPlatform({
      plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY, abuse: many } },
      config: { http: { rateLimit: { enabled: false } } },
    });
    admin = app.http.apiKey(STATIC_KEY);
    await admin.post(`${BASE}/products`, { code: 'floating', floating: true, lease_seconds: LEASE_SECONDS });
  });
  after(() => app.stop());

  const licence = async (device_cap: number) =>
    (await admin.post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL, product: 'floating', device_cap })).body;
  const who = (of: any, device_id: string) => ({ activation_code: of.activation_code, email: EMAIL, device_id });
  const lease = (of: any, device: string) => app.http.post('/api/licenses/leases', who(of, device));
  const file = (of: any, device: string) => app.http.post(`/api/licenses/${of.license_id}/file`, who(of, device));
  const codes = (answers: { status: number }[]) => answers.map(({ status }) => status).sort();
  const taken = async ({ license_id }: any) => {
    const row = await app.services.db.read('licensing_licences').where({ license_id }).first();
    const leases = await app.services.db.read('licensing_leases').where({ licence_id: row!.id });
    const running = leases.filter(({ expires_at }) => Number(expires_at) > app.clock.now());
    const devices = await app.services.db.read('licensing_devices').where({ licence_id: row!.id, status: 'active' });
    assert.equal(devices.length, row!.active_devices);
    // A device that has both has one place.
    return new Set([...devices, ...running].map(({ device_id }) => device_id)).size;
  };

  it('are taken by leases and by devices with files, together', async () => {
    const mine = await licence(3);
    assert.equal((await lease(mine, 'a')).status, 200);
    assert.deepEqual(codes([await file(mine, 'b'), await file(mine, 'c'), await file(mine, 'd')]), [200, 200, 409]);
    assert.equal((await lease(mine, 'e')).body.code, 'DEVICE_LIMIT_EXCEEDED');
    assert.equal((await lease(mine, 'a')).status, 200, 'who has a lease renews it');
    const small = await admin.post(`${BASE}/licences/${mine.license_id}/upgrade`, { device_cap: 2 });
    assert.deepEqual([small.status, small.body.code], [409, 'DEVICE_LIMIT_EXCEEDED']);
    await app.clock.advance((LEASE_SECONDS + 1) * 1000);
    assert.equal((await file(mine, 'a')).status, 200);
    assert.equal(await taken(mine), 3);
  });

  it('are not passed when leases and files are asked for at once, and a lease gives way to the file of its device', async () => {
    const mine = await licence(4);
    const devices = Array.from({ length: 10 }, (_, index) => `d${index}`);
    const answers = await Promise.all(devices.map((device, index) => (index % 2 ? lease : file)(mine, device)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 4);
    assert.equal(await taken(mine), 4);
    const one = await licence(1);
    await lease(one, 'laptop');
    assert.equal((await file(one, 'laptop')).status, 200);
    assert.equal(await taken(one), 1);
  });

  it('are never passed, whatever is done', async () => {
    const step = fc.record({
      what: fc.constantFrom('lease', 'file', 'off', 'on', 'wait'),
      device: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    });
    const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), groups, async (cap, rounds) => {
        const mine = await licence(cap);
        const act = async ({ what, device }: { what: string; device: string }): Promise<number> => {
          const about = { license_id: mine.license_id, device_id: device };
          if (what === 'lease') return (await lease(mine, device)).status;
          if (what === 'file') return (await file(mine, device)).status;
          if (what === 'off') return (await admin.post('/api/admin/deactivate-device', about)).status;
          if (what === 'on') return (await admin.post('/api/admin/activate-device', about)).status;
          await app.clock.advance(LEASE_SECONDS * 500);
          return 200;
        };
        for (const round of rounds) {
          for (const status of await Promise.all(round.map(act))) assert.ok(status < 500, String(status));
          assert.ok((await taken(mine)) <= cap);
        }
      }),
      {
        numRuns: 25,
        // A lease of a device that is switched off, and on again.
        examples: [
          [
            1,
            [
              [
                { what: 'file', device: 'b' },
                { what: 'lease', device: 'a' },
              ],
              [
                { what: 'off', device: 'b' },
                { what: 'lease', device: 'b' },
              ],
              [
                { what: 'on', device: 'b' },
                { what: 'lease', device: 'a' },
              ],
            ],
          ],
        ],
      },
    );
  }).timeout(60_000);
});
