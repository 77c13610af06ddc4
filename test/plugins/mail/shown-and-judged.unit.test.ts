/** Who is shown as the author of a mail is who DMARC was asked about, however the field is written. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { authenticateMessage } from '#plugins/mail/messages/authentication/authenticate.ts';
import { parseMessage } from '#plugins/mail/messages/parser/parse.ts';

const REJECT = [['v=DMARC1; p=reject']];
const RECORDS: Record<string, string[][]> = {
  'TXT _dmarc.bank.example': REJECT,
  'TXT _dmarc.evil.example': REJECT,
  'TXT evil.example': [['v=spf1 ip4:192.0.2.1 -all']],
};
const resolve = async (name: string, type: string) => {
  const found = RECORDS[`${type} ${name}`];
  if (!found) throw Object.assign(new Error(`no ${type} of ${name}`), { code: 'ENOTFOUND' });
  return found;
};
/** What a server that may send for evil.example hands over. */
const seen = async (from: string) => {
  const raw = Buffer.from(`From: ${from}\r\nSubject: Pay\r\n\r\nNow.\r\n`, 'latin1');
  const envelope = { from: 'x@evil.example', remoteIp: '192.0.2.1', helo: 'evil.example', mta: 'here' };
  const { dmarc, summary } = await authenticateMessage({ raw, ...envelope }, resolve);
  return { sender: (await parseMessage(raw)).sender, dmarc, summary };
};

describe('the author of a mail', () => {
  for (const from of [
    'ceo@bank.example>',
    '<ceo@bank.example>> x',
    '<ceo@bank.example.>',
    "ceo@bank.example'",
    'ceo@bank.example\v',
    '<@relay.example:ceo@bank.example>',
    'ceo@bank.example x@evil.example',
    'ceo@bank.example\v%>x@evil.example',
  ])
    it(`is not found to be genuine when it is ${JSON.stringify(from)}`, async () => {
      assert.equal((await seen(from)).dmarc, 'fail');
    });

  it('is not shown where a name looks like an address', async () => {
    for (const from of ['"ceo@bank.example"', '=?utf-8?q?ceo=40bank.example?=', '"<ceo@bank.example>"'])
      assert.deepEqual((await seen(from)).sender, '', from);
  });

  it('passes where one is plainly written', async () => {
    for (const from of ['x@evil.example', '"ceo@bank.example" <x@EVIL.example>', '"odd x"@evil.example'])
      assert.deepEqual((await seen(from)).dmarc, 'pass', from);
  });

  it('is never shown with the domain of another one who was judged', async () => {
    const piece = fc.constantFrom(
      'ceo@bank.example',
      '<ceo@bank.example>',
      'x@evil.example',
      '<x@evil.example>',
      '"a b"',
      'Ada',
      '@',
      "'",
      '"',
      '(',
      ')',
      ',',
      ';',
      ':',
      ' ',
      '\\',
      '<',
      '>',
      '[',
      ']',
      '\r\n ',
      '\t',
      '\v',
      '\0',
      '\x80',
      '%',
      '.',
      '=?utf-8?q?ceo=40bank.example?=',
      '=?utf-8?q?a=2C_b?=',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 6 }), async (pieces) => {
        const { sender, dmarc } = await seen(pieces.join(''));
        if (/@bank\.example\b(?!\w|[.-]\w)/.test(sender)) assert.equal(dmarc, 'fail', sender);
      }),
      { numRuns: 1_000 },
    );
  }).timeout(60_000);
});
