/** Who gets through: authentication results, rules, greylisting, blocklists, domains and details of addresses. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dkimSign } from 'mailauth';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { rawSmtp, sendMail } from '#test/support/smtp.ts';

const key = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The name service of the world outside. */
const RECORDS: Record<string, string[] | string[][]> = {
  'TXT good.example': [['v=spf1 ip4:127.0.0.1 -all']],
  'TXT evil.example': [['v=spf1 -all']],
  'TXT _dmarc.good.example': [['v=DMARC1; p=reject']],
  'TXT _dmarc.evil.example': [['v=DMARC1; p=reject']],
  'TXT s1._domainkey.good.example': [[`v=DKIM1; k=rsa; p=${key.publicKey.toString('base64')}`]],
};

describe('filtering mail', () => {
  let app: TestPlatform;
  let http: Client;
  let relay: MailServer;
  /** The platform of the tests that need no settings of their own. */
  let usual: TestPlatform;
  let tests = 0;
  /** The address of this test. */
  let ada: string;
  const use = (platform: TestPlatform) => {
    app = platform;
    http = app.http.bearer(ROOT_TOKEN);
  };
  const start = async (mail: object = {}) => {
    const platform = await startPlatform({
      plugins: {
        auth: authConfig,
        mail: {
          mailboxTtl: 0,
          domains: ['example.com', '*.wild.example'],
          smtp: { port: 0 },
          authentication: { trusted: [] },
          ...mail,
        },
      },
      config: { mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } } },
    });
    use(platform);
    platform.services.mailDns.resolve = async (name, type) => {
      const found = RECORDS[`${type} ${name}`];
      if (!found) throw Object.assign(new Error(`no ${type} of ${name}`), { code: 'ENOTFOUND' });
      return found;
    };
  };
  before(async () => {
    relay = await startMailServer();
    await start();
    usual = app;
  });
  beforeEach(async () => {
    ada = `ada${++tests}@example.com`;
    relay.received.length = 0;
    await http.post('/api/create', { local: `ada${tests}` });
  });
  afterEach(async () => {
    if (app !== usual) await app.stop();
    use(usual);
    const { items } = (await http.get('/api/platform/mail/rules')).body;
    for (const { id } of items) assert.equal((await http.delete(`/api/platform/mail/rules/${id}`)).status, 204);
  });
  after(async () => {
    await usual.stop();
    await relay.close();
  });

  /** Of messages that are too large for a segment. */
  const largeFiles = async () =>
    (await readdir(join(app.dataDir, 'files'), { recursive: true, withFileTypes: true })).flatMap((file) =>
      file.isFile() && !file.parentPath.endsWith('segments') ? file.name : [],
    );
  const deliver = (from: string, raw: string, to = ada) =>
    sendMail(app.services.smtpReceiver.port()!, { envelope: { from, to }, raw });
  const message = (from: string, subject = 'Hi') =>
    `From: ${from}\r\nTo: ada@example.com\r\nSubject: ${subject}\r\n\r\nText.\r\n`;
  const list = async (query = '', mailbox = ada) => {
    await app.services.mailParseLoop.idle();
    return (await http.get(`/api/emails?mailbox=${encodeURIComponent(mailbox)}${query}`)).body;
  };
  const results = async (id: number) => (await http.get(`/api/platform/mail/messages/${id}`)).body.authentication;

  it('takes several authors for forged, however they stand there, and shows all of them', async () => {
    const rule = { name: 'forged', mailbox: ada, conditions: { dmarc: ['fail'] }, action: 'quarantine' };
    assert.equal((await http.post('/api/platform/mail/rules', rule)).status, 201);
    const raw = (from: string) => `${from}\r\nTo: ada@example.com\r\nSubject: Hi\r\n\r\nText.\r\n`;
    for (const from of [
      'From: ceo@good.example, x@other.example',
      'From: ceo@good.example\r\nFrom: x@other.example',
      'From : ceo@good.example\r\nFrom: x@other.example',
    ])
      await deliver('x@other.example', raw(from));
    const found = await list('&folder=quarantine');
    assert.equal(found.length, 3);
    for (const { id, sender } of found) {
      assert.equal(sender, 'ceo@good.example, x@other.example');
      const { dmarc, summary } = await results(id);
      assert.equal(dmarc, 'fail');
      assert.match(summary, /dmarc=fail \(several authors\)$/);
    }
  });

  it('checks SPF, DKIM and DMARC, and shows the results', async () => {
    const raw = message('shop@good.example');
    const signing = { signingDomain: 'good.example', selector: 's1', privateKey: key.privateKey };
    const { signatures } = await dkimSign(Buffer.from(raw), { ...signing, signatureData: [signing] });
    await deliver('shop@good.example', signatures + raw);
    await deliver('shop@evil.example', message('shop@evil.example', 'forged'));
    const [forged, genuine] = await list();
    const good = await results(genuine.id);
    assert.deepEqual([good.spf, good.dkim, good.dmarc, good.dkim_domains], ['pass', 'pass', 'pass', ['good.example']]);
    const bad = await results(forged.id);
    assert.deepEqual([bad.spf, bad.dkim, bad.dmarc, bad.dmarc_policy], ['fail', 'none', 'fail', 'reject']);
  });

  it('looks at the first signatures of very many, and parses the mail', async () => {
    const signature = (n: number) =>
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=good.example; s=s1; h=from; l=${n}; bh=AAAA; b=BBBB\r\n`;
    const signatures = Array.from({ length: 40 }, (_, n) => signature(n)).join('');
    await deliver(
      'shop@good.example',
      `${signatures}${message('shop@good.example')}${`${'x'.repeat(900)}\r\n`.repeat(1_000)}`,
    );
    const [mail] = await list();
    const { dkim, spf, summary } = await results(mail.id);
    assert.deepEqual([dkim, spf], ['neutral', 'pass']);
    assert.equal(summary.match(/dkim=/g).length, 3);
  });

  it('takes mail when the name service is down, and says that nothing could be checked', async () => {
    await start({ authentication: { trusted: [], timeoutMs: 100 } });
    app.services.mailDns.resolve = () => new Promise(() => {});
    await deliver('shop@good.example', message('shop@good.example'));
    const [mail] = await list();
    assert.equal((await results(mail.id)).spf, 'temperror');
  });

  it('applies rules of a mailbox and of a domain: reject, quarantine, tag, forward, accept', async () => {
    const rule = (body: object) => http.post('/api/platform/mail/rules', body);
    const made = await rule({
      name: 'no lottery',
      domain: 'example.com',
      conditions: { subject: 'lottery' },
      action: 'reject',
    });
    assert.equal(made.status, 201, made.text);
    const own = { mailbox: ada };
    await rule({ ...own, name: 'but from aunt', position: 1, conditions: { sender: 'aunt@*' }, action: 'accept' });
    await rule({ ...own, name: 'forged', position: 2, conditions: { dmarc: ['fail'] }, action: 'quarantine' });
    await rule({
      ...own,
      name: 'invoices',
      position: 3,
      conditions: { subject: 'invoice' },
      action: 'tag',
      value: 'money',
    });
    await rule({
      ...own,
      name: 'to books',
      position: 4,
      conditions: { subject: 'invoice' },
      action: 'forward',
      value: 'books@else.example',
    });

    await assert.rejects(deliver('x@good.example', message('x@good.example', 'You won the LOTTERY')), /550.*5\.7\.1/);
    const large = `${message('x@good.example', 'A large lottery')}${'What nobody wants to have.\r\n'.repeat(15_000)}`;
    const before = await largeFiles();
    await assert.rejects(deliver('x@good.example', large), /550.*5\.7\.1/);
    assert.deepEqual(await largeFiles(), before);
    await deliver('aunt@good.example', message('aunt@good.example', 'my lottery ticket'));
    await deliver('x@evil.example', message('x@evil.example', 'trust me'));
    await deliver('x@good.example', message('x@good.example', 'Your Invoice 17'));
    assert.deepEqual(
      (await list()).map((one: any) => one.subject),
      ['Your Invoice 17', 'my lottery ticket'],
    );
    assert.deepEqual(
      (await list('&tag=money')).map((one: any) => one.subject),
      ['Your Invoice 17'],
    );
    const [quarantined] = await list('&folder=quarantine');
    assert.equal(quarantined.subject, 'trust me');
    const [forwarded] = await relay.has(1);
    assert.deepEqual(forwarded?.to, ['books@else.example']);

    await http.patch(`/api/platform/mail/messages/${quarantined.id}`, { folder: 'inbox', tags: ['checked'] });
    assert.equal((await list('&tag=checked'))[0].subject, 'trust me');
    await http.delete(`/api/platform/mail/rules/${made.body.id}`);
    await deliver('x@good.example', message('x@good.example', 'lottery again'));
    assert.equal((await list())[0].subject, 'lottery again');
  });

  it('lets mail that is taken out of quarantine arrive, with all that follows, once', async () => {
    const mailbox = (await http.get(`/api/mailbox/info?address=${ada}`)).body;
    await http.post('/api/mailbox/forward', { mailbox_id: mailbox.id, forward_to: 'me@else.example' });
    const rule = { name: 'codes', mailbox: ada, conditions: { subject: 'code' }, action: 'quarantine' };
    await http.post('/api/platform/mail/rules', rule);
    const recording = await app.record(/^mail\.received$/);
    await deliver('x@good.example', message('x@good.example', 'your code'));
    const [held] = await list('&folder=quarantine');
    assert.deepEqual([held.subject, (await recording.all()).length], ['your code', 0]);
    const move = (folder: string) => http.patch(`/api/platform/mail/messages/${held.id}`, { folder });
    await Promise.all([move('inbox'), move('inbox')]);
    await move('quarantine');
    await move('inbox');
    const [copy] = await relay.has(1);
    assert.deepEqual(copy?.to, ['me@else.example']);
    const told = (await recording.all()).map(({ data }) => [data.message_id, data.subject, data.is_automatic]);
    assert.deepEqual(told, [[held.id, 'your code', false]]);
  });

  it('refuses by authentication before the message is taken, when a rule asks for it', async () => {
    await http.post('/api/platform/mail/rules', {
      name: 'only genuine',
      domain: 'example.com',
      conditions: { spf: ['fail'] },
      action: 'reject',
    });
    await assert.rejects(deliver('x@evil.example', message('x@evil.example')), /550/);
    await deliver('x@good.example', message('x@good.example'));
    assert.equal((await list()).length, 1);
  });

  it('understands details after a plus, and every name below a wildcard', async () => {
    await deliver('x@good.example', message('x@good.example', 'plus'), ada.replace('@', '+shop@'));
    await deliver('x@good.example', message('x@good.example', 'wild'), 'bob@deep.wild.example');
    const [plus] = await list();
    assert.equal(plus.subject, 'plus');
    const { envelope } = (await http.get(`/api/platform/mail/messages/${plus.id}`)).body;
    assert.equal(envelope.to, ada.replace('@', '+shop@'));
    assert.equal((await list('', 'bob@deep.wild.example'))[0].subject, 'wild');
    await assert.rejects(deliver('x@good.example', message('x@good.example'), 'bob@wild.example'), /550/);
  });

  it('puts off unknown senders once when greylisting is on', async () => {
    await start({ filtering: { greylisting: { enabled: true, delaySeconds: 60 } } });
    await assert.rejects(deliver('x@good.example', message('x@good.example')), /450.*4\.7\.1/);
    await assert.rejects(deliver('x@good.example', message('x@good.example')), /450/);
    await app.clock.advance(61_000);
    await deliver('x@good.example', message('x@good.example'));
    await deliver('x@good.example', message('x@good.example'));
    assert.equal((await list()).length, 2);
    // Who never comes back is not remembered for long; who did is.
    await assert.rejects(deliver('spam@good.example', message('x@good.example')), /450/);
    await app.clock.advance(5 * 3600_000);
    await app.services.greylist.deleteOld();
    assert.equal((await app.services.db.read('mail_greylist')).length, 1);
    await deliver('x@good.example', message('x@good.example'));
  });

  it('refuses addresses that a blocklist names', async () => {
    RECORDS['A 1.0.0.127.bl.example'] = ['127.0.0.2'];
    await start({ filtering: { blocklists: ['bl.example'] } });
    await assert.rejects(deliver('x@good.example', message('x@good.example')), /554.*bl\.example/);
    // So lists tell who asks too often, or by a public resolver.
    RECORDS['A 1.0.0.127.bl.example'] = ['127.255.255.254'];
    await deliver('x@good.example', message('x@good.example'));
    delete RECORDS['A 1.0.0.127.bl.example'];
    await deliver('x@good.example', message('x@good.example'));
  });

  it('believes the address in a PROXY line of a known proxy', async () => {
    await start({ smtp: { port: 0, proxyProtocol: true }, authentication: { trusted: [] } });
    const { connect } = await import('node:net');
    const socket = connect(app.services.smtpReceiver.port()!, '127.0.0.1');
    socket.write('PROXY TCP4 203.0.113.7 192.0.2.1 4711 25\r\n');
    const lines = [
      'EHLO proxied',
      'MAIL FROM:<x@good.example>',
      `RCPT TO:<${ada}>`,
      'DATA',
      `${message('x@good.example')}.`,
      'QUIT',
    ];
    await new Promise<void>((resolve) => {
      let buffer = '';
      socket.on('data', (chunk) => {
        buffer += chunk.toString();
        const reply = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(buffer);
        if (!reply) return;
        buffer = buffer.slice(reply[0].length);
        const line = lines.shift();
        if (line) socket.write(`${line}\r\n`);
        else resolve();
      });
    });
    const [mail] = await list();
    const { envelope } = (await http.get(`/api/platform/mail/messages/${mail.id}`)).body;
    assert.deepEqual([envelope.remote_ip, envelope.helo], ['203.0.113.7', 'proxied']);
  });

  it('listens with TLS from the first byte when a port is named for it', async () => {
    await start({ smtp: { port: 0, implicitTlsPort: 0 } });
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      host: '127.0.0.1',
      port: app.services.smtpReceiver.tlsPort()!,
      secure: true,
      tls: { rejectUnauthorized: false },
    });
    await transport.sendMail({ from: 'x@good.example', to: ada, subject: 'over TLS', text: 'x' });
    assert.equal((await list())[0].subject, 'over TLS');
    const plain = await rawSmtp(app.services.smtpReceiver.port()!);
    plain.close();
  });
});
