/** Two processes on one database: each mail is parsed once, and mail of one that died is parsed by the other. */
import assert from 'node:assert/strict';
import { authConfig } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPlatform } from '#test/support/harness.ts';
import { type MailPlatform, mailOf, plainMail, startMail } from '#test/support/mail.ts';

describe('parsing on two replicas', () => {
  let mail: MailPlatform;
  let other: TestPlatform;
  before(async () => {
    mail = await startMail();
    other = await startPlatform({
      plugins: { auth: authConfig, mail: { mailboxTtl: 0, smtp: { port: 0 } } },
      dataDir: mail.app.dataDir,
      database: mail.app.services.coreConfig.database,
      clock: mail.app.clock,
    });
  });
  after(async () => {
    await other?.platform.stop();
    await mail?.app.stop();
  });

  it('parses each mail once', async () => {
    const stored: number[] = [];
    for (const { parsedMail } of [mail.app.services, other.services]) {
      const store = parsedMail.store;
      parsedMail.store = async (found) => {
        stored.push(...found.map(({ row }) => row.id));
        return store(found);
      };
    }
    const send = (count: number) =>
      [mail, mailOf(other)].map(({ deliver }) => deliver(plainMail(`mail ${count}`), `box${count % 5}@example.com`));
    for (let count = 0; count < 40; count++) await Promise.all(send(count));
    await Promise.all([mail.app.services.mailParseLoop.idle(), other.services.mailParseLoop.idle()]);
    assert.deepEqual(
      (await mail.rows()).filter(({ parsed_at }) => parsed_at === null),
      [],
    );
    assert.equal(stored.length, 80);
    assert.equal(new Set(stored).size, 80);
  });

  it('shows at once what the other one parses', async () => {
    await mail.app.services.mailParseLoop.stop();
    await mail.deliver(plainMail('taken here, parsed there', 'Your code is 482913'), 'shared@example.com');
    const [listed] = await mail.list('shared@example.com');
    assert.equal(listed.verification_code, '482913');
    await mail.app.services.mailParseLoop.start();
  });

  it('parses what a dead one has claimed, when its lease is over', async () => {
    await mail.app.services.mailParseLoop.stop();
    await other.services.mailParseLoop.stop();
    await mail.deliver(plainMail('left behind'), 'left@example.com');
    const claimed = { parse_tries: 1, parse_lease_until: mail.app.clock.now() + 60_000 };
    await mail.app.services.db.write('mail_messages').where({ subject: 'left behind' }).update(claimed);
    await other.services.mailParseLoop.start();
    await other.services.mailParseLoop.idle();
    assert.deepEqual(await mail.list('left@example.com'), []);
    await mail.app.clock.advance(61_000);
    await other.services.mailParseLoop.idle();
    assert.equal((await mail.list('left@example.com')).length, 1);
  }).timeout(20_000);

  it('parses what was claimed by a clock that was a year ahead', async () => {
    await mail.app.services.mailParseLoop.stop();
    await other.services.mailParseLoop.stop();
    await mail.deliver(plainMail('claimed ahead'), 'ahead@example.com');
    const claimed = { parse_tries: 1, parse_lease_until: mail.app.clock.now() + 365 * 24 * 3_600_000 };
    await mail.app.services.db.write('mail_messages').where({ subject: 'claimed ahead' }).update(claimed);
    await other.services.mailParseLoop.start();
    await other.services.mailParseLoop.idle();
    assert.equal((await mail.list('ahead@example.com')).length, 1);
  }).timeout(20_000);
});
