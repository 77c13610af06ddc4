/** A stop: idle sessions hear 421, messages under way are finished, those that never end are not waited for. */
import assert from 'node:assert/strict';
import { WorkersClosed } from '#plugins/mail/messages/workers/pool.ts';
import { MAILBOX, type MailPlatform, mailOf, startMail } from '#test/support/mail.ts';
import { type RawSmtp, rawSmtp } from '#test/support/smtp.ts';

describe('stopping while mail comes in', () => {
  let mail: MailPlatform;
  before(async () => {
    mail = await startMail();
  });
  after(() => mail.app.stop());

  const connect = () => rawSmtp(mail.app.services.smtpReceiver.port()!);
  const inData = async (): Promise<RawSmtp> => {
    const client = await connect();
    assert.match(await client.untilData('a@b.example', MAILBOX), /^354/);
    client.write('Subject: under way\r\n\r\nhalf');
    return client;
  };

  it('says 421 to who is idle, takes what is finished, and says 421 to who does not finish', async () => {
    const idle = await connect();
    const finishing = await inData();
    const hanging = await inData();
    // Its bytes have arrived before the stop begins.
    await idle.say('EHLO test');
    const stopped = mail.app.services.smtpReceiver.stop();
    assert.match(await idle.reply(), /^421/);
    finishing.write(' and the rest\r\n.\r\n');
    assert.match(await finishing.reply(), /^250/);
    assert.match(await finishing.reply(), /^421/);
    assert.match(await hanging.reply(), /^421/);
    assert.equal(await hanging.reply(), '', 'it is closed');
    await stopped;
    await assert.rejects(connectOnce(mail), /refused|closed/);
    await mail.app.services.mailParseLoop.idle();
    assert.deepEqual(
      (await mail.list()).map(({ preview }) => preview),
      ['half and the rest'],
    );
  });

  it('lets go of what the parser was at, so that the next start begins with it', async () => {
    mail = mailOf(await mail.app.restart());
    const { mailWorkers, mailParseLoop } = mail.app.services;
    let close: () => void = () => {};
    let given: () => void = () => {};
    const isGiven = new Promise<void>((resolve) => {
      given = resolve;
    });
    // Workers that are at it until they are closed.
    mailWorkers.run = () => {
      given();
      return new Promise((_, reject) => {
        close = () => reject(new WorkersClosed('closed'));
      });
    };
    mailWorkers.close = async () => close();
    await mail.deliver('Subject: cut off\r\n\r\nText\r\n', 'cut@example.com');
    await isGiven;
    await mailParseLoop.stop();
    const [row] = (await mail.rows()).filter(({ subject }) => subject === 'cut off');
    const { parsed_at, parse_error, parse_tries, parse_lease_until } = row;
    assert.deepEqual([parsed_at, parse_error, parse_tries, parse_lease_until], [null, null, 0, null]);
    mail = mailOf(await mail.app.restart());
    await mail.app.services.mailParseLoop.idle();
    assert.equal((await mail.list('cut@example.com')).length, 1);
  }).timeout(20_000);
});

async function connectOnce({ app }: MailPlatform): Promise<void> {
  const port = app.services.smtpReceiver.port();
  if (port === null) throw new Error('the port is closed');
  (await rawSmtp(port)).close();
}
