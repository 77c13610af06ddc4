/** Results of authentication under our own name are believed, so none of them may come from outside (RFC 8601 §5). */
import assert from 'node:assert/strict';
import { withoutOwnResults } from '#plugins/mail/messages/authentication/own-results.ts';
import { type MailPlatform, startMail } from '#test/support/mail.ts';
import { rawSmtp } from '#test/support/smtp.ts';

const forged = (id: string) => `Authentication-Results: ${id}; spf=pass;\r\n dmarc=pass\r\n`;
const REST = 'From: ceo@bank.example\r\nSubject: Pay\r\n\r\nAuthentication-Results: example.com; none\r\n';

describe('results that say they are ours', () => {
  for (const field of [
    'Authentication-Results: example.com; dmarc=pass\r\n',
    'authentication-results : EXAMPLE.com 1; dmarc=pass\r\n',
    'Authentication-Results:\r\n example.com;\r\n\tdmarc=pass\r\n',
    'Authentication-Results: (by (me)) example.com (x); dmarc=pass\r\n',
    'Authentication-Results: "example.com"; dmarc=pass\r\n',
    'Authentication-Results: example.com\r\n',
  ])
    it(`are taken out: ${JSON.stringify(field)}`, () => {
      const others = 'Authentication-Results: mx.example.com; none\r\nX-A: Authentication-Results: example.com; x\r\n';
      const raw = Buffer.from(`X-First: 1\r\n${field}${others}${REST}`);
      assert.equal(withoutOwnResults(raw, 'example.com').toString(), `X-First: 1\r\n${others}${REST}`);
    });

  it('are looked for in a header without an end as well, at once', () => {
    const many = Buffer.from(`${'a\r\n'.repeat(3_000_000)}${forged('example.com')}`);
    assert.equal(withoutOwnResults(many, 'example.com').length, 9_000_000);
  });

  it('are no part of what is kept of a mail, unless a server of ours has written them', async () => {
    for (const [trusted, kept] of [
      [[], [forged('other.example')]],
      [['127.0.0.1'], [forged('example.com'), forged('other.example')]],
    ] as const) {
      const mail = await startMail({ authentication: { trusted } });
      const client = await rawSmtp(mail.app.services.smtpReceiver.port()!);
      await client.untilData('x@evil.example', 'ada@example.com');
      const header = forged('example.com') + forged('other.example') + REST;
      // In pieces, as networks bring it.
      for (let at = 0; at < header.length; at += 50) {
        client.write(header.slice(at, at + 50));
        await new Promise((resolve) => setImmediate(resolve));
      }
      client.write('.\r\n');
      assert.match(await client.reply(), /^250/);
      client.close();
      const headers = {
        'content-type': 'message/rfc822',
        'x-mail-from': 'x@evil.example',
        'x-rcpt-to': 'ada@example.com',
      };
      assert.equal((await mail.http.send('POST', '/receive', header, headers)).status, 200);
      for (const raw of await downloads(mail)) assert.ok(raw.endsWith(kept.join('') + REST), raw);
      await mail.app.stop();
    }
  });
});

async function downloads({ app, http, list }: MailPlatform): Promise<string[]> {
  await app.services.mailParseLoop.idle();
  const mails = await list();
  assert.equal(mails.length, 2);
  return Promise.all(mails.map(async ({ id }) => (await http.get(`/api/email/${id}/download`)).text));
}
