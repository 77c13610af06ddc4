/** What customers are told and may ask for: mails, trials, links; and how often strangers may cause them. */
import assert from 'node:assert/strict';
import { DeliveryError } from '#core/kit.ts';
import { afterUnfelt, authConfig, catchMails, register, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { BASE, callsOf, cleared, made, STATIC_KEY } from './support.ts';

describe('customers of a vendor', () => {
  let app: TestPlatform;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, licensing: { apiKey: STATIC_KEY } } });
  });
  after(() => app.stop());
  afterEach(() => cleared(app));

  const { licence, product } = callsOf(() => app);
  const trial = (product_id: string, email: string) =>
    made(app.http.post('/api/licenses/trials', { product_id, email }), 200);

  it('read whole sentences', async () => {
    const mails = catchMails(app);
    await product({ name: 'Editor' });
    await licence({ device_cap: 1, plan: 'lifetime' });
    await licence({ product: 'editor', days: 30 });
    await app.services.jobs.idle();
    const mailed = (subject: string) => mails.find((mail) => mail.subject === subject);
    const [plain, named] = [mailed('Your activation code'), mailed('Your activation code (Editor)')];
    assert.match(plain!.text, /^Devices: 1\s+Ends: never$/m);
    assert.match(named!.text, /^Ends: \d{4}-\d\d-\d\d \d\d:\d\d UTC$/m);
  });

  it('whose mail is refused for good are written to once, and the licence says why until one is delivered', async () => {
    const { mailer, jobs } = app.services;
    let tries = 0;
    let refusal: Error | null = new DeliveryError('550 No such user here', { isPermanent: true });
    mailer.send = async () => {
      tries += 1;
      if (refusal) throw refusal;
      return { id: 'taken' };
    };
    const { license_id, version } = await licence();
    await jobs.idle();
    await app.clock.advance(3600_000);
    await jobs.idle();
    assert.equal(tries, 1);
    const http = app.http.apiKey(STATIC_KEY);
    const shown = async () => (await http.get(`${BASE}/licences/${license_id}`)).body;
    const refused = await shown();
    assert.equal(refused.mail_failure, '550 No such user here');
    // A mail is no change of the licence.
    assert.equal(refused.version, version);
    assert.deepEqual(refused.history.at(-1).detail, { reason: '550 No such user here' });

    refusal = new DeliveryError('421 Come back later', {});
    const again = () => made(http.post(`${BASE}/licences/${license_id}/send-code`), 200);
    assert.equal((await again()).mail_failure, '421 Come back later');
    refusal = null;
    const { canSend } = Object.getOwnPropertyDescriptors(mailer);
    Object.defineProperty(mailer, 'canSend', { value: true });
    assert.equal((await again()).mail_failure, null);
    Object.defineProperty(mailer, 'canSend', canSend);
    const what = (await shown()).history.map((line: { what: string }) => line.what);
    assert.deepEqual(what, ['issued', 'not_mailed', 'not_mailed', 'mailed']);
  });

  it('have one trial for a mailbox, however its address is spelled', async () => {
    const { product_id } = await product({ trial_days: 14 });
    for (const email of ['a@b.example', 'A+1@b.example', 'a+2@B.example.', 'a.@b.example'])
      await trial(product_id, email);
    for (const email of ['j.doe+x@gmail.com', 'jdoe@gmail.com']) await trial(product_id, email);
    await trial(product_id, 'a.b@b.example');
    assert.equal((await app.services.db.read('licensing_trials')).length, 3);
  });

  it('cause the same work with a link that finds a licence and with one that finds none', async () => {
    const mails = catchMails(app);
    const mine = await licence();
    await app.services.jobs.idle();
    mails.length = 0;
    const enqueued: unknown[] = [];
    const { jobs } = app.services;
    const { enqueue } = jobs;
    jobs.enqueue = async (trx, name, payload, options) => {
      enqueued.push([name, Object.keys(payload as object)]);
      return enqueue(trx, name, payload, options);
    };
    for (const email of [mine.email, 'nobody@example.com'])
      await made(app.http.post('/api/licenses/device-link', { email }), 200);
    jobs.enqueue = enqueue;
    assert.equal(enqueued.length, 2);
    assert.deepEqual(enqueued[0], enqueued[1]);
    await afterUnfelt(app);
    assert.deepEqual(
      mails.map(({ to }) => to),
      [mine.email],
    );
  });

  it('are not flooded with mail by a tenant that makes licences for them', async () => {
    const mails = catchMails(app);
    const { http } = await register(app);
    for (let index = 0; index < 25; index++)
      await made(http.post(`${BASE}/licences`, { plan: 'yearly', email: 'victim@example.com' }));
    await app.services.jobs.idle();
    assert.equal(mails.filter(({ to }) => to === 'victim@example.com').length, 20);
  });

  it('are not flooded with reminders of licences that a tenant has imported for them', async () => {
    const mails = catchMails(app);
    const { http } = await register(app);
    const day = (days: number) => new Date(app.clock.now() + days * 86_400_000).toISOString();
    const lines = Array.from({ length: 25 }, (_, n) => `code-${n},reminded@example.com,yearly,${day(-300)},${day(2)}`);
    const file = `activation_code,email,plan,issued_at,valid_until\n${lines.join('\n')}`;
    await made(http.send('POST', `${BASE}/import`, file, { 'content-type': 'text/csv' }), 200);
    await app.services.reminders.remindSome(100);
    await app.services.jobs.idle();
    assert.equal(mails.filter(({ to }) => to === 'reminded@example.com').length, 20);
  });

  it('of a suspended vendor begin no trial and get no reminder, until it is active again', async () => {
    const mails = catchMails(app);
    const vendor = await register(app);
    const admin = await signInAdmin(app);
    const standing = (status: string) => admin.http.patch(`/api/v2/admin/tenants/${vendor.tenantId}`, { status });
    const product = await made(vendor.http.post(`${BASE}/products`, { code: 'tried', trial_days: 14 }));
    const licence = { plan: 'yearly', email: 'theirs@example.com' };
    const { license_id } = await made(vendor.http.post(`${BASE}/licences`, licence));
    await app.services.jobs.idle();
    const soon = { valid_until: app.clock.now() + 2 * 86_400_000, issued_at: app.clock.now() - 300 * 86_400_000 };
    await app.services.db.write('licensing_licences').where({ license_id }).update(soon);
    mails.length = 0;
    const begin = () =>
      app.http.post('/api/licenses/trials', { product_id: product.product_id, email: 'new@example.com' });
    assert.equal((await standing('suspended')).status, 200);
    const refused = await begin();
    assert.deepEqual([refused.status, refused.body.code], [404, 'TRIAL_NOT_OFFERED'], refused.text);
    await app.services.reminders.remindSome(100);
    await app.services.jobs.idle();
    assert.deepEqual(mails, []);
    assert.equal((await standing('active')).status, 200);
    assert.equal((await begin()).status, 200);
    await app.services.reminders.remindSome(100);
    await app.services.jobs.idle();
    assert.deepEqual(mails.map(({ to }) => to).sort(), ['new@example.com', 'theirs@example.com']);
  });
});
