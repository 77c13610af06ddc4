/** Programs that answer mail (RFC 3834): whom they answer, how their mail is marked, and that two of them end. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { allowSending, authConfig, type Person, register } from '#test/support/accounts.ts';
import { freePort } from '#test/support/free-port.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { callAs } from '#test/support/principals.ts';
import { sendMail } from '#test/support/smtp.ts';

const MINUTE_MS = 60_000;

describe('automatic answers', () => {
  let relay: MailServer;
  let app: TestPlatform;
  let owner: Person;
  /** The owner's mailbox. */
  let desk: string;
  let calls = 0;
  const call = async (name: string, input: object) =>
    app.services.functions.call(name, input, await callAs(app, owner, `call-${calls++}`)) as any;
  const deliver = async (header: string, from = 'x@s.example') => {
    const raw = `From: x@s.example\r\nSubject: Hi ${calls++}\r\n${header}\r\n\r\nText.\r\n`.replace(
      '\r\n\r\n\r\n',
      '\r\n\r\n',
    );
    await sendMail(app.services.smtpReceiver.port()!, { envelope: { from, to: desk }, raw });
    await app.services.mailParseLoop.idle();
    const found = await call('mail.find', { mailbox: desk, limit: 1 });
    return found.items[0].id as number;
  };
  const reply = (message_id: number, more: object = {}) => call('mail.reply', { message_id, text: 'Away', ...more });
  const sentRow = (uuid: string) => app.services.db.read('mail_sent').where({ uuid }).first();

  before(async () => {
    relay = await startMailServer();
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { domains: ['example.com'], mailboxTtl: 0, smtp: { port: 0 } } },
      config: { mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } } },
    });
  });
  beforeEach(async () => {
    await app.services.jobs.idle();
    relay.received.length = 0;
    // Mail to people who have just been registered is none of this.
    relay.refuse = (address) => (/@(s|else)\.example$/.test(address) ? null : { code: 550, text: 'no' });
    owner = await register(app);
    desk = await mailboxOf(app, owner, `desk${calls++}`);
    await allowSending(app, owner);
  });
  after(async () => {
    await app.stop();
    await relay.close();
  });

  it('say what they are, and have a sender that no bounce comes back to', async () => {
    await reply(await deliver('Message-ID: <q@s.example>'));
    const [mail] = await relay.has(1);
    assert.equal(mail?.from, '');
    assert.match(mail?.raw ?? '', /^Auto-Submitted: auto-replied\r$/m);
    assert.match(mail?.raw ?? '', /^In-Reply-To: <q@s\.example>\r$/m);
    await call('mail.send', {
      from: desk,
      to: 'you@else.example',
      subject: 'Report',
      text: 'All is well',
    });
    const [, report] = await relay.has(2);
    assert.match(report?.raw ?? '', /^Auto-Submitted: auto-generated\r$/m);
    assert.match(report?.from ?? '', /^bounces\+/);
  });

  it('stand in the thread of what they answer, as far back as that says', async () => {
    await reply(
      await deliver(
        'Message-ID: <c@s.example>\r\nIn-Reply-To: <b@s.example>\r\nReferences: <a@s.example>\r\n <b@s.example>',
      ),
    );
    const [mail] = await relay.has(1);
    const unfolded = mail?.raw.replace(/\r\n[ \t]+/g, ' ') ?? '';
    assert.match(unfolded, /^In-Reply-To: <c@s\.example>\r$/m);
    assert.match(unfolded, /^References: <a@s\.example> <b@s\.example> <c@s\.example>\r$/m);
    const id = await deliver('Message-ID: <e@s.example>\r\nReferences: <d@s.example>');
    const written = {
      from: desk,
      to: ['x@s.example'],
      subject: 'Re: Hi',
      text: 'By hand',
      answer_to: id,
    };
    assert.equal((await owner.http.post('/api/platform/mail/sent', written)).status, 201);
    const [, second] = await relay.has(2);
    assert.match(second?.raw ?? '', /^References: <d@s\.example> <e@s\.example>\r$/m);
  });

  it('go to no bounce, no machine and no list, unless a person has written them', async () => {
    const recording = await app.record(/^mail\.received$/);
    for (const [header, from] of [
      ['Auto-Submitted: auto-replied', 'x@s.example'],
      ['Auto-Submitted: auto-generated (report)', 'x@s.example'],
      ['Precedence: bulk', 'x@s.example'],
      ['List-Id: <people.s.example>', 'x@s.example'],
      ['Content-Type: multipart/report; report-type=delivery-status; boundary=b', 'x@s.example'],
      ['X-Auto-Response-Suppress: All', 'x@s.example'],
      ['Reply-To: somebody@else.example', ''],
    ] as const) {
      const id = await deliver(header, from);
      await assert.rejects(reply(id), { code: 'automatic_mail' }, header);
      assert.equal((await call('mail.read', { message_id: id })).is_automatic, true, header);
    }
    assert.deepEqual([...new Set((await recording.all()).map(({ data }) => data.is_automatic))], [true]);
    const id = await deliver('Precedence: bulk');
    const { id: uuid } = await reply(id, { automatic: false });
    const [mail] = await relay.has(1);
    assert.doesNotMatch(mail?.raw ?? '', /Auto-Submitted/i);
    assert.equal((await sentRow(uuid))?.recipients, 'x@s.example');
  });

  it('go to nobody who is the mailbox itself', async () => {
    for (const header of [
      `Reply-To: ${desk}`,
      `Reply-To: ${desk.replace('desk', 'Desk').replace('@example', '+tickets@Example')}`,
    ]) {
      const id = await deliver(header);
      await assert.rejects(reply(id), { code: 'automatic_mail' }, header);
      await reply(id, { automatic: false });
    }
  });

  it('answer people, also those whose header says that they are one', async () => {
    const recording = await app.record(/^mail\.received$/);
    for (const header of ['Auto-Submitted: no', 'Precedence: first-class', 'X-Auto-Response-Suppress: None']) {
      const id = await deliver(header);
      assert.equal((await call('mail.read', { message_id: id })).is_automatic, false, header);
      await reply(id);
    }
    assert.deepEqual([...new Set((await recording.all()).map(({ data }) => data.is_automatic))], [false]);
  });

  it('go where the mail wants its answers', async () => {
    const id = await deliver('Reply-To: Desk <desk@s.example>, second@s.example');
    assert.equal((await sentRow((await reply(id)).id))?.recipients, 'desk@s.example');
    const all = await reply(id, { automatic: false });
    assert.equal((await sentRow(all.id))?.recipients, 'desk@s.example,second@s.example');
  });

  it('are so many to one address in an hour, and a repeat of the same call is none of them', async () => {
    const id = await deliver('X-Nothing: here');
    const again = await callAs(app, owner, 'the-same');
    const same = () => app.services.functions.call('mail.reply', { message_id: id, text: 'Away' }, again) as any;
    const { id: first } = await same();
    for (let count = 1; count < 10; count++) await reply(id);
    await assert.rejects(reply(id), { code: 'answered_often' });
    assert.equal((await same()).id, first);
    await app.clock.advance(61 * MINUTE_MS);
    await reply(id);
  });

  it('that are new mails end too, where they go back and forth', async () => {
    const mail = { from: desk, to: 'X@s.example', subject: 'Ticket', text: '!' };
    const back = () =>
      sendMail(app.services.smtpReceiver.port()!, {
        envelope: { from: 'x@s.example', to: desk },
        raw: 'From: x@s.example\r\nSubject: Ticket\r\n\r\n!\r\n',
      });
    for (let count = 0; count < 10; count++) {
      await call('mail.send', mail);
      await back();
    }
    await app.services.mailParseLoop.idle();
    await assert.rejects(call('mail.send', mail), { code: 'answered_often' });
    await call('mail.send', { ...mail, automatic: false });
    for (let count = 0; count < 12; count++) await call('mail.send', { ...mail, to: 'you@else.example' });
    await app.clock.advance(61 * MINUTE_MS);
    await call('mail.send', mail);
  });

  it('about failed mail, which fail too, come to an end', async () => {
    relay.refuse = () => ({ code: 550, text: 'no' });
    const alarm = () => call('mail.send', { from: desk, to: 'gone@else.example', subject: 'It bounced', text: '!' });
    for (let count = 0; count < 10; count++) {
      await alarm();
      await app.services.jobs.idle();
    }
    await assert.rejects(alarm(), { code: 'answered_often' });
  });
});

describe('two installations whose workflows answer all mail', () => {
  const AWAY = (mailbox: string) => `
document: { dsl: 1.0.0, namespace: test, name: away, version: 1.0.0 }
schedule:
  on:
    one:
      with: { type: mail.received, data: '\${ .mailbox == "${mailbox}" }' }
do:
- answer:
    call: mail.reply
    with: { message_id: '\${ $workflow.input[0].data.message_id }', text: I am away. }
`;

  it('end after one answer', async () => {
    const places = [
      { domain: 'one.example', port: await freePort() },
      { domain: 'two.example', port: await freePort() },
    ] as const;
    const routes = Object.fromEntries(places.map(({ domain, port }) => [domain, `127.0.0.1:${port}`]));
    const apps: TestPlatform[] = [];
    for (const { domain, port } of places) {
      const app = await startPlatform({
        plugins: {
          auth: authConfig,
          mail: { domains: [domain], publicDomains: [domain], mailboxTtl: 0, smtp: { port } },
          workflows: {},
        },
        config: { mailer: { transport: 'mx', mx: { routes } } },
      });
      apps.push(app);
      const owner = await register(app);
      await allowSending(app, owner);
      assert.equal((await owner.http.post('/api/create', { local: 'me' })).status, 200);
      const published = await owner.http.post('/api/platform/workflows', { definition: AWAY(`me@${domain}`) });
      assert.equal(published.status, 201, published.text);
    }
    const [one, two] = apps as [TestPlatform, TestPlatform];
    try {
      const { outbox, mailboxes, db } = one.services;
      const mailbox = (await mailboxes.byAddress('me@one.example'))!;
      await db.transaction((trx) =>
        outbox.add(trx, {
          sentBy: null,
          mailbox,
          kind: 'composed',
          recipients: ['me@two.example'],
          subject: 'ping',
          text: 'Hello',
        }),
      );
      const ended = (app: TestPlatform) => async () => {
        const rows = await app.services.db.read('workflows_executions').select('status');
        return rows.length === 1 && ['completed', 'faulted'].includes(rows[0]?.status ?? '') ? rows[0]?.status : null;
      };
      const until = async <T>(look: () => Promise<T | null>): Promise<T> => {
        for (;;) {
          const found = await look();
          if (found !== null && found !== undefined) return found;
          await pause(20);
        }
      };
      assert.equal(await until(ended(two)), 'completed', 'a person is answered');
      assert.equal(await until(ended(one)), 'faulted', 'an answer is not');
      for (let hour = 0; hour < 3; hour++) {
        for (const app of apps) {
          await app.clock.advance(60 * MINUTE_MS);
          await app.services.jobs.idle();
        }
      }
      const sent = await Promise.all(apps.map((app) => app.services.db.read('mail_sent').select('id')));
      assert.deepEqual(
        sent.map(({ length }) => length),
        [1, 1],
      );
    } finally {
      for (const app of apps) await app.stop();
    }
  });
});
