/** Limits hold for tries that come together, count accounts and not their names, and cover what mails strangers. */
import assert from 'node:assert/strict';
import { Secret, TOTP } from 'otpauth';
import { afterUnfelt, authConfig, catchMails, confirmAddress, register } from '#test/support/accounts.ts';
import type { Answer } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';

describe('limits', () => {
  let app: TestPlatform;
  let mails: ReturnType<typeof catchMails>;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig },
      config: { http: { trustProxy: ['127.0.0.1'] } },
    });
    mails = catchMails(app);
  });
  after(() => app.stop());
  beforeEach(() => {
    mails.length = 0;
  });

  /** Each request from an address of its own, so that the limits for addresses do not hide the others. */
  let counter = 0;
  const elsewhere = () => ({ 'x-forwarded-for': `198.51.100.${++counter}` });
  const login = (email: string, password: string, otp?: string) =>
    app.http.post('/api/v2/auth/login', { email, password, ...(otp && { otp }) }, elsewhere());
  const statuses = (answers: Answer[]) => answers.map(({ status }) => status);
  const count = (answers: Answer[], status: number) => statuses(answers).filter((one) => one === status).length;
  const times = <T>(many: number, work: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: many }, (_, index) => work(index)));

  it('judge ten passwords of an account, also when forty come at once', async () => {
    const { email, password } = await register(app);
    const answers = await times(40, (index) => login(email, index === 39 ? password : 'wrong'));
    assert.deepEqual([count(answers, 401), count(answers, 429)], [10, 30]);
    assert.ok(Number(answers[39]!.headers.get('retry-after')) > 800);
  });

  it('count the account, whatever it is called', async () => {
    const person = await register(app);
    await person.http.patch('/api/v2/users/me', { username: 'called-so' });
    const answers = [];
    for (const name of Array(8).fill([person.email, 'Called-So']).flat()) answers.push(await login(name, 'wrong'));
    assert.equal(count(answers, 401), 10);
    assert.equal((await login(person.email, person.password)).status, 429);
  });

  it('answer for a name without an account as for one with', async () => {
    const answers = await times(15, () => login('nobody@example.org', 'wrong'));
    assert.deepEqual([count(answers, 401), count(answers, 429)], [10, 5]);
  });

  it('do not count what was right', async () => {
    const { email, password } = await register(app);
    for (let index = 0; index < 9; index++) await login(email, 'wrong');
    for (let index = 0; index < 12; index++) assert.equal((await login(email, password)).status, 200);
    assert.deepEqual(statuses(await times(10, () => login(email, 'wrong'))), Array(10).fill(401));
  });

  it('do not count what was right for a network of IPv6 addresses either', async () => {
    const { email, password } = await register(app);
    const answers = await times(20, (index) =>
      app.http.post('/api/v2/auth/login', { email, password }, { 'x-forwarded-for': `2001:db8::${index + 1}` }),
    );
    assert.ok(count(answers, 200) >= 10, String(statuses(answers)));
    for (let index = 0; index < 25; index++) {
      const from = { 'x-forwarded-for': `2001:db8::${index + 1}` };
      assert.equal((await app.http.post('/api/v2/auth/login', { email, password }, from)).status, 200);
    }
  });

  it('judge ten codes of a second factor, also when thirty come at once', async () => {
    const { http, email, password } = await register(app);
    const { secret } = (await http.post('/api/platform/auth/totp')).body;
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    const code = () => totp.generate({ timestamp: app.clock.now() });
    await http.post('/api/platform/auth/totp/confirm', { code: code() });
    await app.clock.advance(60_000);
    const answers = await times(30, (index) => login(email, password, index === 29 ? code() : '000000'));
    assert.ok(count(answers, 401) <= 10 && count(answers, 429) >= 19, String(statuses(answers)));
    assert.equal((await login(email, password, code())).status, 429);
  });

  it('are kept by invitations: for each recipient, and for each tenant', async () => {
    const owner = await register(app);
    await confirmAddress(app, owner);
    const invite = (email: string) => owner.http.post('/api/platform/auth/invitations', { email });
    const toOne = [];
    for (let index = 0; index < 10; index++) toOne.push(await invite('stranger@example.net'));
    assert.deepEqual([count(toOne, 201), count(toOne, 429)], [6, 4]);
    const toMany = await times(30, (index) => invite(`stranger${index}@example.net`));
    assert.equal(count(toMany, 429), 20, 'the ten above count as well');
  });

  it('are kept by new addresses of an account', async () => {
    const person = await register(app);
    const answers = await times(40, (index) =>
      person.http.patch('/api/v2/users/me', { email: `s${index}@example.net` }),
    );
    assert.deepEqual([count(answers, 200), count(answers, 429)], [20, 20]);
  });

  it('are kept by links that anybody asks for, without a word', async () => {
    const person = await register(app);
    const ask = (email: string) => app.http.post('/api/v2/auth/forgot-password', { email }, elsewhere());
    const [known, unknown] = [
      await times(10, () => ask(person.email)),
      await times(10, () => ask('nobody@example.net')),
    ];
    for (const answer of [...known, ...unknown]) assert.deepEqual([answer.status, answer.body], [200, known[0]!.body]);
    await afterUnfelt(app);
    assert.equal(mails.filter(({ subject }) => subject === 'Choose a new password').length, 5, 'and one to confirm');
  });

  it('do the same for a known and an unknown address: a job, and nothing else', async () => {
    const person = await register(app);
    await app.services.jobs.idle();
    await app.services.jobs.stop(1000);
    const stored = async (email: string) => {
      const { db } = app.services;
      await db.write('core_jobs').delete();
      const rows = async () => [
        await db.read('auth_links').orderBy('id'),
        // Linking the entries moves them about on PostgreSQL.
        await db.read('auth_audit_entries').orderBy('id').select('id', 'action'),
      ];
      const before = await rows();
      await app.http.post('/api/v2/auth/magic-link/request', { email }, elsewhere());
      assert.deepEqual(await rows(), before);
      const made = await db.read('core_jobs');
      // Whoever asks again at once does not wait behind what was begun for the first time.
      for (const { run_at } of made) assert.ok(run_at >= app.clock.now() + 500, 'begins a moment later');
      return made.map(({ name }) => name);
    };
    assert.deepEqual(await stored(person.email), ['auth.mailLink']);
    assert.deepEqual(await stored('nobody@example.org'), ['auth.mailLink']);
    await app.services.jobs.start();
  });
});
