/** Seals on seals (RFC 8617 §5): a chain goes on while it is whole, says when it is broken, and ends then. */
import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { authenticate } from 'mailauth';
import { sealMessage } from '#plugins/mail/messages/authentication/sign.ts';

const MESSAGE = Buffer.from('From: a@sender.example\r\nSubject: Hi\r\nMessage-ID: <1@x>\r\n\r\nText.\r\n');

describe('a chain of ARC seals', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const record = `v=DKIM1; k=rsa; p=${publicKey.toString('base64')}`;
  const resolve = async (name: string, type: string) => {
    if (type === 'TXT' && name === 's._domainkey.example.com') return [[record]];
    throw Object.assign(new Error('no such record'), { code: 'ENOTFOUND' });
  };
  const key = { domain: 'example.com', selector: 's', privateKey, signTime: Date.now() };
  const sealed = async (raw: Buffer, authResults = 'example.com; spf=pass') =>
    Buffer.concat([await sealMessage({ raw, ...key, authResults }, resolve), raw]);
  const chainOf = async (raw: Buffer) => {
    const wish = { ip: '192.0.2.1', helo: 'x', sender: 'a@sender.example', mta: 'here', disableBimi: true };
    const { arc } = await authenticate(raw, { ...wish, resolver: resolve as never });
    return arc ? arc.status.result : 'none';
  };
  const cvOf = (raw: Buffer) =>
    [...raw.toString().matchAll(/^ARC-Seal: i=(\d+);[\s\S]*?cv=(\w+)/gm)].map(([, i, cv]) => `${i} ${cv}`);

  it('begins with the three fields, and with cv=none', async () => {
    const once = await sealed(MESSAGE);
    const fields = [...once.toString().matchAll(/^(ARC-[\w-]+): (i=1);/gm)].map(([, name]) => name);
    assert.deepEqual(fields, ['ARC-Seal', 'ARC-Message-Signature', 'ARC-Authentication-Results']);
    assert.deepEqual([cvOf(once), await chainOf(once)], [['1 none'], 'pass']);
    assert.match(once.toString(), /^ARC-Message-Signature: i=1; a=rsa-sha256;[\s\S]*?h=[\s\S]*?[Ff]rom/m);
    assert.doesNotMatch(/^ARC-Message-Signature:[\s\S]*?;\s*b=/m.exec(once.toString())?.[0] ?? '', /h=[^;]*arc-seal/i);
  });

  it('goes on with the next number and cv=pass', async () => {
    const twice = await sealed(await sealed(MESSAGE));
    assert.deepEqual([cvOf(twice), await chainOf(twice)], [['2 pass', '1 none'], 'pass']);
  });

  it('says cv=fail where it is broken, and no server adds to it after that', async () => {
    const changed = Buffer.from((await sealed(MESSAGE)).toString().replace('Text.', 'Other.'));
    const marked = await sealed(changed);
    assert.deepEqual([cvOf(marked), await chainOf(marked)], [['2 fail', '1 none'], 'fail']);
    // What the seal signs (RFC 8617 §5.1.2): its own three fields, relaxed, without its signature.
    const ownSet = ['ARC-Authentication-Results', 'ARC-Message-Signature', 'ARC-Seal'].map((name) =>
      (new RegExp(`^${name}: i=2;.*(?:\\r\\n[ \\t].*)*`, 'm').exec(marked.toString())?.[0] ?? '')
        .replace(/\s+/g, ' ')
        .replace(/^([\w-]+): ?/, (_, field: string) => `${field.toLowerCase()}:`)
        .trimEnd(),
    );
    const seal = ownSet.pop() ?? '';
    const signature = /; ?b=([^;]*)$/.exec(seal)?.[1]?.replace(/ /g, '') ?? '';
    const signed = [...ownSet, seal.replace(/(; ?b=)[^;]*$/, '$1')].join('\r\n');
    const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
    assert.ok(verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'base64')));
    const again = await sealed(marked);
    assert.equal(again.length, marked.length, 'nothing was added');
  });

  it('is broken for good where the name service does not answer', async () => {
    const once = await sealed(MESSAGE);
    const silent = async () => {
      throw Object.assign(new Error('later'), { code: 'ESERVFAIL' });
    };
    const marked = await sealMessage({ raw: once, ...key, authResults: 'example.com; none' }, silent);
    assert.deepEqual(cvOf(Buffer.concat([marked, once])), ['2 fail', '1 none']);
  });

  it('has fifty at most', async () => {
    const many = Array.from(
      { length: 50 },
      (_, n) => `ARC-Seal: i=${50 - n}; a=rsa-sha256; cv=pass; d=x; s=s; b=AAAA\r\n`,
    );
    const full = Buffer.concat([Buffer.from(many.join('')), MESSAGE]);
    assert.equal((await sealed(full)).length, full.length);
  });
});
