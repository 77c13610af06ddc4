/** Mail of one sender, to many or in great number, beside mail of others. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { BytesOrPlace } from '#core/database/blobs.ts';
import { readWhole } from '#core/database/segment-place.ts';
import { clientsAtTheirShare } from '#plugins/mail/receiving/parse-queue/claims.ts';
import { GATHER_MS } from '#plugins/mail/receiving/parse-queue/loop.ts';
import { type MailPlatform, plainMail, startMail } from '#test/support/mail.ts';

const LARGE = 'x'.repeat(70 * 1024).replaceAll(/.{70}/g, '$&\r\n');

describe('mail that waits for the parser', () => {
  let mail: MailPlatform;
  before(async () => {
    mail = await startMail();
  });
  after(() => mail.app.stop());

  const parsed = async (subject: string) =>
    (await mail.rows()).filter(({ parsed_at, subject: its }) => parsed_at !== null && its === subject).length;

  it('is read once when it goes to many', async () => {
    const reading = watchParses(() => null);
    await deliverToMany('to many', 30);
    await mail.app.services.mailParseLoop.idle();
    assert.deepEqual([await parsed('to many'), reading.count()], [30, 1]);
    reading.over();
  });

  for (const [what, addressOf] of [
    ['one address', () => '203.0.113.7'],
    ['one IPv6 network', (n: number) => `2001:db8:5:1:a:b:c:${n + 1}`],
  ] as const) {
    it(`leaves places for others while much of ${what} is slow to read`, async () => {
      const { db, mailParseLoop } = mail.app.services;
      await mailParseLoop.stop();
      await deliverToMany('slow', 20);
      const slow = await db.read('mail_messages').whereNull('parsed_at').orderBy('id');
      for (const [place, { id }] of slow.entries())
        await db
          .write('mail_messages')
          .where({ id })
          .update({ remote_ip: addressOf(place) });
      await mail.deliver(plainMail(what, LARGE), 'quick@example.com');
      const { promise: released, resolve: release } = Promise.withResolvers<void>();
      const reading = watchParses((raw) => (raw.includes('Subject: slow') ? released : null));
      const before = await parsed('slow');
      await mailParseLoop.start();
      const { id: quick } = (await db.read('mail_mailboxes').where({ address: 'quick@example.com' }).first())!;
      await mailParseLoop.settled(quick, 8_000);
      assert.deepEqual([await parsed(what), (await parsed('slow')) - before], [1, 0]);
      release();
      await mailParseLoop.idle();
      assert.equal((await parsed('slow')) - before, 20);
      reading.over();
    }).timeout(20_000);
  }

  it('does not wait for its turn where somebody looks', async () => {
    const real = globalThis.setTimeout;
    const held: (() => void)[] = [];
    const turns = mock.method(globalThis, 'setTimeout', (fn: () => void, ms?: number, ...rest: []) => {
      if (ms !== GATHER_MS) return real(fn, ms, ...rest);
      held.push(fn);
      return real(() => {}, 0);
    });
    await mail.deliver(plainMail('looked for'), 'looked@example.com');
    await mail.deliver(plainMail('not looked for'), 'other@example.com');
    const listed: { subject: string }[] = await mail.list('looked@example.com');
    const others = await parsed('not looked for');
    turns.mock.restore();
    for (const turn of held) turn();
    assert.deepEqual(
      listed.map(({ subject }) => subject),
      ['looked for'],
    );
    assert.deepEqual([held.length > 0, others], [true, 0]);
    await mail.app.services.mailParseLoop.idle();
    assert.equal(await parsed('not looked for'), 1);
  });

  it('keeps its share, however many mailboxes are looked at', async () => {
    const { db, mailParseLoop } = mail.app.services;
    await mailParseLoop.stop();
    for (let group = 0; group < 8; group++) {
      const recipients = Array.from({ length: 50 }, (_, n) => `seen${group}x${n}@example.com`);
      await mail.deliver(plainMail('seen'), recipients as never);
    }
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const reading = watchParses((raw) => (raw.includes('Subject: seen') ? released : null));
    await mailParseLoop.start();
    const waiting = () => db.read('mail_messages').whereNull('parsed_at');
    const seen = await waiting().select('mailbox_id');
    assert.equal(seen.length, 400);
    // Until a round of looks claims nothing more: on a slow machine the first are over before anything is claimed.
    let claimed = 0;
    for (let before = -1; claimed === 0 || claimed !== before; ) {
      before = claimed;
      await Promise.all(seen.map(({ mailbox_id }) => mailParseLoop.settled(mailbox_id, 500)));
      claimed = (await waiting().where('parse_tries', '>', 0)).length;
    }
    release();
    await mailParseLoop.idle();
    // A hundred of one client, and what two claims may take beyond.
    assert.ok(claimed > 0 && claimed < 200, `${claimed} are under way`);
    assert.equal(await parsed('seen'), 400);
    reading.over();
  }).timeout(60_000);

  it('is left out by how its network is written, with its zeros or without', () => {
    for (const network of [
      '2001:db8:5:1:',
      '2001:db8:0:0:',
      '2001:db8::',
      '2001::5:',
      '2001:0:0:5:',
      '2001:db8:1:0:',
    ]) {
      const full = clientsAtTheirShare([`${network}a:b:c:1`, `${network}a:b:c:2`], 2);
      const host = `${network}a:b:c:3`;
      assert.ok(
        full?.beginnings.some((beginning) => host.startsWith(beginning)),
        `${host}: ${full?.beginnings}`,
      );
    }
    const zeros = clientsAtTheirShare(['2001:db8:1::1', '2001:db8:1:0:0:1:2:3'], 2);
    assert.ok(zeros?.beginnings.some((beginning) => '2001:db8:1::2'.startsWith(beginning)));
    assert.deepEqual(clientsAtTheirShare(['192.0.2.1', '192.0.2.1', '192.0.2.2'], 2), {
      addresses: ['192.0.2.1'],
      beginnings: [],
    });
    assert.equal(clientsAtTheirShare(['192.0.2.1', '192.0.2.2'], 2), null);
  });

  function deliverToMany(subject: string, count: number) {
    const recipients = Array.from({ length: count }, (_, n) => `many${n}@example.com`);
    return mail.deliver(plainMail(subject, LARGE), recipients as never);
  }

  /** Counts what is given to the threads to read, and holds it up for as long as `hold` says. */
  function watchParses(hold: (raw: Buffer) => Promise<void> | null) {
    const { mailWorkers } = mail.app.services;
    const { run } = mailWorkers;
    let count = 0;
    mailWorkers.run = async (lane, task, given) => {
      if (task === 'parse') {
        count++;
        const { raw } = given as { raw: BytesOrPlace };
        await hold(Buffer.from('path' in raw ? await readWhole(raw) : raw));
      }
      return run(lane, task, given);
    };
    return {
      count: () => count,
      over: () => {
        mailWorkers.run = run;
      },
    };
  }
});
