/** The first minutes with mail: where it goes to, and a test mail on the way of all mail. */
import assert from 'node:assert/strict';
import { type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { type MailPlatform, startMail } from '#test/support/mail.ts';

describe('the first mail', () => {
  let mail: MailPlatform;
  let admin: Person;
  before(async () => {
    mail = await startMail({
      domains: ['example.com', 'mail.company.eu'],
      smtp: { port: 0, hostname: 'mx.company.eu' },
    });
    admin = await signInAdmin(mail.app);
  });
  after(() => mail.app.stop());

  it('says where mail goes to, for which domain, to the operator alone', async () => {
    const { status, body } = await admin.http.get('/api/platform/mail/receiving');
    assert.equal(status, 200);
    const port = mail.app.services.smtpReceiver.port();
    assert.deepEqual(body, { domain: 'example.com', is_tryout: true, port, is_local: true, host: 'mx.company.eu' });
    const { http } = await register(mail.app);
    assert.equal((await http.get('/api/platform/mail/receiving')).status, 403);
    assert.equal((await http.post('/api/platform/mail/test-mail', { mailbox: 'ada@example.com' })).status, 403);
  });

  it('arrives in the language that was asked for, with its code', async () => {
    await admin.http.post('/api/create', { local: 'first' });
    for (const [language, subject] of [
      ['en', 'It works'],
      ['zh', '收到了'],
    ]) {
      const answer = await admin.http.post('/api/platform/mail/test-mail', { mailbox: 'first@example.com', language });
      assert.equal(answer.status, 202);
      await mail.app.services.mailParseLoop.idle();
      const [newest] = (await mail.list('first@example.com')).sort((one, other) => other.id - one.id);
      assert.equal(newest.subject, subject);
      assert.equal(newest.verification_code, '482913');
    }
  });

  it('goes to a mailbox that is there, and not for ever', async () => {
    const send = (mailbox: string) => admin.http.post('/api/platform/mail/test-mail', { mailbox });
    assert.equal((await send('nobody@example.com')).status, 404);
    const answers = await Promise.all(Array.from({ length: 11 }, () => send('first@example.com')));
    assert.ok(answers.some(({ status }) => status === 429));
  });
});
