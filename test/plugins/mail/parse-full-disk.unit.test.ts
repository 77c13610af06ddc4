/** A disk that is full: mail that was accepted before waits for room, and not a moment longer. */
import assert from 'node:assert/strict';
import { isOutOfSpace, isUnavailable } from '#core/database/database-errors.ts';
import { createParseClaims } from '#plugins/mail/receiving/parse-queue/claims.ts';
import { type MailPlatform, plainMail, startMail } from '#test/support/mail.ts';

/** What SQLite says when a claim cannot be given back; giving one back is what changes a lease that is there. */
const FULL = `create trigger disk_is_full before update of parse_lease_until on mail_messages
  when old.parse_lease_until is not null begin select raise(abort, 'database or disk is full'); end`;

describe('mail that was accepted before the disk was full', () => {
  let mail: MailPlatform;
  before(async () => {
    mail = await startMail();
  });
  after(() => mail.app.stop());

  it('is readable as soon as there is room again, and was not tried in vain', async () => {
    const { services } = mail.app;
    const { db, mailWebhooks, mailParseLoop } = services;
    const { enqueue } = mailWebhooks;
    let failures = 0;
    mailWebhooks.enqueue = () => {
      failures++;
      return Promise.reject(Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }));
    };
    await db.write.raw(FULL);
    await mail.deliver(plainMail('before'));
    await mailParseLoop.idle();
    assert.equal(failures, 1);
    assert.equal((await mail.rows())[0].parsed_at, null);

    mailWebhooks.enqueue = enqueue;
    await db.write.raw('drop trigger disk_is_full');
    await mailParseLoop.idle();
    const [row] = await mail.rows();
    assert.deepEqual([row.subject, row.parse_error, row.parse_tries], ['before', null, 1]);
    assert.deepEqual(
      (await mail.list()).map(({ subject }) => subject),
      ['before'],
    );
  });

  it('is claimed again at once, as a first try, when what was claimed could not be read', async () => {
    const { db, clock, mailParseLoop } = mail.app.services;
    await mailParseLoop.stop();
    await mail.deliver(plainMail('claimed'));
    const claims = createParseClaims({ db, clock });
    await db.write.raw('alter table mail_mailboxes rename column forward_to to forward_to_later');
    await assert.rejects(claims.claim('small', 10, null), /forward_to/);
    await db.write.raw('alter table mail_mailboxes rename column forward_to_later to forward_to');
    assert.equal(await claims.hasAny(), true);
    const rows = await claims.claim('small', 10, null);
    assert.deepEqual(
      rows.map(({ subject, parse_tries }) => [subject, parse_tries]),
      [['claimed', 1]],
    );
  });
});

describe('a full disk', () => {
  it('is known by what the system and both databases say', () => {
    const errors = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', '53100', 'EACCES'].map((code) =>
      Object.assign(new Error('x'), { code }),
    );
    assert.deepEqual(errors.map(isOutOfSpace), [true, true, true, true, false]);
    assert.deepEqual(errors.map(isUnavailable), [false, false, false, true, false]);
  });
});
