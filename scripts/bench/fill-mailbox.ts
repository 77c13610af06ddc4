/** Fills a mailbox of a platform that is not running: so many mails, each with words of its own. */
import { insertMany } from '#core/database/insert-many.ts';
import { createPlatform } from '#core/platform.ts';
import { insidesOf } from '#test/support/insides.ts';

const BATCH = 1_000;
const WORDS = 'invoice report meeting order parcel ticket account summary reminder welcome update notice offer'.split(
  ' ',
);
const total = Number(process.argv[2]);
const platform = await createPlatform();
await platform.start();
const { db, blobs, mailboxes } = insidesOf(platform);
const own = mailboxes.own('full@example.com');
if (!own) throw new Error('full@example.com is not ours');
for (let start = 0; start < total; start += BATCH) {
  await db.transaction(async (trx) => {
    const ids = await mailboxes.ensure(trx, [own]);
    const numbers = Array.from({ length: BATCH }, (_, index) => start + index);
    const content = Buffer.from('Subject: filled\r\n\r\nfilled\r\n');
    const blobIds = await blobs.insert(
      trx,
      numbers.map(() => ({ sizeBytes: content.length, content })),
    );
    const columns = [
      'mailbox_id',
      'blob_id',
      'envelope_from',
      'envelope_to',
      'remote_ip',
      'sender',
      'to_addrs',
      'subject',
    ];
    const more = ['preview', 'verification_code', 'size_bytes', 'received_at', 'is_read', 'parsed_at'];
    const rows = numbers.map((number, index) => {
      const sender = `sender${number % 997}@shop.example`;
      const place = [ids.get(own.address) ?? 0, blobIds[index] ?? 0, sender, own.address, '192.0.2.1'];
      return [
        ...place,
        sender,
        own.address,
        subjectOf(number),
        textOf(number),
        '',
        2_000,
        1_700_000_000_000 + number,
        0,
        1,
      ];
    });
    const messageIds = await insertMany(trx, 'mail_messages', [...columns, ...more], rows);
    const contents = messageIds.map((id, index) => [id, textOf(start + index), '']);
    await insertMany(trx, 'mail_contents', ['message_id', 'text', 'html'], contents, 'message_id');
    for (const [index, id] of messageIds.entries()) {
      const number = start + index;
      await trx.raw('insert into mail_search (rowid, subject, sender, body) values (?, ?, ?, ?)', [
        id,
        subjectOf(number),
        `sender${number % 997}@shop.example`,
        textOf(number),
      ]);
    }
  });
}
await platform.stop();
console.log(JSON.stringify({ filled: total }));
process.exit(0);

function subjectOf(number: number): string {
  return `${WORDS[number % WORDS.length]} number ${number}`;
}

function textOf(number: number): string {
  return (
    Array.from({ length: 30 }, (_, index) => WORDS[(number * 7 + index * 3) % WORDS.length]).join(' ') +
    ` code${number}`
  );
}
