/** A mailbox as a file that other mail programs read (RFC 4155). */
import assert from 'node:assert/strict';
import { type Person, register } from '#test/support/accounts.ts';
import { type MailPlatform, plainMail, startMail } from '#test/support/mail.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { sendMail } from '#test/support/smtp.ts';
import { quotedLines } from '../../../plugins/mail/mailboxes/mbox.ts';

describe('the export of a mailbox', () => {
  let mail: MailPlatform;
  let ada: Person;
  before(async () => {
    mail = await startMail();
    ada = await register(mail.app);
    await mailboxOf(mail.app, ada, 'lovelace');
  });
  after(() => mail.app.stop());

  const path = async (person: Person) => {
    const { items } = (await person.http.get('/api/platform/mail/mailboxes')).body;
    return `/api/platform/mail/mailboxes/${items[0].id}/mbox`;
  };

  it('is all of its mail, oldest first, and whole again when it is read', async () => {
    const bodies = ['one\r\nFrom here\r\n>From there\r\nFrom: no\r\n', `two ${'x'.repeat(900)}\r\n`.repeat(300), ''];
    const port = mail.app.services.smtpReceiver.port()!;
    for (const [index, body] of bodies.entries()) {
      const envelope = { from: index === 2 ? '' : 'charles@sender.example', to: 'lovelace@example.com' };
      await sendMail(port, { envelope, raw: plainMail(`mail ${index}`, body) });
    }
    await mail.app.services.mailParseLoop.idle();
    const answer = await ada.http.get(await path(ada));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/mbox');
    assert.match(answer.headers.get('content-disposition') ?? '', /filename="lovelace@example\.com\.mbox"/);
    const messages = answer.text.split(/^From (\S+) \w{3} \w{3} [ \d]\d [\d:]{8} \d{4}\n/m).slice(1);
    assert.deepEqual(
      messages.filter((_, index) => index % 2 === 0),
      ['charles@sender.example', 'charles@sender.example', 'MAILER-DAEMON'],
    );
    const { items } = (await ada.http.get('/api/platform/mail/messages?sort=id')).body;
    const read = messages.filter((_, index) => index % 2 === 1).map((text) => text.slice(0, -1));
    for (const [index, text] of read.entries()) {
      const { id } = items.find(({ subject }: { subject: string }) => subject === `mail ${index}`);
      const raw = (await ada.http.get(`/api/email/${id}/download`)).text;
      assert.equal(text.replace(/^>(>*From )/gm, '$1'), raw.replaceAll('\r\n', '\n'));
    }
  });

  it('has the others of a message that a disk has damaged, and says that it is', async () => {
    const { db, mailParseLoop } = mail.app.services;
    await mailboxOf(mail.app, ada, 'damaged');
    const { items } = (await ada.http.get('/api/platform/mail/mailboxes')).body;
    const { id } = items.find(({ address }: { address: string }) => address === 'damaged@example.com');
    for (const subject of ['one', 'two', 'three']) await mail.deliver(plainMail(subject), 'damaged@example.com');
    await mailParseLoop.idle();
    const [, row] = await db.read('mail_messages').where({ mailbox_id: id }).orderBy('id');
    await db.write('core_blobs').where({ id: row!.blob_id }).whereNull('content').update({ checksum: 1 });
    await db
      .write('core_blobs')
      .where({ id: row!.blob_id })
      .whereNotNull('content')
      .update({ content: null, segment: 'lost', segment_offset: 0, checksum: 1 });
    const { status, text } = await ada.http.get(`/api/platform/mail/mailboxes/${id}/mbox`);
    assert.equal(status, 200);
    assert.deepEqual(
      [...text.matchAll(/^Subject: (.*)$/gm)].map(([, subject]) => subject),
      ['one', `Message ${row!.id} cannot be read`, 'three'],
    );
  });

  it('is for nobody else', async () => {
    const other = await register(mail.app);
    assert.equal((await other.http.get(await path(ada))).status, 404);
  });

  it('quotes what looks like the beginning of a message, however it comes in pieces', async () => {
    const text = 'a\r\nFrom b\r\n>>From c\r\nx From d\r\nFromage\r\nno end';
    for (let size = 1; size < text.length; size++) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
        Buffer.from(text.slice(index * size, (index + 1) * size)),
      );
      let quoted = '';
      for await (const piece of quotedLines(pieces)) quoted += piece;
      assert.equal(quoted, 'a\n>From b\n>>>From c\nx From d\nFromage\nno end\n');
    }
    let long = '';
    const endless = [
      Buffer.alloc(70_000, 'a'),
      Buffer.from('From x'),
      Buffer.alloc(70_000, 'b'),
      Buffer.from('\r\nFrom y'),
    ];
    for await (const piece of quotedLines(endless)) long += piece;
    assert.equal(long, `${'a'.repeat(70_000)}From x${'b'.repeat(70_000)}\n>From y\n`);
  });
});
