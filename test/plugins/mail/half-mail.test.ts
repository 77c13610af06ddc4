/** Half a mail is never shown: it is in lists, counts and streams when it has been parsed, and who asks waits for it. */
import assert from 'node:assert/strict';
import { MAILBOX, type MailPlatform, plainMail, startMail } from '#test/support/mail.ts';

describe('mail that is not parsed yet', () => {
  let mail: MailPlatform;
  before(async () => {
    mail = await startMail();
  });
  after(() => mail.app.stop());

  const code = plainMail('Your code', 'Your verification code is 482913.');
  const paged = async () => (await mail.http.get(`/api/emails?mailbox=${MAILBOX}&page=1&size=10`)).body;
  /** A list waits two seconds, which a busy machine may exceed: it is asked again. */
  const pagedWith = async (count: number) => {
    let page = await paged();
    for (let tries = 0; tries < 5 && page.total < count; tries++) page = await paged();
    return page;
  };
  const found = async () =>
    (await mail.http.post('/api/platform/functions/mail.find', { input: { mailbox: MAILBOX } })).body;

  it('is there with its preview and code for who asks right after sending it', async () => {
    for (let count = 1; count <= 20; count++) {
      await mail.deliver(code);
      const { list, total } = await pagedWith(count);
      assert.equal(total, count);
      assert.equal(list.length, Math.min(count, 10));
      assert.deepEqual([list[0].verification_code, list[0].preview], ['482913', 'Your verification code is 482913.']);
    }
    const { body } = await mail.http.get(`/api/platform/mail/wait?mailbox=${MAILBOX}&timeout=0`);
    assert.equal(body.code, '482913');
  }).timeout(60_000);

  it('is in no list and no count while the parser cannot get at it', async () => {
    const before = await paged();
    await mail.app.services.mailParseLoop.stop();
    await mail.deliver(code);
    const [hidden] = (await mail.rows()).slice(-1);
    const { list, total } = await paged();
    assert.deepEqual([total, list[0].id], [before.total, before.list[0].id]);
    assert.deepEqual((await mail.http.get(`/api/emails/batch?ids=${hidden.id}`)).body, []);
    const { output = await found() } = await found();
    assert.ok(!JSON.stringify(output).includes(`"id":${hidden.id},`));
    await mail.app.services.mailParseLoop.start();
    assert.equal((await pagedWith(before.total + 1)).total, before.total + 1);
  }).timeout(20_000);

  it('is waited for by who opens it', async () => {
    await mail.app.services.mailParseLoop.stop();
    await mail.deliver(code);
    const [{ id }] = (await mail.rows()).slice(-1) as [{ id: number }];
    const { body } = await mail.http.get(`/api/email/${id}`);
    assert.equal(body.verification_code ?? body.code ?? body.content.trim(), '482913');
    await mail.app.services.mailParseLoop.start();
  });
});
