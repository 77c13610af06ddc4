/** What senders write and readers understand all the same: codes in HTML alone, raw bytes in headers, boundaries that are wrong. */
import assert from 'node:assert/strict';
import { glance } from '#plugins/mail/messages/header-preview.ts';
import { parseMessage } from '#plugins/mail/messages/parser/parse.ts';

const FROM = 'From: a@sender.example';
const source = (...lines: string[]) => Buffer.from(lines.join('\r\n'));

function alternative(text: string, html: string): Buffer {
  return source(
    FROM,
    'Subject: hello',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '--b',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '--b--',
    '',
  );
}

describe('a mail whose HTML says more than its text', () => {
  it('has the code of its HTML when its text has none, and that of its text else', async () => {
    const code = '<p>Your verification code:</p><b>730461</b>';
    for (const text of ['Your client does not show HTML.', 'see html', ' ', ''])
      assert.equal((await parseMessage(alternative(text, code))).verificationCode, '730461', text);
    assert.equal((await parseMessage(alternative('Your code is 482913', code))).verificationCode, '482913');
  });

  it('is shown and found by its HTML when its text is blank', async () => {
    const { text, preview, words } = await parseMessage(alternative(' \r\n ', '<p>Only here</p>'));
    assert.deepEqual([text, preview, /Only here/.test(words)], ['Only here', 'Only here', true]);
  });

  it('says what all entities of HTML stand for, once', async () => {
    const html = '<p>Su c&oacute;digo es <b>482913</b></p><p>Best&auml;tigung &mdash; &amp;lt; &copy;</p>';
    const { text, verificationCode } = await parseMessage(
      source(
        FROM,
        'Content-Type: text/html; charset=utf-8',
        '',
        `${html}<a href="https://x.example/?a=1&copy=2">x</a>`,
      ),
    );
    assert.equal(verificationCode, '482913');
    assert.match(text, /Su código es 482913\s+Bestätigung — &lt; ©/);
  });

  it('leads where its links lead, of which `&copy=` is a part', async () => {
    const { links } = await parseMessage(
      source(FROM, 'Content-Type: text/html', '', '<a href="https://x.example/?a=1&copy=2&amp;b=3">x</a>'),
    );
    assert.deepEqual(links, ['https://x.example/?a=1&copy=2&b=3']);
  });
});

describe('a multipart in which no part is found', () => {
  for (const type of ['multipart/mixed; boundary=zzz', 'multipart/mixed'])
    it(`shows its body as text (${type})`, async () => {
      const body = ['--b', 'Content-Type: text/plain', '', 'Your code is 482913', '--b--'];
      const { text, verificationCode } = await parseMessage(source(FROM, `Content-Type: ${type}`, '', ...body));
      assert.match(text, /Your code is 482913/);
      assert.equal(verificationCode, '482913');
    });

  it('and nothing else either, is empty', async () => {
    assert.equal(
      (await parseMessage(source(FROM, 'Content-Type: multipart/mixed; boundary=z', '', '  ', ''))).text,
      '',
    );
  });
});

describe('bytes in headers that nobody has labelled', () => {
  const bytesOf = (hex: string) => Buffer.from(hex, 'hex').toString('latin1');
  /** "验证码" and "测" in GBK. */
  const [GBK_SUBJECT, GBK_NAME] = [bytesOf('d1e9d6a4c2eb'), bytesOf('b2e2')];
  const latin1 = (...lines: string[]) => Buffer.from(lines.join('\r\n'), 'latin1');

  it('are in the charset of the text, names of files too', async () => {
    const { subject, attachments } = await parseMessage(
      latin1(
        FROM,
        `Subject: ${GBK_SUBJECT}`,
        'Content-Type: multipart/mixed; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain; charset=gbk',
        '',
        'x',
        '--b',
        'Content-Type: application/pdf',
        `Content-Disposition: attachment; filename="${GBK_NAME}.pdf"`,
        '',
        'x',
        '--b--',
        '',
      ),
    );
    assert.deepEqual([subject, attachments[0]?.filename], ['验证码', '测.pdf']);
  });

  it('are GB 18030 or Western where nothing says so', async () => {
    assert.equal((await parseMessage(latin1(FROM, `Subject: ${GBK_SUBJECT}`, '', 'x'))).subject, '验证码');
    const western = 'Content-Type: text/plain; charset=iso-8859-1';
    assert.equal((await parseMessage(latin1(FROM, 'Subject: Größe', western, '', 'x'))).subject, 'Größe');
  });
});

describe('encoded words that were cut within a character', () => {
  it('are read as one, in lists and in the mail', async () => {
    const subject = 'Subject: =?utf-8?B?5rWL6K+V5Li=?=\r\n =?utf-8?B?reaWhw==?= and =?utf-8?Q?=C3=A9?=';
    const mail = source(FROM, subject, '', 'x');
    assert.equal((await parseMessage(mail)).subject, '测试中文 and é');
    assert.equal(glance(mail).subject, '测试中文 and é');
  });
});

it('quoted lines of flowed text keep their marks where they belong', async () => {
  const { text } = await parseMessage(
    source(FROM, 'Content-Type: text/plain; charset=utf-8; format=flowed', '', '> a ', '> b', 'answer', ''),
  );
  assert.deepEqual(
    text
      .split(/\r?\n/)
      .slice(0, 3)
      .map((line) => line.trimEnd()),
    ['> a', '> b', 'answer'],
  );
});

describe('a field that a message has once, and has twice', () => {
  const twice = [
    'Subject: put above',
    'Reply-To: thief@evil.example',
    'Message-ID: <above@x>',
    'Content-Type: text/html',
    FROM,
    'Subject: signed,',
    ' folded',
    'Reply-To: me@sender.example',
    'Message-ID: <signed@x>',
    'Content-Type: text/plain',
    '',
    'Subject: <b>body</b>',
    'Subject: more',
    '',
  ];

  it('is the last one, which signatures are about, in lists and in the mail', async () => {
    const mail = source(...twice);
    const { subject, replyTo, messageRef, text, html } = await parseMessage(mail);
    assert.deepEqual([subject, replyTo, messageRef], ['signed, folded', ['me@sender.example'], 'signed@x']);
    assert.deepEqual([text.trim(), html], ['Subject: <b>body</b>\nSubject: more', '']);
    assert.equal(glance(mail).subject, 'signed, folded');
  });
});

it('a multipart within another one that has no part is text, beside what is whole', async () => {
  const { text, attachments, verificationCode } = await parseMessage(
    source(
      FROM,
      'Content-Type: multipart/mixed; boundary="o"',
      '',
      '--o',
      'Content-Type: multipart/alternative;',
      ' boundary=wrong',
      '',
      '--i',
      'Content-Type: text/plain',
      '',
      'Your code is 482913',
      '--i--',
      '--o',
      'Content-Type: application/pdf; name=a.pdf',
      'Content-Disposition: attachment',
      '',
      'x',
      '--o--',
      '',
    ),
  );
  assert.match(text, /Your code is 482913/);
  assert.deepEqual([verificationCode, attachments.map(({ filename }) => filename)], ['482913', ['a.pdf']]);
});

describe('UTF-7', () => {
  it('is read in subjects and in texts', async () => {
    const type = 'Content-Type: text/plain; charset=UTF-7';
    const mail = source(FROM, 'Subject: =?utf-7?Q?Gr+APwA3w-e_1_+-_2?=', type, '', 'Hi Mom +2D3eAA-!', '1 +- 2', '');
    const { subject, text } = await parseMessage(mail);
    assert.deepEqual([subject, text.trim()], ['Grüße 1 + 2', 'Hi Mom 😀!\n1 + 2']);
    assert.equal(glance(mail).subject, 'Grüße 1 + 2');
  });

  it('is nothing where a part says to be written otherwise', async () => {
    const { text } = await parseMessage(source(FROM, 'Content-Type: text/plain; charset=utf-8', '', '1 +AGE- 2', ''));
    assert.equal(text.trim(), '1 +AGE- 2');
  });
});

describe('a mail within an opaque S/MIME signature', () => {
  const element = (tag: number, ...content: Buffer[]) => {
    const whole = Buffer.concat(content);
    return Buffer.concat([Buffer.from([tag, 0x82, whole.length >> 8, whole.length & 0xff]), whole]);
  };
  const openEnded = (tag: number, ...content: Buffer[]) =>
    Buffer.concat([Buffer.from([tag, 0x80]), ...content, Buffer.from([0, 0])]);
  const oid = (last: number) =>
    element(0x06, Buffer.from(`2a864886f70d0107${last.toString(16).padStart(2, '0')}`, 'hex'));
  const inner = source(
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Your code is 482913',
    '--b',
    'Content-Type: application/pdf; name=a.pdf',
    'Content-Disposition: attachment',
    '',
    'x',
    '--b--',
    '',
  );
  const ways = { 'with lengths': element, 'with open ends': openEnded };
  const signed = (wrap: typeof element, content: Buffer[]) => {
    const octets = wrap(0x24, ...content.map((piece) => element(0x04, piece)));
    const enclosed = wrap(0x30, oid(1), wrap(0xa0, octets));
    return wrap(
      0x30,
      oid(2),
      wrap(0xa0, wrap(0x30, element(0x02, Buffer.from([1])), wrap(0x31), enclosed, wrap(0x31))),
    );
  };
  const mailOf = (bytes: Buffer) =>
    source(
      FROM,
      'Subject: Signed',
      'Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m',
      'Content-Transfer-Encoding: base64',
      '',
      bytes.toString('base64').replace(/.{76}/g, '$&\r\n'),
      '',
    );

  for (const [way, wrap] of Object.entries(ways))
    it(`is shown, ${way}`, async () => {
      const mail = mailOf(signed(wrap, [inner.subarray(0, 50), inner.subarray(50)]));
      const { subject, text, verificationCode, attachments } = await parseMessage(mail);
      assert.deepEqual([subject, text.trim(), verificationCode], ['Signed', 'Your code is 482913', '482913']);
      assert.deepEqual(
        attachments.map(({ filename }) => filename),
        ['a.pdf', 'smime.p7m'],
      );
    });

  it('is an attachment where it is cut off, deep, or nothing of the kind', async () => {
    const whole = signed(element, [inner]);
    for (const bytes of [whole.subarray(0, 60), Buffer.alloc(5_000, '\x24\x80'), Buffer.from('no'), oid(3)])
      assert.deepEqual(
        (await parseMessage(mailOf(bytes))).attachments.map(({ filename }) => filename),
        ['smime.p7m'],
      );
  });
});
