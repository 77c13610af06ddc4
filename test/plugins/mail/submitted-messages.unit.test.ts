/** What mail programs hand in on port 587: how it is read, and what is refused of it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import tls from 'node:tls';
import { ADMIN, authConfig, signInAdmin } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { rawSmtp } from '#test/support/smtp.ts';

const FROM = 'From: boss@example.com\r\n';

describe('a message that is handed in', () => {
  const logged: string[] = [];
  let relay: MailServer;
  let app: TestPlatform;
  /** A session over TLS, signed in; `say` writes a line and gives the last line of its reply. */
  const signedIn = async (password = ADMIN.password) => {
    const plain = await rawSmtp(app.services.submissionServer.port()!);
    await plain.say('EHLO test');
    await plain.say('STARTTLS');
    plain.socket.removeAllListeners('data');
    const socket = tls.connect({ socket: plain.socket, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    const reply = async () => {
      while (!/^\d{3} [^\n]*\n/m.test(heard)) await once(socket, 'data');
      const [line = ''] = /^\d{3} [^\n]*/m.exec(heard) ?? [];
      heard = '';
      return line.trim();
    };
    const say = (line: string | Buffer) => {
      socket.write(line);
      socket.write('\r\n');
      return reply();
    };
    await say('EHLO test');
    const plainAuth = Buffer.from(`\0${ADMIN.username}\0${password}`).toString('base64');
    const answer = await say(`AUTH PLAIN ${plainAuth}`);
    return { say, answer, write: (text: string) => socket.write(text), close: () => socket.destroy() };
  };
  const submit = async (raw: string, to = 'you@else.example') => {
    const session = await signedIn();
    for (const line of ['MAIL FROM:<boss@example.com>', `RCPT TO:<${to}>`, 'DATA']) await session.say(line);
    const answer = await session.say(`${raw}\r\n.`);
    assert.match(await session.say('NOOP'), /^250/);
    session.close();
    return answer;
  };

  before(async () => {
    relay = await startMailServer();
    app = await startPlatform({
      logTo: { write: (text) => logged.push(text) },
      logLevel: 'info',
      plugins: {
        auth: authConfig,
        mail: {
          mailboxTtl: 0,
          smtp: { port: 0, maxMessageBytes: 2_000_000 },
          submission: { enabled: true, port: 0 },
        },
      },
      config: { mailer: { transport: 'smtp', smtp: { host: '127.0.0.1', port: relay.port } } },
    });
    const boss = await signInAdmin(app);
    await boss.http.post('/api/create', { local: 'boss' });
  });
  beforeEach(() => {
    relay.received.length = 0;
  });
  after(async () => {
    await app.stop();
    await relay.close();
  });

  it('says in its codes what is wrong with who signs in', async () => {
    const session = await signedIn('wrong password');
    assert.match(session.answer, /^535 5\.7\.8/);
    session.close();
  });

  it('has line ends of one kind when it leaves, and no end in its middle', async () => {
    assert.match(await submit(`${FROM}Subject: ends\n\none\ntwo\rthree\n.\nfour`), /^250/);
    const [mail] = await relay.has(1);
    assert.ok(mail?.raw.endsWith('Subject: ends\r\n\r\none\r\ntwo\r\nthree\r\n.\r\nfour\r\n'), mail?.raw);
  });

  it('leaves without results of authentication that say they are ours', async () => {
    const forged = 'Authentication-Results: example.com; dmarc=pass\r\n';
    assert.match(await submit(`${forged}${FROM}Subject: mine\r\n\r\nx`), /^250/);
    const [mail] = await relay.has(1);
    assert.doesNotMatch(mail?.raw ?? '', /Authentication-Results/);
  });

  it('has a header that is seen as a whole, so that nobody is named where no one looks', async () => {
    const far = `X-Long: ${'x'.repeat(900)}\r\n`.repeat(300);
    assert.match(await submit(`${FROM}${far}From: ceo@bank.example\r\n\r\nx`), /^552 5\.3\.4/);
    assert.match(await submit(`${FROM}${'a\r\n'.repeat(300_000)}`), /^552 5\.3\.4/);
    assert.match(await submit(`${FROM}Subject: long\r\n\r\n${'x\r\n'.repeat(600_000)}`), /^250/);
    assert.match(await submit(`${FROM}Subject: longer\r\n\r\n${'x\r\n'.repeat(700_000)}`), /^552 5\.3\.4/);
    assert.match(await submit(`${FROM}Subject: no text`), /^250/);
    assert.match(await submit('\r\nno header'), /^550/);
  });

  it('is nothing when its sender goes away in the middle', async () => {
    const session = await signedIn();
    for (const line of ['MAIL FROM:<boss@example.com>', 'RCPT TO:<you@else.example>', 'DATA']) await session.say(line);
    session.write(`${FROM}Subject: half\r\n\r\nThe beginn`);
    session.close();
    while (!/4\.4\.2 The connection was lost/.test(logged.join(''))) await new Promise(setImmediate);
    assert.doesNotMatch(logged.join(''), /could not be stored/);
    assert.equal((await app.services.db.read('mail_sent').where({ subject: 'half' })).length, 0);
  });

  it('goes to whole addresses alone, and the log tells what was refused', async () => {
    assert.match(await submit(`${FROM}\r\nx`, 'you@neighbour'), /^550 5\.7\.0 This is not a mail address/);
    assert.match(logged.join(''), /"reason":"5\.7\.0 This is not a mail address".*"Submission refused"/);
  });
});
