/** What every SMTP server answers (RFC 5321 §4), in its order and with its codes; and TLS on the same port (RFC 3207). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import tls from 'node:tls';
import { MailConfig } from '#plugins/mail/config.ts';
import { type MailPlatform, startMail, traceOf } from '#test/support/mail.ts';
import { type RawSmtp, rawSmtp } from '#test/support/smtp.ts';

describe('the SMTP receiver', () => {
  let mail: MailPlatform;
  let client: RawSmtp;
  before(async () => {
    mail = await startMail({ smtp: { port: 0, hostname: 'mx.example.com' } });
  });
  after(() => mail.app.stop());
  beforeEach(async () => {
    client = await rawSmtp(mail.app.services.smtpReceiver.port()!);
  });
  afterEach(() => client.close());
  const says = async (...lines: [command: string, answer: RegExp][]) => {
    for (const [command, answer] of lines) assert.match(await client.say(command), answer, command);
  };
  const newest = async (mailbox: string) => {
    await mail.app.services.mailParseLoop.idle();
    const [{ id }] = await mail.list(mailbox);
    return (await mail.http.get(`/api/email/${id}/download`)).text;
  };

  it('greets with its name, and knows the commands that each server has', async () => {
    const greeted = connect(mail.app.services.smtpReceiver.port()!, '127.0.0.1');
    assert.match(String((await once(greeted, 'data'))[0]), /^220 mx\.example\.com ESMTP Patchbay\r\n$/);
    greeted.destroy();
    await says(
      ['EHLO s.example', /^250-mx\.example\.com /],
      ['HELO s.example', /^250 mx\.example\.com /],
      ['noop', /^250 /],
      ['NOOP with words', /^250 /],
      ['HELP', /^214 /],
      ['VRFY ada', /^252 /],
      ['EXPN list', /^50[02] /],
      ['NONSENSE', /^500 /],
      ['RSET', /^250 /],
      ['QUIT', /^221 /],
    );
    await once(client.socket, 'close');
  });

  it('says 501 to bad syntax and 503 to a bad order, and goes on', async () => {
    await says(
      ['MAIL FROM:<a@s.example>', /^503 /],
      ['EHLO', /^501 /],
      ['EHLO s.example', /^250/],
      ['RCPT TO:<ada@example.com>', /^503 /],
      ['DATA', /^503 /],
      ['MAIL FROM:a b', /^501 /],
      ['mail from:<a@s.example>', /^250 /],
      ['MAIL FROM:<a@s.example>', /^503 /],
      ['DATA', /^503 /],
      ['RCPT TO:<nobody>', /^5(01|50) /],
      ['RCPT TO:<ada@example.com>', /^250 /],
      ['DATA', /^354 /],
      ['Subject: order\r\n\r\nx\r\n.', /^250 /],
      ['DATA', /^503 /],
    );
  });

  it('forgets a mail that was begun at RSET, and at another EHLO', async () => {
    await client.say('EHLO s.example');
    for (const reset of ['RSET', 'EHLO s.example'])
      await says(
        ['MAIL FROM:<a@s.example>', /^250 /],
        ['RCPT TO:<ada@example.com>', /^250 /],
        [reset, /^250/],
        ['DATA', /^503 /],
        ['RCPT TO:<ada@example.com>', /^503 /],
      );
  });

  it('takes what comes from nobody, routes that lead to an address here, and names in any case', async () => {
    await says(
      ['EHLO s.example', /^250/],
      ['MAIL FROM:<>', /^250 /],
      ['RCPT TO:<@relay.example,@two.example:Route@EXAMPLE.com>', /^250 /],
      ['DATA', /^354 /],
      ['Subject: routed\r\n\r\nx\r\n.', /^250 /],
    );
    assert.match(await newest('route@example.com'), /^Return-Path: <>\r\n/);
  });

  it('takes senders whose address is that of a host', async () => {
    await client.say('EHLO s.example');
    for (const sender of ['a@[192.0.2.1]', 'a@[IPv6:2001:db8::1]'])
      await says([`MAIL FROM:<${sender}>`, /^250 /], ['RSET', /^250 /]);
  });

  it('names on top whom a mail was for where that is one alone', async () => {
    await client.say('EHLO s.example');
    for (const names of [['first'], ['first', 'second']]) {
      await client.say('MAIL FROM:<a@s.example>');
      for (const name of names) await client.say(`RCPT TO:<${name}@example.com>`);
      await says(['DATA', /^354 /], ['Subject: for whom\r\n\r\nx\r\n.', /^250 /]);
      const trace = traceOf(await newest('first@example.com'));
      assert.equal(/ for <first@example\.com>;/.test(trace), names.length === 1, trace);
      assert.equal(trace.includes('second'), false);
    }
  });

  it('writes addresses of IPv6 on top as literals of that kind', () => {
    const envelope = { from: 'a@s.example', to: [], remoteIp: '2001:db8::1', helo: 's.example' };
    const line = mail.app.services.mailTrace.received(envelope, [], 'ESMTP').toString();
    assert.match(line, /^Received: from s\.example \(\[IPv6:2001:db8::1\]\)\r$/m);
  });

  it('waits five minutes for a sender who says nothing, unless told otherwise', () => {
    assert.equal(Reflect.get(MailConfig.properties.smtp.properties.idleSeconds, 'default'), 300);
  });

  it('takes the longest names, command lines and lines of text that it has to', async () => {
    const local = 'l'.repeat(64);
    const line = `${'x'.repeat(998)}\r\n`;
    await says(
      ['EHLO s.example', /^250/],
      [`NOOP ${'x'.repeat(505)}`, /^250 /],
      [`MAIL FROM:<${'s'.repeat(64)}@${'d'.repeat(63)}.${'e'.repeat(63)}.example>`, /^250 /],
      [`RCPT TO:<${local}@example.com>`, /^250 /],
      ['DATA', /^354 /],
      [`Subject: long\r\n\r\n${line.repeat(70)}.`, /^250 /],
    );
    assert.ok((await newest(`${local}@example.com`)).endsWith(line.repeat(70)));
  });

  it('takes points at the beginning of lines as they were meant, and bytes of eight bits', async () => {
    await says(
      ['EHLO s.example', /^250-[\s\S]*8BITMIME/],
      ['MAIL FROM:<a@s.example> BODY=8BITMIME', /^250 /],
      ['RCPT TO:<points@example.com>', /^250 /],
      ['DATA', /^354 /],
    );
    client.write(Buffer.from('Subject: points\r\n\r\n..\r\n..one\r\ntwo..\r\n\xe9\xfc\r\n.\r\n', 'latin1'));
    assert.match(await client.reply(), /^250 /);
    await newest('points@example.com');
    const { blob_id } = (await mail.rows()).at(-1);
    const kept = (await mail.app.services.blobs.read(blob_id)).toString('latin1');
    assert.equal(kept.slice(traceOf(kept).length), 'Subject: points\r\n\r\n.\r\n.one\r\ntwo..\r\n\xe9\xfc\r\n');
  });

  it('forgets at STARTTLS what was said before, and what was slipped in behind it', async () => {
    await says(['EHLO s.example', /^250/], ['MAIL FROM:<before@s.example>', /^250 /]);
    client.write('STARTTLS\r\nRCPT TO:<ada@example.com>\r\nNOOP\r\n');
    assert.match(await client.reply(), /^220 /);
    client.socket.removeAllListeners('data');
    const secure = tls.connect({ socket: client.socket, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    const ask = async (line: string) => {
      secure.write(`${line}\r\n`);
      return String((await once(secure, 'data'))[0]);
    };
    assert.match(await ask('RCPT TO:<ada@example.com>'), /^503 /);
    const greeting = await ask('EHLO s.example');
    assert.match(greeting, /^250-/);
    assert.doesNotMatch(greeting, /STARTTLS|AUTH/);
    assert.match(await ask('RCPT TO:<ada@example.com>'), /^503 /);
    assert.match(await ask('STARTTLS'), /^503 /);
    secure.destroy();
  });

  it('offers no signing in, and no notices of delivery', async () => {
    assert.doesNotMatch(await client.say('EHLO s.example'), /AUTH|DSN/);
    await says(['AUTH PLAIN AGFkYQBwYXNz', /^50[02] /]);
  });
});
