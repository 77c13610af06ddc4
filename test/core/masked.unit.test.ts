/** What is shown of configurations and jobs holds no secret. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import Type from 'typebox';
import { secretNamesIn } from '#core/http/secret-fields.ts';
import { HIDDEN, masked } from '#core/security/masked.ts';

describe('masking', () => {
  it('hides by name, whatever the value is, and leaves switches', () => {
    const shown = masked({
      apiKey: 'x',
      secrets: { A: 'b' },
      rootToken: null,
      password: 7,
      hasPassword: true,
      port: 1,
    });
    assert.deepEqual(shown, {
      apiKey: HIDDEN,
      secrets: HIDDEN,
      rootToken: null,
      password: HIDDEN,
      hasPassword: true,
      port: 1,
    });
  });

  it('shows how many there are of something, and hides its values', () => {
    const counts = { maxConnections: 500, contextTokens: 2_000 };
    assert.deepEqual(masked(counts), counts);
    assert.deepEqual(masked({ connections: 'pg://x', tokens: [7], code: 123_456 }), {
      connections: HIDDEN,
      tokens: HIDDEN,
      code: HIDDEN,
    });
  });

  it('hides what looks like a secret under any name, and secrets in addresses', () => {
    for (const text of ['c2VjcmV0LXRoYXQtaXMtbG9uZw123456', `sk_live_${'a1'.repeat(12)}`])
      assert.equal(masked({ it: text }) instanceof Object && JSON.stringify(masked([text])), `["${HIDDEN}"]`);
    assert.equal(masked('smtp://me:pass@host:25'), `smtp://${HIDDEN}@host:25`);
    assert.equal(masked('https://x.test/a?b=1&token=abc#c'), `https://x.test/a?b=1&token=${HIDDEN}#c`);
  });

  it('hides short secrets by their names, and whatever stands under headers', () => {
    const secrets = {
      pass: 'a',
      smtpPass: 'b',
      pwd: 'c',
      auth: 'd',
      bearer: 'e',
      pin: '1234',
      headers: { 'x-canary': 'f' },
    };
    assert.deepEqual(new Set(Object.values(masked(secrets) as object)), new Set([HIDDEN]));
    const plain = { bypass: 'x', mapping: 'y', auth: { user: 'ada' } };
    assert.deepEqual(masked(plain), plain);
    for (const name of ['k', 'pass', 'pwd', 'auth', 'bearer', 'pin'])
      assert.equal(masked(`https://x.test/?a=1&${name}=abc`), `https://x.test/?a=1&${name}=${HIDDEN}`);
  });

  it('leaves ids, addresses and sentences', () => {
    for (const text of [
      '0198f2a4-7c1e-7b3a-9c55-2f1d3e4a5b6c',
      'ada@example.com',
      'Nobody answered at port 25',
      'mail.received',
    ])
      assert.equal(masked(text), text);
  });

  it('never shows what stands below a secret name, however deep', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b'), { maxLength: 30 }), fc.jsonValue(), (path, value) => {
        const secret = { clientSecret: ['needle', value] };
        const whole = path.reduce<unknown>((inside, name) => ({ [name]: inside }), secret);
        assert.ok(!JSON.stringify(masked(whole)).includes('needle'));
      }),
    );
  });

  it('are hidden where the schema marks them, whatever they are called', () => {
    const schema = Type.Object({
      gateways: Type.Record(
        Type.String(),
        Type.Object({ door: Type.String({ writeOnly: true }), host: Type.String() }),
      ),
    });
    const value = { gateways: { one: { door: 'open sesame', host: 'gate.example' } } };
    assert.deepEqual(masked(value, new Set(secretNamesIn(schema))), {
      gateways: { one: { door: HIDDEN, host: 'gate.example' } },
    });
  });
});
