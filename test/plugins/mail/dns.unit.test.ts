/** `patchbay mail:dns`: the records to publish, and whether they are. */
import assert from 'node:assert/strict';
import { mailDnsCommand } from '#plugins/mail/sending/command.ts';
import { startPlatform } from '#test/support/harness.ts';

describe('mail:dns', () => {
  it('prints what to publish, always the same key, and compares it with what is published', async () => {
    const app = await startPlatform({ plugins: { auth: {}, mail: { smtp: { enabled: false } } } });
    const printed = async (args: object): Promise<string> => {
      const write = process.stdout.write;
      let text = '';
      process.stdout.write = (chunk: string | Uint8Array) => {
        text += chunk;
        return true;
      };
      try {
        await mailDnsCommand.run({ domain: 'example.com', host: '', ...args }, app.services);
      } finally {
        process.stdout.write = write;
      }
      return text;
    };
    const first = await printed({});
    assert.match(first, /^MX\n {2}example\.com {2}MX {2}10 mail\.example\.com$/m);
    assert.match(first, /v=spf1 mx a:mail\.example\.com ~all/);
    const [, name = '', value = ''] =
      /^ {2}(patchbay\d{8}\._domainkey\.example\.com) {2}TXT {2}(v=DKIM1; k=rsa; p=.+)$/m.exec(first) ?? [];
    assert.ok(value.length > 300);
    assert.equal(await printed({}), first);

    app.services.mailDns.resolve = async (asked, type) => {
      if (asked === name) return [[value.slice(0, 200), value.slice(200)]];
      if (type === 'TXT' && asked === 'example.com') return [['v=spf1 include:else.example -all']];
      throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
    };
    const checked = await printed({ check: true });
    assert.match(checked, /^DKIM \[ok\]$/m);
    assert.match(checked, /^SPF \[another one is published: v=spf1 include:else\.example -all\]$/m);
    assert.match(checked, /^MX \[missing\]$/m);
    await app.stop();
  });
});
