/** What leaves and comes back, at its edges: forwards to oneself, bounces of forwards, two return paths at once, long keys. */
import assert from 'node:assert/strict';
import { allowSending, authConfig, type Person, ROOT_TOKEN, register } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { rawSmtp, sendMail } from '#test/support/smtp.ts';

const DAY_MS = 24 * 3600_000;

describe('mail that leaves', () => {
  let relay: MailServer;
  let app: TestPlatform;
  let ada: Person;
  before(async () => {
    relay = await startMailServer();
    const smtp = { host: '127.0.0.1', port: relay.port };
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 3600, smtp: { port: 0 } } },
      config: { mailer: { transport: 'smtp', smtp } },
    });
    ada = await register(app);
    await allowSending(app, ada);
    for (const name of ['ada', 'bob']) await mailboxOf(app, ada, name);
    await app.services.db.write('mail_mailboxes').update({ expires_at: null });
  });
  after(async () => {
    await app.stop();
    await relay.close();
  });
  afterEach(() => {
    relay.received.length = 0;
  });

  const settled = async () => {
    for (let round = 0; round < 3; round++) {
      await app.services.mailParseLoop.idle();
      await app.services.jobs.idle();
    }
  };
  const deliver = (raw: string, to: string, from = 'x@sender.example') =>
    sendMail(app.services.smtpReceiver.port()!, { envelope: { from, to }, raw });
  const subjects = async (name: string): Promise<string[]> =>
    (await app.http.bearer(ROOT_TOKEN).get(`/api/emails?mailbox=${name}@example.com`)).body.map(
      (one: any) => one.subject,
    );
  const idOf = async (name: string) =>
    (await ada.http.get(`/api/mailbox/info?address=${name}@example.com`)).body.id as number;
  const send = (mail: object, headers: Record<string, string> = {}) =>
    ada.http
      .with(headers)
      .post('/api/send', { from: 'ada@example.com', to: 'you@else.example', subject: 'x', text: 'x', ...mail });

  it('has bounces of two mails in one envelope brought to both', async () => {
    for (const name of ['ada', 'bob']) await send({ from: `${name}@example.com`, to: `friend-${name}@else.example` });
    await settled();
    const paths = relay.received.filter(({ to }) => /^friend-/.test(to[0] ?? '')).map(({ from }) => from);
    assert.equal(paths.length, 2);
    const smtp = await rawSmtp(app.services.smtpReceiver.port()!);
    await smtp.say('EHLO x');
    await smtp.say('MAIL FROM:<away@else.example>');
    for (const path of paths) await smtp.say(`RCPT TO:<${path}>`);
    await smtp.say('DATA');
    await smtp.say('From: away@else.example\r\nSubject: both away\r\n\r\nx\r\n.');
    smtp.close();
    await settled();
    for (const name of ['ada', 'bob']) assert.deepEqual(await subjects(name), ['both away'], name);
  });

  it('comes back to its sender as that is written, and by servers that know no capitals', async () => {
    const forward_to = 'copy@else.example';
    await ada.http.post('/api/mailbox/forward', { mailbox_id: await idOf('ada'), forward_to });
    await deliver('Subject: Capitals\r\n\r\nx\r\n', 'ada@example.com', 'Shop.DE@Sender.example');
    await settled();
    const path = relay.received.at(-1)?.from ?? '';
    assert.match(path, /^srs0=[0-9a-f]{10}=\d+=sender\.example=Shop\.DE@example\.com$/);
    for (const way of [path, path.toLowerCase(), path.toUpperCase()])
      await deliver('Subject: bounced\r\n\r\nx\r\n', way, '');
    await settled();
    assert.deepEqual(
      relay.received
        .slice(-3)
        .map(({ to }) => to[0])
        .sort(),
      ['SHOP.DE@sender.example', 'Shop.DE@sender.example', 'shop.de@sender.example'],
    );
    await ada.http.post('/api/mailbox/forward', { mailbox_id: await idOf('ada'), forward_to: null });
  });

  it('goes to its recipients with the capitals that they have', async () => {
    await send({ to: 'You.X@Else.example' });
    await settled();
    assert.match(relay.received.at(-1)?.to[0] ?? '', /^You\.X@else\.example$/i);
    assert.ok(relay.received.at(-1)?.to[0]?.startsWith('You.X@'));
  });

  it('goes to nobody again by a forward to itself, however that is spelled', async () => {
    const forward_to = 'Ada+again@example.com';
    const wish = { mailbox_id: await idOf('ada'), forward_to };
    assert.equal((await ada.http.post('/api/mailbox/forward', wish)).status, 400);
    for (const value of ['ada+1@example.com', 'ada+2@example.com', 'copy@else.example']) {
      const rule = { name: value, mailbox: 'ada@example.com', conditions: {}, action: 'forward', value };
      assert.equal((await ada.http.post('/api/platform/mail/rules', rule)).status, 201);
    }
    const forged = 'Authentication-Results: example.com;\r\n dmarc=pass header.from=bank.example\r\n';
    await deliver(
      `${forged}Authentication-Results: other.example; spf=pass\r\nSubject: once\r\n\r\nx\r\n`,
      'ada@example.com',
    );
    await settled();
    assert.deepEqual(
      relay.received.map(({ to }) => to),
      [['copy@else.example']],
    );
    // Results that claim to be ours are not passed on.
    const [copy] = relay.received;
    assert.doesNotMatch(copy?.raw ?? '', /dmarc=pass header\.from=bank\.example/);
    assert.match(copy?.raw ?? '', /^Authentication-Results: other\.example/m);
    // Nor does somebody who has got one get to send what they like to its sender.
    for (let count = 0; count < 15; count++) await deliver(`Subject: spam ${count}\r\n\r\nx\r\n`, copy?.from ?? '', '');
    await settled();
    assert.equal(relay.received.filter(({ to }) => to[0] === 'x@sender.example').length, 10);
    for (const { id } of (await ada.http.get('/api/platform/mail/rules')).body.items)
      await ada.http.delete(`/api/platform/mail/rules/${id}`);
  });

  it('is forwarded for a super-admin who sets that up for many', async () => {
    const id = await idOf('bob');
    const root = app.http.bearer(ROOT_TOKEN);
    await app.services.db.write('mail_mailboxes').where({ id }).update({ forward_by: 999_999 });
    const wish = { mailbox_ids: [id], forward_to: 'all@else.example' };
    assert.equal((await root.post('/api/mailboxes/batch-forward', wish)).status, 200);
    await deliver('Subject: for all\r\n\r\nx\r\n', 'bob@example.com');
    await settled();
    assert.deepEqual(
      relay.received.map(({ to }) => to),
      [['all@else.example']],
    );
  });

  it('has the date at which it leaves, and is another one by another key, however long', async () => {
    const at = app.clock.now() + 6 * DAY_MS;
    await send({ subject: 'later', scheduledAt: new Date(at).toISOString() });
    for (const end of ['1', '2']) await send({ subject: `key ${end}` }, { 'idempotency-key': 'k'.repeat(250) + end });
    await settled();
    assert.deepEqual(relay.received.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]).sort(), ['key 1', 'key 2']);
    await app.clock.advance(6 * DAY_MS + 1_000);
    await settled();
    const later = relay.received.find(({ raw }) => /^Subject: later/m.test(raw));
    const dated = Date.parse(/^Date: (.*)$/m.exec(later?.raw ?? '')?.[1] ?? '');
    assert.equal(dated, Math.floor(at / 1000) * 1000);
  });

  it('that people write to postmaster is kept', async () => {
    await deliver('Subject: to whom it concerns\r\n\r\nx\r\n', 'postmaster@example.com');
    await settled();
    const row = await app.services.db.read('mail_mailboxes').where({ address: 'postmaster@example.com' }).first();
    assert.equal(row?.expires_at, null);
  });

  it('is seen, and deleted, by who is signed in as a mailbox as far back as its lists go', async () => {
    const root = app.http.bearer(ROOT_TOKEN);
    const address = 'bob@example.com';
    await root.post('/api/mailboxes/toggle-login', { address, can_login: true });
    await root.post('/api/mailboxes/change-password', { address, new_password: 'long secret 42 xyz' });
    const before = (await subjects('bob')).length;
    await app.clock.advance(3 * DAY_MS);
    const login = await app.http.post('/api/login', { username: address, password: 'long secret 42 xyz' });
    const me = app.http.with({ cookie: (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
    assert.deepEqual((await me.get(`/api/emails?mailbox=${address}`)).body, []);
    const found = await me.get(`/api/platform/mail/wait?mailbox=${address}&timeout=0`);
    assert.doesNotMatch(found.text, /for all/);
    await me.delete(`/api/emails?mailbox=${address}`);
    assert.equal((await subjects('bob')).length, before);
  });
});
