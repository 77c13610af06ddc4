/** Many signatures: counted before any is worked on, so that a message is hashed a few times at most. */
import assert from 'node:assert/strict';
import { authenticateMessage } from '#plugins/mail/messages/authentication/authenticate.ts';
import {
  MOST_BODY_HASHES,
  MOST_SIGNATURES,
  withinLimits,
} from '#plugins/mail/messages/authentication/signature-limits.ts';

const signature = (tags: string, name = 'DKIM-Signature') =>
  `${name}: v=1; a=rsa-sha256; d=a.example; s=s; ${tags};\r\n h=from; bh=AAAA; b=BBBB\r\n`;
const message = (fields: string, body = 'Text.\r\n') => Buffer.from(`${fields}From: a@a.example\r\n\r\n${body}`);
const kept = (raw: Buffer): string[] => {
  const limited = withinLimits(raw);
  assert.ok('message' in limited, 'it is looked at');
  return limited.message.toString().match(/^dkim-signature.*$/gim) ?? [];
};
const numbered = (count: number, tags: (n: number) => string, name?: string) =>
  message(Array.from({ length: count }, (_, n) => signature(tags(n), name)).join(''));

describe('the limits on signatures', () => {
  it('leaves an ordinary message as it is', () => {
    const raw = numbered(2, () => 'c=relaxed/relaxed');
    const limited = withinLimits(raw);
    assert.ok('message' in limited && limited.message === raw);
  });

  it('looks at the first eight', () => {
    assert.equal(kept(numbered(40, () => 'c=simple')).length, MOST_SIGNATURES);
  });

  it('hashes the body three times at most, however the lengths are spelled', () => {
    for (const spelled of [
      (n: number) => `l=${n}`,
      (n: number) => `l = ${n}`,
      (n: number) => `L=${n}`,
      (n: number) => `l=1;\r\n\tl=\r\n ${n}`,
      (n: number) => `c=${n % 2 ? 'simple' : 'relaxed'}/relaxed; l=${n}`,
    ]) {
      assert.equal(kept(numbered(40, spelled)).length, MOST_BODY_HASHES);
      assert.equal(kept(numbered(40, spelled, 'dkim-SIGNATURE ')).length, MOST_BODY_HASHES);
    }
  });

  it('keeps what follows the header to the byte', () => {
    const body = `\xff\r\n\r\nDKIM-Signature: no field\r\n`;
    const limited = withinLimits(message(signature('l=1').repeat(20), body));
    assert.ok('message' in limited && limited.message.toString().endsWith(`\r\n\r\n${body}`));
  });

  it('does not look at headers that no honest message has', async () => {
    const hostile = [
      message('X-Field: x\r\n'.repeat(100_000)),
      message(`X-Wide: ${'x'.repeat(1024 * 1024)}\r\n`),
      message('ARC-Seal: i=1; x\r\n'.repeat(200)),
    ];
    for (const raw of hostile) {
      assert.ok('reason' in withinLimits(raw));
      const wish = { raw, from: 'a@a.example', remoteIp: '192.0.2.1', helo: 'a', mta: 'here' };
      const { dkim, summary } = await authenticateMessage(wish, () => assert.fail('nothing is asked'));
      assert.equal(dkim, 'permerror');
      assert.match(summary, /not checked: /);
    }
  });
});
