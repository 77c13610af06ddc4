/** Mail: half of it in one mailbox, the rest in as many as there are messages divided by ten. */
import type {} from '#plugins/mail/contract.ts';
import { fill, oneOf, spellingOf } from './filling.ts';
import type { Measured, Part, PartContext } from './parts.ts';

const FULL = 'full@example.com';
const DAY_MS = 24 * 3600 * 1000;
const EMPTIED = 100_000;

export const mail: Part = {
  async fill({ services: { db }, count }) {
    const now = Date.now();
    const { uuid } = spellingOf(db);
    const boxes = Math.ceil(count / 10);
    const received = `${now} - (${count} - i) * 1000`;
    await fill(db, 'mail_mailboxes', boxes, {
      address: `case i when 1 then '${FULL}' else 'box' || i || '@example.com' end`,
      domain: `'example.com'`,
      created_at: now,
      expires_at: `${now + DAY_MS} + i`,
      is_pinned: 'case when i % 100 = 0 then 1 else 0 end',
    });
    const word = oneOf('i', 'invoice', 'report', 'meeting', 'parcel');
    const subject = `'Your ' || ${word} || ' number ' || i`;
    const size = 500;
    await fill(db, 'core_blobs', count, { size_bytes: size, content: `'Subject: x'`, created_at: now }).catch(
      async () => {
        await fill(db, 'core_blobs', count, { size_bytes: size, content: `'Subject: x'::bytea`, created_at: now });
      },
    );
    const first = Number((await db.read('core_blobs').min({ id: 'id' }).first())?.id ?? 1);
    await fill(db, 'mail_messages', count, {
      mailbox_id: `case when i % 2 = 0 then 1 else 1 + (i % ${boxes}) end`,
      blob_id: `${first} - 1 + i`,
      envelope_to: `'x'`,
      envelope_from: `'shop@sender.example'`,
      remote_ip: `'192.0.2.1'`,
      sender: `'shop@sender.example'`,
      to_addrs: `'x'`,
      subject,
      preview: `''`,
      verification_code: `''`,
      size_bytes: size,
      received_at: received,
      parsed_at: received,
    });
    const words = `'hello from the shop about order' || i || ' and ' || ${word}`;
    if (db.client === 'pg') {
      await fill(db, 'mail_contents', count, {
        message_id: 'i',
        text: words,
        html: `''`,
        words: `to_tsvector('simple', ${subject} || ' ' || ${words})`,
      });
    } else {
      await fill(db, 'mail_contents', count, { message_id: 'i', text: words, html: `''` });
      await fill(db, 'mail_search', count, { rowid: 'i', subject, sender: `'shop@sender.example'`, body: words });
    }
    await fill(db, 'mail_suppressions', count, {
      address: `'person' || i || '@example.org'`,
      reason: `'bounced'`,
      created_at: received,
    });
    await fill(db, 'mail_greylist', count, {
      triplet: `'triplet' || i`,
      first_seen_at: now,
      last_seen_at: `${now} + i`,
    });
    await fill(db, 'mail_sent', count, {
      uuid: uuid('i', 6),
      from_addr: `'box' || (2 + i % 8) || '@example.com'`,
      recipients: `'["you@example.org"]'`,
      subject,
      html: `''`,
      text: `''`,
      kind: `'composed'`,
      status: `'sent'`,
      created_at: received,
      updated_at: received,
    });
  },
  measured(context) {
    const { get, cron } = context;
    const list = `/api/emails?mailbox=${FULL}`;
    const search = '/api/platform/mail/messages?search=';
    const cases: Measured[] = [
      { what: 'mail: first page of half of it', run: () => get(list) },
      { what: 'mail: search, a common word', run: () => get(`${search}shop`) },
      { what: 'mail: search, two common words', run: () => get(`${search}shop%20invoice`) },
      { what: 'mail: search, a rare word', run: () => get(`${search}order777`) },
      { what: 'mail: search, nothing', run: () => get(`${search}nothinglikethis`) },
      { what: 'mail: list of all mailboxes', run: () => get('/api/platform/mail/messages') },
      { what: 'mailboxes: list with what is new', run: () => get('/api/platform/mail/mailboxes') },
      { what: 'mailboxes: list by address', run: () => get('/api/platform/mail/mailboxes?sort=address&address=box77') },
      { what: 'sent mail: list by status', run: () => get('/api/platform/mail/sent?status=sent') },
      { what: 'sent mail: list', run: () => get('/api/platform/mail/sent') },
      { what: 'scheduled mail: list', run: () => get('/api/platform/mail/scheduled') },
      { what: 'suppressions: list', run: () => get('/api/platform/mail/suppressions') },
      { what: 'suppressions: list by address', run: () => get('/api/platform/mail/suppressions?address=person77') },
      { what: 'rules: list', run: () => get('/api/platform/mail/rules') },
      { what: 'webhooks: list', run: () => get('/api/platform/mail/webhooks') },
      { what: 'mailboxes: page', run: () => get('/api/mailboxes') },
      { what: 'mailboxes: search', run: () => get('/api/mailboxes?q=box777') },
      { what: 'sent mail: page', run: () => get('/api/sent?from=box7@example.com') },
      ...['mail.removeExpired', 'mail.cleanUp', 'mail.resumeDeliveries'].map((name) => ({
        what: `cron: ${name}`,
        times: 3,
        run: () => cron(name),
      })),
      { what: 'mail: emptying, longest wait of others', times: 1, isOwnTime: true, run: () => longestWait(context) },
    ];
    return cases;
  },
};

/** How long another write waits at most while so many mails of the full mailbox, or all there are, are deleted. */
async function longestWait({ services: { db, mailDeletion } }: PartContext): Promise<number> {
  let longest = 0;
  let isDone = false;
  const kept = await db
    .read('mail_messages')
    .where({ mailbox_id: 1 })
    .orderBy('id', 'desc')
    .offset(EMPTIED)
    .first('id');
  const emptying = mailDeletion
    .messagesOf(1, { after: kept?.id ?? 0, upTo: Number.POSITIVE_INFINITY, since: 0 })
    .finally(() => {
      isDone = true;
    });
  while (!isDone) {
    const startedAt = performance.now();
    await db.write('core_installation').insert({ name: 'bench', value: 'x' }).onConflict('name').merge();
    longest = Math.max(longest, performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await emptying;
  return longest;
}
