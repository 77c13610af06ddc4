/** Mail that cannot be parsed or stored: it stops itself alone, says why, and is given up in the end. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { htmlMail, type MailPlatform, mailOf, plainMail, startMail } from '#test/support/mail.ts';
import { rawSmtp } from '#test/support/smtp.ts';

describe('mail that cannot be parsed', () => {
  let mail: MailPlatform;
  before(async () => {
    mail = await startMail();
  });
  after(() => mail.app.stop());

  const subjects = async (mailbox: string) => (await mail.list(mailbox)).map(({ subject }) => subject);

  it('takes characters out that PostgreSQL cannot store, whichever way they came', async () => {
    const to = 'nul@example.com';
    await mail.deliver(htmlMail('entity', '<p>Hello &#0; &#x0; &#xd800; there, your code is 482913</p>'), to);
    await mail.deliver(`Subject: =?utf-8?Q?a=00b?=\r\nMessage-ID: <a=00@b>\r\n\r\n\0plain\0\r\n`, to);
    await mail.deliver(htmlMail('link', '<a href="https://a.example/&#0;x">x</a>'), to);
    await mail.deliver(plainMail('after them'), to);
    assert.deepEqual(await subjects(to), ['after them', 'link', 'ab', 'entity']);
    for (const row of await mail.rows()) {
      assert.equal(row.parse_error, null);
      const { body } = await mail.http.get(`/api/platform/mail/messages/${row.id}`);
      assert.doesNotMatch(JSON.stringify(body), /\\u0000|\\ud800/);
    }
  });

  it('takes from the envelope only what a column holds', async () => {
    const to = 'envelope@example.com';
    const client = await rawSmtp(mail.app.services.smtpReceiver.port()!);
    await client.say('EHLO test');
    assert.match(await client.say(`MAIL FROM:<${'a'.repeat(400)}@b.example>`), /^5/);
    await client.say('MAIL FROM:<a\0b@c.example>');
    // Refused or taken, but no fault of ours.
    assert.doesNotMatch(await client.untilData('a@b.example', to), /^4/);
    client.write('Subject: odd envelope\r\n\r\nText\r\n.\r\n');
    assert.match(await client.reply(), /^250/);
    client.close();
    assert.deepEqual(await subjects(to), ['odd envelope']);
  });

  it('stores the others when one of a group cannot be stored, and gives that one up after three tries', async () => {
    const { services, clock } = mail.app;
    const enqueue = services.mailWebhooks.enqueue;
    let poisoned = 0;
    services.mailWebhooks.enqueue = async (trx, mailboxId, event, messageId) => {
      if ((event.data as { subject: string }).subject === 'poison') {
        poisoned++;
        throw new Error('this row is poison');
      }
      return enqueue(trx, mailboxId, event, messageId);
    };
    const to = 'group@example.com';
    await Promise.all(['one', 'poison', 'two'].map((subject) => mail.deliver(plainMail(subject), to)));
    await services.mailParseLoop.idle();
    assert.deepEqual((await subjects(to)).sort(), ['one', 'two']);
    for (let tries = 1; tries < 3; tries++) {
      await mail.deliver(plainMail(`meanwhile ${tries}`), to);
      await clock.advance(2_000);
      await services.mailParseLoop.idle();
    }
    services.mailWebhooks.enqueue = enqueue;
    assert.ok(poisoned >= 3);
    const [given] = (await mail.rows()).filter(({ subject }) => subject === 'poison');
    assert.match(given.parse_error, /could not be stored: .*poison/);
    assert.equal((await mail.list(to)).length, 5, 'the one that was given up is shown with the others');
    assert.equal((await mail.http.get(`/api/email/${given.id}/download`)).status, 200);
  });

  it('counts a try that ended the process, and gives up what ended it three times', async () => {
    const { services, clock } = mail.app;
    await services.mailParseLoop.stop();
    await mail.deliver(plainMail('deadly'), 'deadly@example.com');
    await services.db
      .write('mail_messages')
      .where({ subject: 'deadly' })
      .update({
        parse_tries: 3,
        parse_lease_until: clock.now() + 1_000,
      });
    mail = mailOf(await mail.app.restart());
    // On PostgreSQL the dead process might be alive: its lease has to end.
    await clock.advance(61_000);
    await mail.app.services.mailParseLoop.idle();
    const [row] = (await mail.rows()).filter(({ subject }) => subject === 'deadly');
    assert.match(row.parse_error, /begun 3 times/);
  });

  it('marks the one mail whose file is missing, and parses those behind it', async () => {
    const to = 'files@example.com';
    await mail.app.services.mailParseLoop.stop();
    await mail.deliver(plainMail('large', 'x'.repeat(70).concat('\r\n').repeat(5_000)), to);
    await mail.deliver(plainMail('small'), to);
    const blob = await mail.app.services.db.read('core_blobs').whereNotNull('file').orderBy('id', 'desc').first();
    const file = blob!.file!;
    await rm(join(mail.app.dataDir, 'files', file.slice(0, 2), file));
    mail = mailOf(await mail.app.restart());
    await mail.app.services.mailParseLoop.idle();
    assert.deepEqual((await subjects(to)).sort(), ['large', 'small']);
    const [large] = (await mail.rows()).filter(({ subject }) => subject === 'large');
    assert.match(large.parse_error, /missing/);
    assert.match((await mail.http.get('/metrics')).text, /patchbay_mail_parse_errors_total [1-9]/);
  });
});
