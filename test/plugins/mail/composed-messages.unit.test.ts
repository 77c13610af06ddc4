/** What is written here leaves as the format of mail has it (RFC 5322 §2, §3; RFC 2045, 2047). */
import assert from 'node:assert/strict';
import { parseMessage } from '#plugins/mail/messages/parser/parse.ts';
import { compose, type Written } from '#plugins/mail/sending/compose.ts';

const WRITTEN: Written = {
  uuid: '0b8c7a52-0000-4000-8000-000000000000',
  from_addr: 'me@example.com',
  from_name: 'Jörg "x" <y>, Müller',
  recipients: 'you@else.example,two@else.example',
  subject: `Grüße, ${'sehr lang '.repeat(40).trim()}`,
  text: `Zeile\n.\n${'ä'.repeat(3_000)}\nFrom here`,
  html: `<p>${'x'.repeat(5_000)}</p>`,
  headers: JSON.stringify({ 'In-Reply-To': '<a@b>', References: '<c@d> <a@b>' }),
  created_at: Date.UTC(2026, 0, 2, 3, 4, 5),
  scheduled_at: null,
};

describe('a composed message', () => {
  it('has the fields that it must have, each once, and none for blind copies', async () => {
    const [header = ''] = (await compose(WRITTEN)).toString().split('\r\n\r\n');
    const names = [...header.matchAll(/^([\w-]+):/gm)].map(([, name]) => name?.toLowerCase());
    for (const name of ['from', 'to', 'subject', 'date', 'message-id', 'mime-version', 'content-type'])
      assert.equal(names.filter((one) => one === name).length, 1, name);
    assert.equal(new Set(names).size, names.length);
    assert.ok(!names.includes('bcc'));
    assert.match(header, /^Date: Fri, 02 Jan 2026 03:04:05 \+0000\r$/m);
    assert.match(header, /^Message-ID: <0b8c7a52-0000-4000-8000-000000000000@example\.com>\r$/m);
    assert.match(header, /^In-Reply-To: <a@b>\r$/m);
  });

  it('is ASCII in lines that end with CR LF and are not too long', async () => {
    const raw = await compose(WRITTEN);
    assert.ok(raw.every((byte) => byte < 0x80));
    assert.doesNotMatch(raw.toString(), /(?<!\r)\n|\r(?!\n)/);
    const [header = ''] = raw.toString().split('\r\n\r\n');
    assert.ok(Math.max(...header.split('\r\n').map(({ length }) => length)) <= 78, header);
    assert.ok(
      Math.max(
        ...raw
          .toString()
          .split('\r\n')
          .map(({ length }) => length),
      ) <= 998,
    );
  });

  it('says what was written, by one author', async () => {
    const { sender, to, subject, text } = await parseMessage(await compose(WRITTEN));
    assert.deepEqual([sender, to], ['me@example.com', 'you@else.example, two@else.example']);
    assert.deepEqual([subject, text.trimEnd()], [WRITTEN.subject, WRITTEN.text]);
  });
});
