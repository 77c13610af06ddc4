/** How long mail is kept: by count, hour by hour, and when one mailbox cannot be looked at. */
import assert from 'node:assert/strict';
import { authConfig } from '#test/support/accounts.ts';
import { startPlatform, type TestPlatform } from '#test/support/harness.ts';
import { sendMail } from '#test/support/smtp.ts';

describe('the retention of mail', () => {
  let app: TestPlatform;
  before(async () => {
    const retention = { messagesPerMailbox: 2 };
    app = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 }, retention } },
    });
  });
  after(() => app.stop());

  const deliver = async (to: string, count: number) => {
    for (let index = 0; index < count; index++) {
      await sendMail(app.services.smtpReceiver.port()!, { from: 'a@b.example', to, subject: `${index}`, text: 'x' });
    }
    await app.services.mailParseLoop.idle();
  };
  const left = async () => {
    const rows = await app.services.db
      .read('mail_messages')
      .join('mail_mailboxes', 'mail_mailboxes.id', 'mail_messages.mailbox_id')
      .groupBy('address')
      .orderBy('address')
      .select('address')
      .count({ total: '*' });
    return Object.fromEntries(rows.map(({ address, total }) => [address.split('@')[0], Number(total)]));
  };

  it('looks at what has grown since, again and again', async () => {
    await deliver('a@example.com', 3);
    await deliver('b@example.com', 1);
    assert.equal(await app.services.mailRetention.apply(), 1);
    assert.equal(await app.services.mailRetention.apply(), 0);
    await deliver('b@example.com', 3);
    assert.equal(await app.services.mailRetention.apply(), 2);
    assert.deepEqual(await left(), { a: 2, b: 2 });
  });

  it('of one mailbox that fails does not end that of the others, and is tried again', async () => {
    await deliver('a@example.com', 2);
    await deliver('b@example.com', 2);
    const { mailDeletion, mailRetention } = app.services;
    const { messages } = mailDeletion;
    let failures = 1;
    mailDeletion.messages = (ids) => (failures-- > 0 ? Promise.reject(new Error('poisoned')) : messages(ids));
    assert.equal(await mailRetention.apply(), 2);
    assert.equal(await mailRetention.apply(), 2);
    mailDeletion.messages = messages;
    assert.deepEqual(await left(), { a: 2, b: 2 });
  });

  it('ends reports that are nobody’s with the records of what they are about', async () => {
    const { clock, db, mailRetention, mailboxes, returnPaths } = { ...app.services, clock: app.clock };
    const path = returnPaths.forDelivery(4711, 'example.com');
    const come = () =>
      sendMail(app.services.smtpReceiver.port()!, { envelope: { from: '', to: path }, raw: 'Subject: x\r\n\r\nx\r\n' });
    await come();
    await app.services.mailParseLoop.idle();
    const reports = async () => {
      const { id } = (await mailboxes.byAddress('bounces@example.com'))!;
      return (await db.read('mail_messages').where({ mailbox_id: id })).length;
    };
    await clock.advance(29 * 24 * 3600_000);
    await come();
    await app.services.mailParseLoop.idle();
    await mailRetention.apply();
    assert.equal(await reports(), 2);
    await clock.advance(2 * 24 * 3600_000);
    await mailRetention.apply();
    assert.equal(await reports(), 1);
  });
});
