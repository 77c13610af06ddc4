/** Sending: the queue, schedules, retries, bounces, forwarding, submission, through a relay of the world outside. */
import assert from 'node:assert/strict';
import { createTransport } from 'nodemailer';
import { parseMessage } from '#plugins/mail/messages/parser/parse.ts';
import { ADMIN, allowSending, authConfig, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { rawSmtp, sendMail } from '#test/support/smtp.ts';

const MINUTE_MS = 60_000;

describe('sending mail', () => {
  let relay: MailServer;
  let app: TestPlatform;
  let http: Client;
  const smtpPort = () => app.services.smtpReceiver.port()!;
  const send = (mail: object, headers = {}) =>
    http.post(
      '/api/send',
      { from: 'me@example.com', to: 'you@else.example', subject: 'Hello', text: 'Hi', ...mail },
      headers,
    );
  const status = async (id: string) => (await http.get(`/api/send/${id}`)).body;
  /** Everything that is due has been done. */
  const settled = () => app.services.jobs.idle();

  before(async () => {
    relay = await startMailServer();
    app = await startPlatform({
      plugins: {
        auth: authConfig,
        mail: { mailboxTtl: 0, smtp: { port: 0, maxRecipients: 10 }, submission: { enabled: true, port: 0 } },
      },
      config: {
        http: { rateLimit: { enabled: false } },
        mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } },
      },
    });
    http = app.http.bearer(ROOT_TOKEN);
    await http.post('/api/create', { local: 'me' });
  });
  beforeEach(async () => {
    // What the test before has left: reports of mail that was refused are mails as well.
    await app.services.mailParseLoop.idle();
    await settled();
    relay.received.length = 0;
    relay.refuse = () => null;
  });
  after(async () => {
    await app.stop();
    await relay.close();
  });
  /** A mailbox that only one test has, with its mail forwarded. */
  const forwarding = async (local: string, forward_to: string) => {
    await http.post('/api/create', { local });
    const { id } = (await http.get(`/api/mailbox/info?address=${local}@example.com`)).body;
    await http.post('/api/mailbox/forward', { mailbox_id: id, forward_to });
  };
  const suppressed = async () => (await http.get('/api/platform/mail/suppressions')).body.items;

  it('hands a mail to the relay, signed, and tells what became of it', async () => {
    const answer = await send({ fromName: 'Mé', html: '<p>Hi</p>' });
    assert.equal(answer.status, 200, answer.text);
    const [mail] = await relay.has(1);
    await settled();
    assert.deepEqual(mail?.to, ['you@else.example']);
    assert.match(mail?.from ?? '', /^bounces\+\d+\.[0-9a-f]{12}@example\.com$/);
    assert.match(mail?.raw ?? '', /^DKIM-Signature: v=1; a=rsa-sha256;[\s\S]*d=example\.com/);
    assert.match(mail?.raw ?? '', /^Subject: Hello\r$/m);
    assert.equal((await status(answer.body.id)).status, 'sent');
    const [listed] = (await http.get('/api/sent?from=me@example.com')).body;
    assert.equal(listed.resend_id, answer.body.id);
    assert.equal(listed.recipients, 'you@else.example');
    const detail = (await http.get(`/api/sent/${listed.id}`)).body;
    assert.deepEqual(
      [detail.from_addr, detail.html_content, detail.text_content],
      ['me@example.com', '<p>Hi</p>', 'Hi'],
    );
  });

  it('sends each of a batch that is right, and says what is wrong with the others', async () => {
    const one = { from: 'me@example.com', to: 'a@else.example', subject: 'One', text: '1' };
    const batch = [
      one,
      { ...one, to: 'not an address' },
      { ...one, from: 'other@example.com' },
      { subject: 'no sender' },
    ];
    const { result } = (await http.post('/api/send/batch', batch)).body;
    assert.deepEqual(
      result.map((each: object) => Object.keys(each)[0]),
      ['id', 'error', 'error', 'error'],
    );
    await relay.has(1);
    assert.equal((await http.post('/api/send/batch', Array(101).fill(one))).status, 400);
  });

  it('lets nobody add header fields or recipients by line breaks', async () => {
    for (const mail of [
      { subject: 'x\r\nBcc: victim@else.example' },
      { fromName: 'x\nBcc: victim@else.example' },
      { to: 'you@else.example\r\nRCPT TO:<victim@else.example>' },
      { from: 'me@example.com\r\nX: y' },
    ]) {
      assert.ok([400, 404].includes((await send(mail)).status), JSON.stringify(mail));
    }
    await settled();
    assert.equal(relay.received.length, 0);
  });

  it('gives a repeat with the same key the first answer, and sends once', async () => {
    const key = { 'idempotency-key': 'order-4711' };
    const first = await send({}, key);
    assert.equal((await send({}, key)).body.id, first.body.id);
    await relay.has(1);
    await settled();
    assert.equal(relay.received.length, 1);
  });

  it('sends at the time that was asked for, to the second, and calls off until then', async () => {
    const at = app.clock.now() + 60 * MINUTE_MS;
    const kept = (await send({ subject: 'kept', scheduledAt: new Date(at).toISOString() })).body.id;
    const dropped = (await send({ subject: 'dropped', scheduledAt: new Date(at).toISOString() })).body.id;
    const moved = (await send({ subject: 'moved', scheduledAt: new Date(at).toISOString() })).body.id;
    assert.equal((await status(kept)).status, 'scheduled');
    assert.equal((await http.post(`/api/send/${dropped}/cancel`)).status, 200);
    assert.equal(
      (await http.patch(`/api/send/${moved}`, { scheduledAt: new Date(at + 1000).toISOString() })).status,
      200,
    );
    await app.clock.advance(60 * MINUTE_MS - 1_000);
    await settled();
    assert.equal(relay.received.length, 0);
    await app.clock.advance(1_000);
    await relay.has(1);
    await settled();
    assert.deepEqual(
      relay.received.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1]),
      ['kept'],
    );
    await app.clock.advance(1_000);
    await relay.has(2);
    await settled();
    assert.deepEqual(
      [(await status(kept)).status, (await status(dropped)).status, (await status(moved)).status],
      ['sent', 'canceled', 'sent'],
    );
    assert.equal((await http.post(`/api/send/${kept}/cancel`)).status, 409);
  });

  it('goes on after the relay was away for an hour, and after a restart', async () => {
    const { port } = relay;
    await relay.close();
    const { id } = (await send({})).body;
    for (let minutes = 0; minutes < 60; minutes += 5) {
      await settled();
      await app.clock.advance(5 * MINUTE_MS);
    }
    await settled();
    assert.equal((await status(id)).status, 'queued');
    app = await app.restart();
    http = app.http.bearer(ROOT_TOKEN);
    relay = await startMailServer(port);
    for (let minutes = 0; minutes < 180 && relay.received.length === 0; minutes += 10) {
      await app.clock.advance(10 * MINUTE_MS);
      await settled();
    }
    assert.equal(relay.received.length, 1);
    assert.equal((await status(id)).status, 'sent');
  }).timeout(60_000);

  it('gives up after four days', async () => {
    relay.refuse = () => ({ code: 451, text: 'not today' });
    const { id } = (await send({})).body;
    for (let hours = 0; hours <= 102; hours += 3) {
      await settled();
      await app.clock.advance(3 * 60 * MINUTE_MS);
    }
    await settled();
    const { status: found, recipients } = await status(id);
    assert.equal(found, 'failed');
    assert.match(recipients[0].answer, /not today/);
    assert.ok(recipients[0].attempts > 20);
  }).timeout(60_000);

  it('takes a refusal for good, and sends no more to an address that does not exist', async () => {
    relay.refuse = (address) => (address === 'gone@else.example' ? { code: 550, text: '5.1.1 no such user' } : null);
    const recording = await app.record(/^mail\.bounced$/);
    const { id } = (await send({ to: 'gone@else.example' })).body;
    await settled();
    assert.equal((await status(id)).status, 'bounced');
    assert.match((await recording.all())[0]!.data.reason, /5\.1\.1/);
    const again = (await send({ to: 'gone@else.example' })).body.id;
    await settled();
    assert.equal((await status(again)).status, 'failed');
    assert.equal((await suppressed())[0].address, 'gone@else.example');
    assert.equal((await http.delete('/api/platform/mail/suppressions/gone@else.example')).status, 204);
    relay.refuse = () => null;
    await send({ to: 'gone@else.example' });
    await relay.has(1);
  });

  it('finds the mail that a bounce is about by its return path, and believes no forged one', async () => {
    const recipient = 'nobody@else.example';
    const { id } = (await send({ to: recipient })).body;
    const [mail] = await relay.has(1);
    await settled();
    const forged = (mail?.from ?? '').replace(/\.[0-9a-f]{12}@/, '.000000000000@');
    await assert.rejects(
      sendMail(smtpPort(), { envelope: { from: '', to: forged }, raw: reportTo(forged, { recipient }) }),
      /550|no such mailbox/i,
    );
    assert.equal((await status(id)).status, 'sent');
    const raw = reportTo(mail?.from ?? '', { recipient });
    await sendMail(smtpPort(), { envelope: { from: '', to: mail?.from ?? '' }, raw });
    await app.services.mailParseLoop.idle();
    const found = await status(id);
    assert.equal(found.status, 'bounced');
    assert.match(found.recipients[0].answer, /5\.1\.1.*nobody of that name/);
  });

  it('believes a report about its own recipient alone, from nobody, of the right type, and in time', async () => {
    const before = await suppressed();
    const { id } = (await send({})).body;
    const [mail] = await relay.has(1);
    await settled();
    const path = mail?.from ?? '';
    const come = (from: string, raw: string) => sendMail(smtpPort(), { envelope: { from, to: path }, raw });
    await come('stranger@evil.example', reportTo(path));
    await come('', reportTo(path, { recipient: 'somebody-else@third.example' }));
    await come('', reportTo(path, { type: 'multipart/mixed' }));
    await app.clock.advance(22 * 24 * 3600_000);
    await come('', reportTo(path));
    await app.services.mailParseLoop.idle();
    assert.equal((await status(id)).status, 'sent');
    assert.deepEqual(await suppressed(), before);
  });

  it('sends nothing more for whoever may not send any more', async () => {
    const eve = await register(app);
    await mailboxOf(app, eve, 'eve');
    await allowSending(app, eve);
    const { id } = (await eve.http.get('/api/mailbox/info?address=eve@example.com')).body;
    await eve.http.post('/api/mailbox/forward', { mailbox_id: id, forward_to: 'copy@else.example' });
    const rule = {
      name: 'also',
      mailbox: 'eve@example.com',
      conditions: {},
      action: 'forward',
      value: 'two@else.example',
    };
    assert.equal((await eve.http.post('/api/platform/mail/rules', rule)).status, 201);
    const scheduledAt = new Date(app.clock.now() + 60 * MINUTE_MS).toISOString();
    const later = { from: 'eve@example.com', to: 'you@else.example', subject: 'Later', text: 'x', scheduledAt };
    const planned = (await eve.http.post('/api/send', later)).body.id;
    await allowSending(app, eve, false);
    await sendMail(smtpPort(), { from: 'x@sender.example', to: 'eve@example.com', subject: 'In', text: 'x' });
    await app.services.mailParseLoop.idle();
    await app.clock.advance(61 * MINUTE_MS);
    await settled();
    assert.equal((await status(planned)).status, 'failed');
    assert.match((await status(planned)).recipients[0].answer, /no longer allowed to send mail/);
    assert.deepEqual(
      relay.received.filter(({ to }) => to.some((one) => one.endsWith('@else.example'))),
      [],
    );
    const forwards = await app.services.db
      .read('mail_sent')
      .where({ kind: 'forwarded', subject: 'In' })
      .select('status');
    assert.deepEqual(
      forwards.map(({ status }) => status),
      ['failed', 'failed'],
    );
  });

  it('brings answers that come to the return path to whoever sent the mail', async () => {
    await send({});
    const [mail] = await relay.has(1);
    const away =
      'From: you@else.example\r\nAuto-Submitted: auto-replied\r\nSubject: Automatic reply: away\r\n\r\nBack on Monday.\r\n';
    await sendMail(smtpPort(), { envelope: { from: '', to: mail?.from ?? '' }, raw: away });
    await app.services.mailParseLoop.idle();
    const { body } = await http.get('/api/emails?mailbox=me@example.com');
    assert.equal(body.filter(({ subject }: { subject: string }) => subject === 'Automatic reply: away').length, 1);
  });

  it('forwards the message as it came, in an envelope that leads bounces back, and stops circles', async () => {
    await forwarding('onward', 'me@elsewhere.example');
    const raw =
      'From: Ada <ada@sender.example>\r\nTo: onward@example.com\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\n\r\nThe body.\r\n';
    await sendMail(smtpPort(), { envelope: { from: 'ada@sender.example', to: 'onward@example.com' }, raw });
    const [copy] = await relay.has(1);
    assert.deepEqual(copy?.to, ['me@elsewhere.example']);
    assert.ok(copy?.raw.endsWith(raw), 'the original stands unchanged at the end');
    assert.match(
      copy?.raw ?? '',
      /^Received: from .*\r\n by example\.com with ESMTPS?\r\n for <onward@example\.com>;/m,
    );
    assert.doesNotMatch(copy?.raw ?? '', /^Return-Path:/m);
    assert.match(copy?.raw ?? '', /^ARC-Seal: i=1;/m);
    assert.match(copy?.from ?? '', /^srs0=[0-9a-f]{10}=\d+=sender\.example=ada@example\.com$/);

    // A bounce of the copy goes back to who wrote the original.
    await sendMail(smtpPort(), { envelope: { from: '', to: copy?.from ?? '' }, raw: 'Subject: bounced\r\n\r\nno\r\n' });
    const returned = (await relay.has(2))[1];
    assert.deepEqual([returned?.from, returned?.to], ['', ['ada@sender.example']]);
    // Mail that is no bounce is not relayed through the return path.
    await sendMail(smtpPort(), {
      envelope: { from: 'spam@else.example', to: copy?.from ?? '' },
      raw: 'Subject: spam\r\n\r\nno\r\n',
    });
    await app.services.mailParseLoop.idle();
    await settled();
    assert.equal(relay.received.length, 2);

    let circling = raw;
    const circle = () =>
      sendMail(smtpPort(), { envelope: { from: 'ada@sender.example', to: 'onward@example.com' }, raw: circling });
    for (let round = 1; round <= 3; round++) {
      await circle();
      circling = (await relay.has(2 + round)).at(-1)?.raw ?? '';
    }
    await circle();
    await app.services.mailParseLoop.idle();
    await settled();
    assert.equal(relay.received.length, 2 + 3);
  });

  it('takes submissions of people who may send, and of nobody else', async () => {
    const admin = await http.get('/api/users');
    const login = await app.http.post('/api/login', { username: ADMIN.username, password: ADMIN.password });
    assert.equal(admin.status, 200);
    const cookie = (login.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    await app.http.with({ cookie }).post('/api/create', { local: 'boss' });
    const port = app.services.submissionServer.port()!;
    const submit = (user: string, pass: string, from = 'boss@example.com') =>
      createTransport({
        host: '127.0.0.1',
        port,
        requireTLS: true,
        tls: { rejectUnauthorized: false },
        auth: { user, pass },
      }).sendMail({
        from,
        to: 'you@else.example',
        subject: 'By hand',
        text: 'Hi',
      });
    await submit(ADMIN.username, ADMIN.password);
    const [mail] = await relay.has(1);
    assert.match(mail?.raw ?? '', /^DKIM-Signature/);
    await assert.rejects(submit(ADMIN.username, 'wrong password'), /535/);
    await assert.rejects(submit(ADMIN.username, ADMIN.password, 'stranger@example.com'), /550/);
    const plain = await rawSmtp(port);
    await plain.say('EHLO test');
    assert.match(await plain.say('MAIL FROM:<boss@example.com>'), /^5/);
    plain.close();
  });

  const asBoss = async () => {
    const boss = await signInAdmin(app);
    await boss.http.post('/api/create', { local: 'boss' });
    return createTransport({
      host: '127.0.0.1',
      port: app.services.submissionServer.port()!,
      requireTLS: true,
      tls: { rejectUnauthorized: false },
      auth: { user: ADMIN.username, pass: ADMIN.password },
    });
  };

  it('submits without what no recipient may read, and with what a mail needs', async () => {
    const transport = await asBoss();
    const envelope = { from: 'boss@example.com', to: ['you@else.example'] };
    const body = '\r\n\r\nBcc: in the text\r\n';
    await transport.sendMail({
      envelope,
      raw: `Return-Path: <x@else.example>\r\nFrom: boss@example.com\r\nBcc: secret@else.example,\r\n other@else.example\r\nSubject: Hi\r\nresent-bcc : third@else.example${body}`,
    });
    const [bare] = await relay.has(1);
    assert.doesNotMatch(bare?.raw ?? '', /secret@|other@|third@|Return-Path|127\.0\.0\.1/i);
    assert.match(bare?.raw ?? '', /^Received: by example\.com with ESMTPSA;$/m);
    assert.match(bare?.raw ?? '', /^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000\r$/m);
    assert.match(bare?.raw ?? '', /^Message-ID: <[0-9a-f-]{36}@example\.com>\r$/m);
    assert.ok(bare?.raw.endsWith(`From: boss@example.com\r\nSubject: Hi${body}`));
    const whole = `From: boss@example.com\r\nDate: Mon, 02 Jan 2023 10:00:00 +0100\r\nMessage-ID: <own@here>\r\nSubject: Hi${body}`;
    await transport.sendMail({ envelope, raw: whole });
    const [, second] = await relay.has(2);
    assert.ok(second?.raw.endsWith(whole));
    assert.equal(second?.raw.match(/^(Date|Message-ID):/gm)?.length, 2);
    transport.close();
  });

  it('tells who submitted a mail in their mailbox that it failed, with what the other side said', async () => {
    const transport = await asBoss();
    const boss = await signInAdmin(app);
    relay.refuse = (address) => (address === 'gone@else.example' ? { code: 550, text: '5.1.1 no such user' } : null);
    const raw =
      'From: boss@example.com\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <m1@example.com>\r\n\r\nHi\r\n';
    const envelope = { from: 'boss@example.com', to: ['gone@else.example', 'you@else.example'] };
    await transport.sendMail({ envelope, raw });
    await settled();
    const inbox = async () => {
      await app.services.mailParseLoop.idle();
      return (await boss.http.get('/api/emails?mailbox=boss@example.com')).body;
    };
    const [report, ...more] = await inbox();
    assert.deepEqual([report.subject, report.sender, more], ['Not delivered: grüße', 'postmaster@example.com', []]);
    const whole = (await boss.http.get(`/api/email/${report.id}/download`)).text;
    assert.match(whole, /^Content-Type: multipart\/report; report-type=delivery-status;/m);
    assert.match(whole, /^Final-Recipient: rfc822; gone@else\.example\r$/m);
    assert.match(whole, /^Return-Path: <>\r$/m);
    assert.match(whole, /^Action: failed\r\nStatus: 5\.1\.1\r\nDiagnostic-Code: smtp; 550 5\.1\.1 no such user\r$/m);
    assert.match(whole, /^Auto-Submitted: auto-replied\r$/m);
    assert.match(whole, /^In-Reply-To: <m1@example\.com>\r$/m);
    const [bounce] = (await parseMessage(Buffer.from(whole))).bounces;
    assert.deepEqual([bounce?.action, bounce?.status, bounce?.recipients], ['failed', '5.1.1', ['gone@else.example']]);
    // The next one is not even tried, and is reported too.
    await transport.sendMail({ envelope: { ...envelope, to: ['gone@else.example'] }, raw });
    await settled();
    assert.equal((await inbox()).length, 2);
    transport.close();
  });

  it('tells who has mail forwarded that it is refused, once a day, and reports no report', async () => {
    await forwarding('refused', 'moved@else.example');
    relay.refuse = () => ({ code: 550, text: '5.7.1 not from you' });
    for (const subject of ['first', 'second']) {
      const raw = `From: ada@sender.example\r\nTo: refused@example.com\r\nSubject: ${subject}\r\n\r\nText.\r\n`;
      await sendMail(smtpPort(), { envelope: { from: 'ada@sender.example', to: 'refused@example.com' }, raw });
      for (let round = 0; round < 4; round++) {
        await app.services.mailParseLoop.idle();
        await settled();
      }
    }
    const mails = (await http.get('/api/emails?mailbox=refused@example.com')).body;
    assert.deepEqual(mails.map(({ subject }: any) => subject).sort(), ['Not delivered: first', 'first', 'second']);
  });

  it('takes a submission of one author alone, who has the mailbox', async () => {
    const transport = await asBoss();
    const submit = (header: string) => {
      const envelope = { from: 'boss@example.com', to: ['you@else.example'] };
      return transport.sendMail({ envelope, raw: `${header}\r\nSubject: Hi\r\n\r\nFrom: nobody\r\n` });
    };
    for (const header of [
      'From: boss@example.com\r\nFrom: me@example.com',
      'From : me@example.com\r\nFrom: boss@example.com',
      `From: boss@example.com\r\nX-Long: ${'x '.repeat(5_000)}\r\nFROM: me@example.com`,
      'From: <boss@example.com>, me@example.com',
      'From: me@example.com, "boss" <boss@example.com>',
    ])
      await assert.rejects(submit(header), /550/, header);
    for (const header of [
      'From: boss@example.com',
      'From: "Boss, @ work" <boss@example.com> (me@home)',
      'From: =?utf-8?q?Ch=C3=A9f?=\r\n <boss@example.com>',
    ])
      await submit(header);
    transport.close();
    assert.equal((await relay.has(3)).length, 3);
    await settled();
  });

  it('takes a submission for no more recipients than mail that comes in may have', async () => {
    const transport = await asBoss();
    const to = Array.from({ length: 12 }, (_, index) => `you${index}@else.example`);
    const raw = 'From: boss@example.com\r\nSubject: To all\r\n\r\nHi\r\n';
    const { accepted, rejected } = await transport.sendMail({ envelope: { from: 'boss@example.com', to }, raw });
    assert.deepEqual([accepted.length, rejected.length], [10, 2]);
    transport.close();
    assert.equal((await relay.has(10)).length, 10);
    await settled();
  });
});

describe('sending straight to mail servers', () => {
  it('lets hundreds of mails for a dead domain not hold up the others', async () => {
    const alive = await startMailServer();
    const app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 } } },
      config: {
        mailer: {
          transport: 'mx',
          mx: {
            connectSeconds: 1,
            routes: { 'dead.example': '127.0.0.1:9', 'alive.example': `127.0.0.1:${alive.port}` },
          },
        },
      },
    });
    const http = app.http.bearer(ROOT_TOKEN);
    await http.post('/api/create', { local: 'me' });
    const { db, outbox, mailboxes } = app.services;
    const mailbox = (await mailboxes.byAddress('me@example.com'))!;
    await db.transaction(async (trx) => {
      for (let batch = 0; batch < 5; batch++) {
        const recipients = Array.from({ length: 50 }, (_, index) => `x${batch}-${index}@dead.example`);
        await outbox.add(trx, { sentBy: null, mailbox, kind: 'composed', recipients, subject: 'dead', text: 'x' });
      }
    });
    await http.post('/api/send', { from: 'me@example.com', to: 'you@alive.example', subject: 'alive', text: 'x' });
    const [mail] = await alive.has(1);
    assert.match(mail?.raw ?? '', /^Subject: alive\r$/m);
    const waiting = await db
      .read('mail_deliveries')
      .where({ domain: 'dead.example', status: 'queued' })
      .count({ n: '*' })
      .first();
    assert.equal(Number(waiting?.n), 250);
    await app.stop();
    await alive.close();
  }).timeout(120_000);
});

/** What a server says that could not deliver; `of` takes the place of lines of it. */
function reportTo(to: string, of: { type?: string; recipient?: string } = {}): string {
  const { type = 'multipart/report; report-type=delivery-status', recipient = 'you@else.example' } = of;
  return [
    'From: MAILER-DAEMON@else.example',
    `To: ${to}`,
    'Subject: Undelivered',
    'MIME-Version: 1.0',
    `Content-Type: ${type}; boundary=b`,
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Sorry.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; else.example',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 nobody of that name',
    '',
    '--b--',
    '',
  ].join('\r\n');
}
