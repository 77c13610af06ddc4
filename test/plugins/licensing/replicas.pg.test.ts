/** Licensing with two replicas on one database: what one does at the moment at which the other does something else. */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { allIdle } from '#test/support/replicas.ts';
import { BASE, EMAIL, made, proof, STATIC_KEY, verifyLicence } from './support.ts';

describe('licensing with two replicas', () => {
  let one: TestPlatform;
  let two: TestPlatform;
  const admin = (app: TestPlatform) => app.http.apiKey(STATIC_KEY);

  before(async () => {
    const licensing = { apiKey: STATIC_KEY, customerMail: { onIssue: false } };
    const plugins = { auth: authConfig, billing: {}, licensing };
    one = await startPlatform({ plugins });
    const { database } = one.services.coreConfig;
    two = await startPlatform({ plugins, database, dataDir: one.dataDir });
    await made(admin(one).post(`${BASE}/products`, { code: 'floating', floating: true }));
    await made(admin(one).post(`${BASE}/products`, { code: 'moving', device_policy: 'replace_oldest' }));
  });
  after(async () => {
    await two.platform.stop();
    await one.stop();
  });

  /** Calls at once, one here and one there. */
  const together = <T>(many: number, call: (app: TestPlatform, index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: many }, (_, index) => call(index % 2 ? two : one, index)));
  const licence = (wish: object = {}) =>
    made(admin(one).post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL, ...wish }));
  const change = (app: TestPlatform, { license_id }: any, what: string, body: object = {}) =>
    admin(app).post(`${BASE}/licences/${license_id}/${what}`, body);
  const verify = async (app: TestPlatform, of: any, device_id: string) =>
    (await made(app.http.post('/api/verify', { ...proof(of), device_id }), 200)).code;
  const lease = (app: TestPlatform, of: any, device_id: string) =>
    app.http.post('/api/licenses/leases', { ...proof(of), device_id });
  const file = (app: TestPlatform, of: any, device_id: string) =>
    app.http.post(`/api/licenses/${of.license_id}/file`, { ...proof(of), device_id });
  const seats = async ({ license_id }: any) => {
    const row = await one.services.db.read('licensing_licences').where({ license_id }).first();
    const active = { licence_id: row!.id, status: 'active' } as const;
    const devices = await one.services.db.read('licensing_devices').where(active);
    assert.equal(devices.length, row!.active_devices);
    return { taken: devices.length, cap: row!.device_cap };
  };

  it('gives the last seat to one of those that ask at both', async () => {
    for (let round = 0; round < 3; round++) {
      const mine = await licence({ device_cap: 1 });
      const codes = await together(6, (app, index) => verify(app, mine, `d${index}`));
      assert.deepEqual(codes.toSorted(), [...Array(5).fill('DEVICE_LIMIT_EXCEEDED'), 'SUCCESS']);
      assert.equal((await seats(mine)).taken, 1);
      const shared = await licence({ product: 'floating', device_cap: 2 });
      const answers = await together(6, (app, index) => (index % 4 < 2 ? lease : file)(app, shared, `d${index}`));
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 200, 409, 409, 409, 409]);
    }
  });

  it('replaces devices at one while they verify at the other', async () => {
    const mine = await licence({ product: 'moving', device_cap: 2 });
    for (let round = 0; round < 4; round++) {
      const codes = await together(6, (app, index) => verify(app, mine, `d${(round + index) % 5}`));
      assert.deepEqual(new Set(codes), new Set(['SUCCESS']));
      assert.equal((await seats(mine)).taken, 2);
    }
  });

  it('takes no seat away that a device got at the other meanwhile', async () => {
    for (let round = 0; round < 4; round++) {
      const mine = await licence({ device_cap: 3 });
      await Promise.all([
        ...['a', 'b', 'c'].map((device) => verify(two, mine, device)),
        change(one, mine, 'upgrade', { device_cap: 2 }),
      ]);
      const { taken, cap } = await seats(mine);
      assert.ok(taken <= cap, `${taken} of ${cap}`);
    }
  });

  it('opens nothing at one once the other has taken it back, and again once it is given back', async () => {
    const mine = await licence({ product: 'floating' });
    const fixed = await licence();
    assert.equal(await verify(two, fixed, 'known'), 'SUCCESS');
    const { lease_id } = await made(lease(two, mine, 'a'), 200);
    const beat = async () => (await two.http.post(`/api/licenses/leases/${lease_id}/heartbeat`)).status;
    for (const [what, code, status] of [
      ['suspend', 'INVALID_LICENSE', 404],
      ['resume', 'SUCCESS', 200],
      ['revoke', 'INVALID_LICENSE', 404],
    ] as const) {
      for (const some of [mine, fixed]) await made(change(one, some, what), 200);
      assert.deepEqual([await verify(two, fixed, 'known'), await beat()], [code, status]);
    }
    assert.equal((await file(two, mine, 'a')).body.code, 'INVALID_LICENSE');
  });

  it('signs at one while the other changes the key, and both know all keys', async () => {
    const mine = await licence({ device_cap: 8 });
    const files = await together(8, async (app, index) => {
      if (index % 4 === 0) await made(two.http.bearer(ROOT_TOKEN).post(`${BASE}/signing-keys`));
      return (await made(file(app, mine, `d${index}`), 200)).file;
    });
    const published = await together(2, (app) => made(app.http.get('/api/licenses/public-key'), 200));
    assert.equal(published[0].kid, published[1].kid);
    for (const { keys } of published)
      for (const [index, signed] of files.entries())
        assert.equal(verifyLicence(signed, { keys, deviceId: `d${index}`, now: one.clock.now() }).state, 'valid');
  });

  it('takes in one file at both, and changes licences at both, and counts what there is', async () => {
    const { tenantId, accessToken } = await register(one);
    const owner = (app: TestPlatform) => app.http.bearer(accessToken);
    const lines = Array.from({ length: 300 }, (_, index) => `SAME-${index},${index}@example.com,yearly`);
    const loaded = await together(3, (app, index) => {
      const text = ['activation_code,email,plan', ...(index === 1 ? lines.toReversed() : lines)].join('\n');
      return made(owner(app).send('POST', `${BASE}/import`, text, { 'content-type': 'text/csv' }), 200);
    });
    assert.equal(
      loaded.reduce((sum, { imported }) => sum + imported, 0),
      300,
    );

    const { db } = one.services;
    const some = await db.read('licensing_licences').where({ tenant_id: tenantId }).limit(4);
    const [monthly, lifetime] = [{ plan: 'monthly' }, { plan: 'lifetime' }];
    const steps = [['upgrade', monthly], ['suspend'], ['resume'], ['upgrade', lifetime], ['revoke']] as const;
    for (const [what, body = {}] of steps)
      await together(8, async (app, index) => {
        const { license_id, activation_code, email } = some[Math.floor(index / 2)]!;
        if (what === 'revoke' && index > 3) return;
        await made(owner(app).post(`${BASE}/licences/${license_id}/${what}`, body), 200);
        if (what === 'suspend' || what === 'revoke') return;
        // The other one is changing the same licence, or has done so.
        await made(
          app.http.post('/api/verify', { activation_code, email, tenant_id: tenantId, device_id: `d${index}` }),
          200,
        );
      });
    const expected = new Map<string, number>();
    const add = (name: string, more: number) => void (more && expected.set(name, (expected.get(name) ?? 0) + more));
    const rows = await db.read('licensing_licences').where({ tenant_id: tenantId });
    for (const { plan, status, active_devices } of rows) {
      for (const name of ['total', `plan.${plan}`, `status.${status}`]) add(name, 1);
      add('devices', active_devices);
    }
    const counts = await db.read('licensing_counts').where({ tenant_id: tenantId }).whereNot({ value: 0 });
    assert.deepEqual(
      new Map(counts.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ name, value }) => [name, Number(value)])),
      new Map([...expected].sort()),
    );
    const meter = await db.read('billing_usage').where({ tenant_id: tenantId, meter: 'licences' }).first('used');
    assert.equal(Number(meter?.used), expected.get('status.active'));
  });

  it('imports nothing more for a tenant that is suspended or erased at the other', async () => {
    const operator = (await signInAdmin(one)).http;
    for (const end of ['suspend', 'erase']) {
      const { tenantId, accessToken } = await register(one);
      const mine = () => one.services.db.read('licensing_licences').where({ tenant_id: tenantId });
      const lines = Array.from({ length: 8_000 }, (_, index) => `${end}-${index},a@example.com,yearly`);
      const text = ['activation_code,email,plan', ...lines].join('\n');
      const headers = { 'content-type': 'text/csv' };
      const importing = two.http.bearer(accessToken).send('POST', `${BASE}/import`, text, headers);
      while (!(await mine().first('id'))) await new Promise((resolve) => setImmediate(resolve));
      const path = `/api/v2/admin/tenants/${tenantId}`;
      if (end === 'suspend') await made(operator.patch(path, { status: 'suspended' }), 200);
      else await made(operator.delete(path), 204);
      assert.equal((await importing).body.code, 'ISSUER_ENDED');
      await allIdle(one, two);
      const left = await mine();
      assert.ok(end === 'erase' ? left.length === 0 : left.length < lines.length, `${left.length} are left`);
    }
  });

  // The last one: nobody of this address verifies after it.
  it('counts guesses at both together', async () => {
    const mine = await licence();
    const tries = await together(40, (app, index) =>
      app.http.post('/api/verify', { ...proof(mine), email: `${index}@x` }),
    );
    assert.ok(tries.filter(({ status }) => status === 200).length <= 20);
    const right = await together(2, (app) => app.http.post('/api/verify', proof(mine)));
    assert.deepEqual(
      right.map(({ status }) => status),
      [429, 429],
    );
  });
});
