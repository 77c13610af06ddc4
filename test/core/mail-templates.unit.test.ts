/** Texts of system mail: languages, the operator's own, and values that cannot break out. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterUnfelt } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';

describe('system mail', () => {
  let relay: MailServer;
  let app: TestPlatform;
  const start = async (mailer: object = {}) => {
    relay = await startMailServer();
    const smtp = { host: '127.0.0.1', port: relay.port };
    app = await startPlatform({ plugins: ['auth'], config: { mailer: { transport: 'smtp', smtp, ...mailer } } });
  };
  afterEach(async () => {
    await app.stop();
    await relay.close();
  });
  const resetMail = async () => {
    await app.http.post('/api/v2/auth/register', { email: 'ada@example.org', password: 'a password 4711' });
    await relay.has(1);
    await app.http.post('/api/v2/auth/forgot-password', { email: 'ada@example.org' });
    await afterUnfelt(app);
    return (await relay.has(2))[1]?.raw ?? '';
  };

  it('goes out as text and as HTML', async () => {
    await start();
    const raw = await resetMail();
    assert.match(raw, /^Subject: Choose a new password\r$/m);
    assert.match(raw, /^Content-Type: text\/html/m);
    assert.match(raw, /^Token: \S+\r$/m);
    assert.match(raw, /^Auto-Submitted: auto-generated\r$/m);
  });

  it('speaks Chinese when told to', async () => {
    await start({ language: 'zh' });
    const subject = /^Subject: =\?UTF-8\?B\?([^?]+)\?=/m.exec(await resetMail())?.[1] ?? '';
    assert.equal(Buffer.from(subject, 'base64').toString(), '重置您的密码');
  });

  it('uses the files of the operator first', async () => {
    await start();
    const folder = join(app.dataDir, 'mail-templates');
    mkdirSync(folder);
    writeFileSync(join(folder, 'reset.en.txt'), 'Subject: Our own words\n\nHello. {{link}}\n\nToken: {{token}}\n');
    writeFileSync(join(folder, 'reset.en.html'), '<h1>Our own page</h1>{{link}}');
    const raw = await resetMail();
    assert.match(raw, /^Subject: Our own words\r$/m);
    assert.match(raw, /Our own page/);
  });
});
