/** Mail that means harm, and mail of every kind: all of it is kept, costs bounded time, and delays nobody. */
import assert from 'node:assert/strict';
import { authConfig, ROOT_TOKEN } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { traceOf } from '#test/support/mail.ts';
import { sendMail } from '#test/support/smtp.ts';

describe('hostile and unusual mail', () => {
  let app: TestPlatform;
  let http: Client;
  before(async () => {
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 }, parser: { timeoutMs: 3_000 } } },
    });
    http = app.http.bearer(ROOT_TOKEN);
  });
  after(() => app.stop());

  const deliver = (raw: string | Buffer, to = 'target@example.com') =>
    sendMail(app.services.smtpReceiver.port()!, { envelope: { from: 'a@b.example', to }, raw });
  const newest = async (to = 'target@example.com') => {
    await app.services.mailParseLoop.idle();
    return (await http.get(`/api/emails?mailbox=${to}`)).body[0];
  };
  const opened = async (id: number) => (await http.get(`/api/email/${id}?sanitize=1`)).body;
  const detail = async (id: number) => (await http.get(`/api/platform/mail/messages/${id}`)).body;

  const HOSTILE: Record<string, () => string> = {
    'nests parts a thousand deep': () => {
      let body = 'Content-Type: text/plain\r\n\r\ninnermost\r\n';
      for (let depth = 0; depth < 1_000; depth++)
        body = `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${body}--b${depth}--\r\n`;
      return `Subject: deep\r\nMIME-Version: 1.0\r\n${body}`;
    },
    'has ten thousand header fields': () => `Subject: many\r\n${'X-Field: value\r\n'.repeat(10_000)}\r\nbody\r\n`,
    'has one field of ten megabytes': () =>
      `Subject: wide\r\nX-Wide: ${`${'a'.repeat(900)}\r\n `.repeat(11_000)}\r\n\r\nbody\r\n`,
    'grows when it is decoded': () =>
      `Subject: grows\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${'<b><i><u>=\r\n'.repeat(200_000)}`,
    'has ten thousand parts': () =>
      `Subject: parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'.repeat(10_000)}--b--\r\n`,
    'lies about its encoding': () =>
      'Subject: =?utf-8?B?broken=?=\r\nContent-Type: text/plain; charset=no-such-charset\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!not base64!!!!\r\n',
    'never closes its parts': () =>
      'Subject: open\r\nContent-Type: multipart/alternative; boundary="x\r\n\r\n--x\r\n\r\nbody\r\n',
    'has no header at all': () => '\r\njust text\r\n',
    'is full of NUL and control characters': () => 'Subject: a\0b\x1b[31m\r\n\r\n\0\x01\x02\x7f\r\n',
  };
  for (const [what, make] of Object.entries(HOSTILE)) {
    it(`keeps a message that ${what}, and goes on`, async () => {
      const raw = make();
      await deliver(raw);
      const mail = await newest();
      const kept = (await http.get(`/api/email/${mail.id}/download`)).text;
      assert.equal(kept.length - traceOf(kept).length, raw.length, 'the bytes are there as they came');
      assert.equal((await http.get(`/api/email/${mail.id}?sanitize=1`)).status, 200);
      await deliver('Subject: ordinary\r\n\r\nafterwards\r\n');
      assert.equal((await newest()).subject, 'ordinary');
    }).timeout(60_000);
  }

  it('refuses a header that is larger than a message may be before it is stored', async () => {
    const raw = `Subject: huge\r\nX-Huge: ${`${'a'.repeat(900)}\r\n `.repeat(30_000)}\r\n\r\nbody\r\n`;
    await assert.rejects(deliver(raw), /552|ECONNRESET|EPIPE/);
    assert.notEqual((await newest()).subject, 'huge');
  }).timeout(60_000);

  it('reads the charsets that mail comes in', async () => {
    const bytes: [charset: string, hex: string, text: string][] = [
      ['iso-8859-1', '67 72 fc df 65', 'grüße'],
      ['windows-1251', 'ef f0 e8 e2 e5 f2', 'привет'],
      ['koi8-r', 'd0 d2 c9 d7 c5 d4', 'привет'],
      ['gb18030', 'c4 e3 ba c3', '你好'],
      ['big5', 'a7 41 a6 6e', '你好'],
      ['shift_jis', '82 b1 82 f1', 'こん'],
      ['iso-2022-jp', '1b 24 42 24 33 24 73 1b 28 42', 'こん'],
      ['euc-kr', 'be c8 b3 e7', '안녕'],
      ['utf-8', 'f0 9f 98 80', '😀'],
    ];
    for (const [charset, hex, text] of bytes) {
      const head = `Subject: ${charset}\r\nContent-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`;
      await deliver(
        Buffer.concat([Buffer.from(head), Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.from('\r\n')]),
      );
      assert.equal((await opened((await newest()).id)).content.trim(), text, charset);
    }
  });

  it('takes international addresses and headers', async () => {
    await deliver(
      'From: =?utf-8?q?J=C3=BCrgen?= <jürgen@müller.example>\r\nTo: target@example.com\r\nSubject: Grüße 你好\r\n\r\nx\r\n',
    );
    const mail = await newest();
    assert.equal(mail.subject, 'Grüße 你好');
    assert.match(mail.sender, /müller\.example|xn--mller-kva\.example/);
  });

  it('shows TNEF, S/MIME and PGP parts as attachments', async () => {
    const part = (type: string, name: string) =>
      `--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n`;
    await deliver(
      `Subject: odd parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsee there\r\n${part('application/ms-tnef', 'winmail.dat')}${part('application/pkcs7-mime', 'smime.p7m')}${part('application/pgp-encrypted', 'version.asc')}--b--\r\n`,
    );
    const { attachments } = await detail((await newest()).id);
    assert.deepEqual(
      attachments.map((one: any) => [one.filename, one.content_type]),
      [
        ['winmail.dat', 'application/ms-tnef'],
        ['smime.p7m', 'application/pkcs7-mime'],
        ['version.asc', 'application/pgp-encrypted'],
      ],
    );
  });
});
