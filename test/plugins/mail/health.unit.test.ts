/** What operators are told: parsing that stands still, ports that are not open, lists that do not answer. */
import assert from 'node:assert/strict';
import { type MailPlatform, plainMail, startMail } from '#test/support/mail.ts';
import { rawSmtp } from '#test/support/smtp.ts';

describe("mail's health", () => {
  let mail: MailPlatform;
  afterEach(() => mail.app.stop());

  const ready = async () => {
    const { status } = await mail.http.get('/health/ready');
    const { body } = await mail.http.get('/api/v2/admin/health');
    return { status, mail: body.checks.mail };
  };
  const gauge = async (name: string) => {
    const text: string = (await mail.http.get('/metrics')).text;
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
  };

  it('is red when mail waits for the parser and nothing moves on', async () => {
    mail = await startMail();
    assert.equal((await ready()).status, 200);
    await mail.app.services.mailParseLoop.stop();
    await mail.deliver(plainMail('waits'));
    assert.equal((await ready()).status, 200, 'a moment is no standstill');
    await mail.app.clock.advance(61_000);
    const still = await ready();
    assert.equal(still.status, 503);
    assert.deepEqual(still.mail.detail.problems, ['parsing has stopped']);
    assert.equal(await gauge('patchbay_mail_unparsed'), 1);
    assert.ok((await gauge('patchbay_mail_oldest_unparsed_seconds')) >= 61);
    await mail.app.services.mailParseLoop.start();
    await mail.app.services.mailParseLoop.idle();
    assert.equal((await ready()).status, 200);
    // Gauges are believed for five seconds.
    await mail.app.clock.advance(5_000);
    assert.equal(await gauge('patchbay_mail_unparsed'), 0);
  });

  it('is red when the SMTP port is gone though it is configured, and green when it is switched off', async () => {
    mail = await startMail();
    await mail.app.services.smtpReceiver.stop();
    assert.equal((await ready()).status, 503);
    await mail.app.stop();
    mail = await startMail({ smtp: { enabled: false } });
    assert.equal((await ready()).status, 200);
  });

  it('asks a blocklist that does not answer once a minute, not for each greeting', async () => {
    mail = await startMail({
      authentication: { trusted: [] },
      filtering: { blocklists: ['dead.example', 'good.example'] },
    });
    const asked: string[] = [];
    mail.app.services.mailDns.resolve = async (name) => {
      asked.push(name.replace('1.0.0.127.', ''));
      const isDead = name.endsWith('dead.example');
      throw Object.assign(new Error(isDead ? 'timed out' : 'no such record'), {
        code: isDead ? 'ETIMEOUT' : 'ENOTFOUND',
      });
    };
    const greet = async () => (await rawSmtp(mail.app.services.smtpReceiver.port()!)).close();
    for (let count = 0; count < 3; count++) await greet();
    assert.deepEqual(asked, ['dead.example', 'good.example', 'good.example', 'good.example']);
    await mail.app.clock.advance(61_000);
    await greet();
    assert.deepEqual(asked.slice(4), ['dead.example', 'good.example']);
  });
});
