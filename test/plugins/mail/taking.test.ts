/** Who may take a mailbox, and what its new owner sees. */
import assert from 'node:assert/strict';
import { doorText } from '#core/open-door.ts';
import { ADMIN, authConfig, type Person, ROOT_TOKEN, register, signIn } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { callAs } from '#test/support/principals.ts';
import { sendMail } from '#test/support/smtp.ts';

describe('taking a mailbox', () => {
  let app: TestPlatform;
  let root: Client;
  let stranger: Person;
  /** An ordinary person of the operator's own tenant. */
  let colleague: Client;
  let count = 0;
  const fresh = () => `box${++count}`;
  const take = (who: Client, local: string, domainIndex = 0) => who.post('/api/create', { local, domainIndex });
  const deliver = async (to: string, subject: string) => {
    await sendMail(app.services.smtpReceiver.port()!, { from: 'a@sender.example', to, subject, text: 'x' });
    await app.services.mailParseLoop.idle();
  };
  const subjects = async (who: Client, mailbox: string) => {
    const { status, body } = await who.get(`/api/emails?mailbox=${mailbox}`);
    return status === 200 ? body.map(({ subject }: { subject: string }) => subject) : status;
  };

  before(async () => {
    app = await startPlatform({
      plugins: {
        auth: { ...authConfig, registration: 'open', admin: { ...ADMIN, email: 'ada@home.example' } },
        mail: {
          domains: ['home.example', 'temp.example'],
          publicDomains: ['temp.example'],
          mailboxTtl: 0,
          smtp: { port: 0 },
        },
      },
      config: { http: { rateLimit: { enabled: false } } },
    });
    root = app.http.bearer(ROOT_TOKEN);
    stranger = await register(app);
    const account = { username: 'colleague', password: 'a long enough one' };
    await root.post('/api/users', { ...account, role: 'user', mailboxLimit: 100 });
    const login = await app.http.post('/api/login', account);
    colleague = app.http.with({ cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
  });
  after(() => app.stop());

  it('is for the operator’s own people in every domain, for strangers in public ones', async () => {
    assert.deepEqual((await colleague.get('/api/domains')).body, ['home.example', 'temp.example']);
    assert.deepEqual((await stranger.http.get('/api/domains')).body, ['temp.example']);
    assert.match((await take(colleague, fresh())).body.email, /@home\.example$/);
    assert.match((await take(stranger.http, fresh())).body.email, /@temp\.example$/);
    assert.match((await stranger.http.get('/api/generate')).body.email, /@temp\.example$/);
    assert.equal((await take(stranger.http, fresh(), 1)).status, 400);
    assert.equal((await stranger.http.get('/api/generate?domainIndex=1')).status, 400);
    const call = await callAs(app, stranger, 'call');
    const made = await app.services.functions.call('mail.createMailbox', { local: fresh() }, call);
    assert.match((made as { address: string }).address, /@temp\.example$/);
  });

  it('is named as an open door', async () => {
    const { plugin } = app.platform.plugins.find((one) => one.plugin.name === 'mail')!;
    const [line] = (await plugin.openDoors?.(app.services)) ?? [];
    assert.match(doorText(line ?? ''), /may take mailboxes in temp\.example/);
  });

  it('tells its new owner of no mail that had come before, though it is parsed after', async () => {
    for (const held of ['claim', 'judge'] as const) {
      const local = fresh();
      const address = `${local}@temp.example`;
      const { mailEffects, mailParseLoop } = app.services;
      const { promise: go, resolve } = Promise.withResolvers<void>();
      const { wake } = mailParseLoop;
      const { judge } = mailEffects;
      if (held === 'claim') Object.assign(mailParseLoop, { wake() {} });
      else Object.assign(mailEffects, { judge: (one: Parameters<typeof judge>[0]) => go.then(() => judge(one)) });
      await sendMail(app.services.smtpReceiver.port()!, {
        from: 'a@sender.example',
        to: address,
        subject: 'Your code',
        text: 'Your verification code is 482913.',
      });
      if (held === 'judge') await new Promise((done) => setTimeout(done, 500));
      const taken = await stranger.http.post('/api/platform/mail/mailboxes', { local });
      assert.equal(taken.status, 201, taken.text);
      const hook = await stranger.http.post('/api/platform/mail/webhooks', {
        mailbox: address,
        url: 'https://receiver.example/x',
      });
      assert.equal(hook.status, 201, hook.text);
      const heard = await app.record(/^mail\.received$/);
      Object.assign(mailParseLoop, { wake });
      Object.assign(mailEffects, { judge });
      resolve();
      mailParseLoop.wake();
      await mailParseLoop.idle();
      assert.deepEqual(await subjects(stranger.http, address), []);
      const calls = await stranger.http.get(`/api/platform/mail/webhooks/${hook.body.id}/calls`);
      assert.deepEqual(calls.body.items, []);
      const told = (await heard.all()).map(({ tenantid = null }) => tenantid);
      assert.deepEqual(told, [null], 'the platform alone');
    }
  });

  it('never takes the address of an account, however it is written', async () => {
    for (const [local, who] of [
      ['ada', colleague],
      ['ADA', root],
    ] as const) {
      assert.equal((await take(who, local)).status, 409, local);
    }
    await app.services.db
      .write('auth_users')
      .where({ username: 'colleague' })
      .update({ email: 'bob+new@home.example' });
    assert.equal((await take(root, 'bob')).status, 409, 'mail for bob+new comes to bob');
    assert.equal((await take(colleague, 'bo_')).status, 200, 'a line is no wildcard');
    await deliver('ada@home.example', 'Choose a new password');
    assert.equal((await take(colleague, 'ada')).status, 409, 'nor when mail has made it');
  });

  it('takes what mail has made, and shows what comes from then on', async () => {
    const address = `${fresh()}@temp.example`;
    await deliver(address, 'before');
    const [{ id }] = (await root.get(`/api/emails?mailbox=${address}`)).body;
    assert.equal(await subjects(stranger.http, address), 404);
    assert.equal((await take(stranger.http, address.split('@')[0] ?? '')).status, 200);
    await deliver(address, 'after');
    assert.deepEqual(await subjects(stranger.http, address), ['after']);
    assert.deepEqual(await subjects(root, address), ['after', 'before']);
    for (const path of [`/api/email/${id}`, `/api/email/${id}/download`, `/api/platform/mail/messages/${id}`]) {
      assert.equal((await stranger.http.get(path)).status, 404, path);
    }
    assert.deepEqual((await stranger.http.get(`/api/emails/batch?ids=${id}`)).body, []);
    const { items } = (await stranger.http.get('/api/platform/mail/messages?search=before')).body;
    assert.deepEqual(items, []);
    const found = await stranger.http.get(`/api/platform/mail/wait?mailbox=${address}&subject=before&timeout=0`);
    assert.equal(found.status, 408);
    assert.equal((await stranger.http.delete(`/api/emails?mailbox=${address}`)).status, 200);
    assert.deepEqual(await subjects(root, address), ['before']);
    assert.equal((await take(app.http.bearer(stranger.accessToken), address.split('@')[0] ?? '')).status, 200);
    assert.equal((await take((await register(app)).http, address.split('@')[0] ?? '')).status, 409);
  });

  it('shows all of it to administrators of the operator’s tenant', async () => {
    const local = fresh();
    await deliver(`${local}@home.example`, 'before');
    await take(colleague, local);
    assert.deepEqual(await subjects(colleague, `${local}@home.example`), []);
    const account = { username: 'officer', password: 'a long enough one' };
    await root.post('/api/users', { ...account, role: 'admin' });
    const login = await app.http.post('/api/login', account);
    const officer = app.http.with({ cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
    assert.deepEqual(await subjects(officer, `${local}@home.example`), ['before']);
  });

  it('leaves alone what somebody had, and what was made with the root token', async () => {
    const mine = fresh();
    await take(stranger.http, mine);
    await deliver(`${mine}@temp.example`, 'private');
    const ownership = { username: stranger.email, address: `${mine}@temp.example` };
    assert.equal((await root.post('/api/users/unassign', ownership)).status, 200);
    const other = await register(app);
    const ofRoot = fresh();
    await take(root, ofRoot, 1);
    for (const local of [mine, ofRoot]) {
      assert.equal((await take(other.http, local)).status, 409);
      assert.equal(await subjects(other.http, `${local}@temp.example`), 404);
    }
    assert.deepEqual(await subjects(stranger.http, `${mine}@temp.example`), ['private'], 'it is still the tenant’s');
    const admin = await signIn(app, 'ada@home.example', ADMIN.password);
    assert.equal((await take(admin.http, ofRoot, 1)).status, 409);
    assert.equal((await take(root, ofRoot, 1)).status, 200, 'again, with the root token');
  });

  it('gives one name to one of those who ask at once', async () => {
    const local = fresh();
    const answers = await Promise.all([1, 2, 3, 4].map(async () => take((await register(app)).http, local)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
  });
});
