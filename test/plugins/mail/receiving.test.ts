/** A mail from SMTP to the API: accepted, durable, announced, read. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import tls from 'node:tls';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { traceOf } from '#test/support/mail.ts';
import { rawSmtp, sendMail } from '#test/support/smtp.ts';

const mailConfig = { smtp: { port: 0, maxMessageBytes: 2_000_000 } };

describe('receiving mail', () => {
  let app: TestPlatform;
  let port: number;
  let root: Client;
  before(async () => {
    app = await startPlatform({ plugins: { auth: authConfig, mail: mailConfig } });
    port = app.services.smtpReceiver.port()!;
    root = app.http.bearer(ROOT_TOKEN);
  });
  after(() => app.stop());

  const emails = async (mailbox: string) => (await root.get(`/api/emails?mailbox=${encodeURIComponent(mailbox)}`)).body;

  it('refuses parameters of what it does not offer', async () => {
    const client = await rawSmtp(port);
    assert.doesNotMatch(await client.say('EHLO s.example'), /DSN|REQUIRETLS/);
    assert.match(await client.say('MAIL FROM:<a@s.example> RET=FULL ENVID=x'), /^555 5\.5\.4/);
    assert.match(await client.say('MAIL FROM:<a@s.example> SIZE=100 BODY=8BITMIME'), /^250/);
    assert.match(await client.say('RCPT TO:<bob@example.com> NOTIFY=SUCCESS'), /^555 5\.5\.4/);
    assert.match(await client.say('RCPT TO:<bob@example.com>'), /^250/);
    client.close();
  });

  it('stores a mail, parses it, announces it once, and shows it through the API', async () => {
    const recording = await app.record(/^mail\.received$/);
    await sendMail(port, {
      from: 'Ada <ada@sender.example>',
      to: 'bob@example.com',
      subject: 'Your code – grüße',
      text: 'Your verification code is 271828.',
      html: '<p>Your verification code is <b>271828</b>.</p>',
    });
    await app.services.mailParseLoop.idle();

    const [parsed] = await emails('bob@example.com');
    assert.equal(parsed.sender, 'ada@sender.example');
    assert.equal(parsed.subject, 'Your code – grüße');
    assert.equal(parsed.verification_code, '271828');
    assert.match(parsed.received_at, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(parsed.is_read, 0);
    const { body } = await root.get(`/api/email/${parsed.id}`);
    assert.equal(body.content.trim(), 'Your verification code is 271828.');
    assert.match(body.html_content, /<b>271828<\/b>/);
    assert.equal(body.download, `/api/email/${parsed.id}/download`);
    assert.equal((await emails('bob@example.com'))[0].is_read, 1);
    assert.deepEqual(
      (await recording.all()).map(({ data }) => data.mailbox),
      ['bob@example.com'],
    );
    recording.end();
  });

  it('keeps the raw bytes exactly as they came, large and small', async () => {
    for (const [name, size] of [
      ['small', 100],
      ['large', 300_000],
    ] as const) {
      const line = `.leading dot, then ${'x'.repeat(40)} \x80\xff\r\n`;
      const text = `Subject: ${name}\r\n\r\n${line.repeat(Math.ceil(size / line.length))}`;
      const client = await rawSmtp(port);
      assert.match(await client.untilData('a@sender.example', `${name}@example.com`), /^354/);
      client.write(Buffer.from(`${text.replace(/^\./gm, '..')}.\r\n`, 'latin1'));
      assert.match(await client.reply(), /^250/);
      client.close();
      await app.services.mailParseLoop.idle();
      const [{ id }] = await emails(`${name}@example.com`);
      const response = await fetch(`${app.url}/api/email/${id}/download`, {
        headers: { authorization: `Bearer ${ROOT_TOKEN}` },
      });
      assert.equal(response.headers.get('content-type'), 'message/rfc822');
      const kept = Buffer.from(await response.arrayBuffer()).toString('latin1');
      const hash = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
      assert.equal(hash(Buffer.from(kept.slice(traceOf(kept).length), 'latin1')), hash(Buffer.from(text, 'latin1')));
    }
  });

  it('puts on top whom it came from, by which server, and when', async () => {
    const helos = { 'mail.sender.example': 'mail.sender.example', 'a)b;(c': '[127.0.0.1]' };
    for (const [helo, shown] of Object.entries(helos)) {
      const client = await rawSmtp(port);
      await client.say(`EHLO ${helo}`);
      await client.say('MAIL FROM:<ada@sender.example>');
      await client.say('RCPT TO:<traced+tag@example.com>');
      await client.say('DATA');
      assert.match(await client.say('Subject: traced\r\n\r\nText.\r\n.'), /^250/);
      client.close();
      await app.services.mailParseLoop.idle();
      const [{ id }] = await emails('traced@example.com');
      const lines = traceOf((await root.get(`/api/email/${id}/download`)).text).split('\r\n');
      assert.deepEqual(lines.slice(0, 4), [
        'Return-Path: <ada@sender.example>',
        `Received: from ${shown} ([127.0.0.1])`,
        ' by example.com with ESMTP',
        ' for <traced+tag@example.com>;',
      ]);
      const { headers } = (await root.get(`/api/platform/mail/messages/${id}/source`)).body;
      assert.deepEqual(
        headers.map(({ name }: { name: string }) => name),
        ['Return-Path', 'Received', 'Subject'],
      );
    }
  });

  it('says on top by which way it came, in the words of the registry', async () => {
    const ways: [string, string, RegExp][] = [
      ['HELO a.example', '', /^ by example\.com with SMTP$/m],
      ['EHLO a.example', '', /^ by example\.com with ESMTP$/m],
      ['EHLO a.example', ' SMTPUTF8', /^ by example\.com with UTF8SMTP$/m],
    ];
    for (const [greeting, parameter, line] of ways) {
      const client = await rawSmtp(port);
      await client.say(greeting);
      await client.say(`MAIL FROM:<ada@sender.example>${parameter}`);
      await client.say('RCPT TO:<ways@example.com>');
      await client.say('DATA');
      assert.match(await client.say('Subject: ways\r\n\r\nText.\r\n.'), /^250/);
      client.close();
      await app.services.mailParseLoop.idle();
      const [{ id }] = await emails('ways@example.com');
      assert.match(traceOf((await root.get(`/api/email/${id}/download`)).text).replaceAll('\r', ''), line);
    }
  });

  it('offers the extensions that it promises', async () => {
    const client = await rawSmtp(port);
    const answer = await client.say('EHLO test');
    for (const word of ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'STARTTLS', 'SIZE 2000000'])
      assert.match(answer, new RegExp(word));
    client.close();
  });

  it('takes mail over STARTTLS', async () => {
    const client = await rawSmtp(port);
    await client.say('EHLO test');
    assert.match(await client.say('STARTTLS'), /^220/);
    client.socket.removeAllListeners('data');
    const secure = tls.connect({ socket: client.socket, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    secure.write('EHLO test\r\n');
    const [answer] = await once(secure, 'data');
    assert.match(String(answer), /^250/);
    secure.destroy();
  });

  it('takes pipelined commands and several mails on one connection', async () => {
    const client = await rawSmtp(port);
    await client.say('EHLO test');
    for (const subject of ['one', 'two']) {
      client.write('MAIL FROM:<a@sender.example>\r\nRCPT TO:<pipe@example.com>\r\nDATA\r\n');
      assert.match(await client.reply(), /^250/);
      assert.match(await client.reply(), /^250/);
      assert.match(await client.reply(), /^354/);
      client.write(`Subject: ${subject}\r\n\r\nText\r\n.\r\n`);
      assert.match(await client.reply(), /^250/);
    }
    client.close();
    await app.services.mailParseLoop.idle();
    assert.deepEqual(
      (await emails('pipe@example.com')).map((mail: any) => mail.subject),
      ['two', 'one'],
    );
  });

  it('gives each recipient its copy, and the same recipient twice only one', async () => {
    await sendMail(port, {
      from: 'a@sender.example',
      to: ['first@example.com', 'second@example.com', 'First@Example.com'],
      subject: 'To all',
      text: 'x',
    });
    await app.services.mailParseLoop.idle();
    assert.equal((await emails('first@example.com')).length, 1);
    assert.equal((await emails('second@example.com')).length, 1);
  });

  it('never relays, and refuses malformed addresses', async () => {
    const client = await rawSmtp(port);
    await client.say('EHLO test');
    await client.say('MAIL FROM:<a@sender.example>');
    assert.match(await client.say('RCPT TO:<someone@elsewhere.example>'), /^550/);
    assert.match(await client.say('RCPT TO:<@example.com>'), /^5/);
    assert.match(await client.say('DATA'), /^503/);
    client.close();
  });

  for (const [name, ending] of [
    ['a bare LF', 'one\ntwo'],
    ['a bare CR', 'one\rtwo'],
    ['LF dot LF', 'one\n.\nMAIL FROM:<x@y.z>'],
    ['LF dot CRLF', 'one\n.\r\nMAIL FROM:<x@y.z>'],
    ['CR dot CR', 'one\r.\rMAIL FROM:<x@y.z>'],
    ['CRLF dot LF', 'one\r\n.\nMAIL FROM:<x@y.z>'],
  ] as const) {
    it(`refuses ${name} in a message, which ends nothing`, async () => {
      const client = await rawSmtp(port);
      await client.untilData('a@sender.example', 'smuggle@example.com');
      for (const piece of `Subject: x\r\n\r\n${ending}\r\n.\r\n`) client.write(piece);
      assert.match(await client.reply(), /^550 5\.6\.11/);
      assert.match(await client.say('NOOP'), /^250/);
      client.close();
      assert.equal((await root.get('/api/emails?mailbox=smuggle@example.com')).status, 404);
    });
  }

  it('refuses what has come by more than a hundred servers', async () => {
    for (const [hops, answer] of [
      [100, /^250/],
      [101, /^554 5\.4\.6/],
    ] as const) {
      const client = await rawSmtp(port);
      await client.untilData('a@sender.example', 'hops@example.com');
      client.write(`${'received: from a by b; Mon, 23 Nov 2026 00:00:00 +0000\r\n'.repeat(hops)}\r\nx\r\n.\r\n`);
      assert.match(await client.reply(), answer);
      client.close();
    }
  });

  it('refuses what is too large, when announced and when not', async () => {
    const announced = await rawSmtp(port);
    await announced.say('EHLO test');
    assert.match(await announced.say('MAIL FROM:<a@sender.example> SIZE=2000001'), /^552/);
    announced.close();
    const client = await rawSmtp(port);
    await client.untilData('a@sender.example', 'huge@example.com');
    client.write(`Subject: x\r\n\r\n${`${'y'.repeat(998)}\r\n`.repeat(2100)}.\r\n`);
    assert.match(await client.reply(), /^552/);
    client.close();
  });

  it('hides nothing of a message that cannot be parsed, and stays responsive under hostile ones', async () => {
    const client = await rawSmtp(port);
    const send = async (message: string) => {
      await client.untilData('evil@sender.example', 'hostile@example.com');
      client.write(`${message}\r\n.\r\n`);
      assert.match(await client.reply(), /^250/);
    };
    await send(`Subject: many headers\r\n${'X-Header: value\r\n'.repeat(10_000)}\r\nText`);
    let nested = 'Subject: nested\r\n';
    for (let depth = 0; depth < 1000; depth++)
      nested += `Content-Type: multipart/mixed; boundary="b${depth}"\r\n\r\n--b${depth}\r\n`;
    await send(`${nested}\r\nText`);
    await send(
      `Subject: =?utf-8?B?${'QUJD'.repeat(1000)}?=\r\nContent-Type: text/plain; charset=no-such-charset\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!not base64!!!!`,
    );
    client.close();
    const answer = await root.get('/health');
    assert.equal(answer.status, 200);
    await app.services.mailParseLoop.idle();
    const list = await emails('hostile@example.com');
    assert.equal(list.length, 3);
    for (const { id } of list) assert.equal((await root.get(`/api/email/${id}`)).status, 200);
    const download = await root.get(`/api/email/${list[1].id}/download`);
    assert.match(download.text, /boundary="b999"/);
  });

  it('parses after a restart what was accepted before it', async () => {
    await app.services.mailParseLoop.stop();
    await sendMail(port, { from: 'a@sender.example', to: 'later@example.com', subject: 'Later', text: 'code: 445566' });
    assert.deepEqual(await emails('later@example.com'), [], 'half a mail is never shown');
    app = await app.restart();
    port = app.services.smtpReceiver.port()!;
    root = app.http.bearer(ROOT_TOKEN);
    await app.services.mailParseLoop.idle();
    assert.equal((await emails('later@example.com'))[0].verification_code, '445566');
  });
});
