/** What callers may try, and what comes at the same instant. */
import assert from 'node:assert/strict';
import { authConfig, catchMails, register } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

const STATIC_KEY = 'a static key for old scripts';
const EMAIL = 'user@example.com';
const BASE = '/api/platform/licensing';

describe('licensing under attack', () => {
  let app: TestPlatform;
  let admin: Client;
  beforeEach(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY, abuse: { devices: 4, suspend: true } } },
    });
    admin = app.http.apiKey(STATIC_KEY);
  });
  afterEach(() => app.stop());

  const made = async (answer: Promise<{ status: number; body: any; text: string }>, status = 201) => {
    const { status: got, body, text } = await answer;
    assert.equal(got, status, text);
    return body;
  };
  const product = (wish: object) => made(admin.post(`${BASE}/products`, { code: 'editor', ...wish }));
  const licence = (wish: object = {}) =>
    made(admin.post(`${BASE}/licences`, { plan: 'yearly', email: EMAIL, ...wish }));
  const proof = (of: any) => ({ activation_code: of.activation_code, email: EMAIL });
  const verify = async (of: any, more: object = {}) =>
    (await app.http.post('/api/verify', { ...proof(of), ...more })).body;

  it('mails a device link for one code, however it is written', async () => {
    const mine = await licence();
    await licence();
    await app.services.jobs.idle();
    const mails = catchMails(app);
    const activation_code = mine.activation_code.toLowerCase();
    await made(app.http.post('/api/licenses/device-link', { email: EMAIL, activation_code }), 200);
    await app.services.jobs.idle();
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
    const { tenantId } = await register(app);
    const call = { tenantId, userId: null, idempotencyKey: `execution/${'step/'.repeat(60)}` };
    const ask = () =>
      app.services.functions.call('licensing.generate', { plan: 'monthly', email: EMAIL }, call) as Promise<any>;
    const ids = (await Promise.all([ask(), ask(), ask()])).map(({ license_id }) => license_id);
    assert.equal(new Set(ids).size, 1);
    const extend = { license_id: ids[0], days: 3 };
    const ends = await Promise.all([1, 2, 3].map(() => app.services.functions.call('licensing.extend', extend, call)));
    assert.equal(new Set(ends.map((end: any) => end.valid_until)).size, 1);
  });
});
