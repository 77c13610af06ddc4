/** Words that only the newest mails have: looked up, for who walks from the newest on to count them would read all mails. */
import assert from 'node:assert/strict';
import { ROOT_TOKEN } from '#test/support/accounts.ts';
import { type MailPlatform, plainMail, startMail } from '#test/support/mail.ts';

const OLDER = 400;
/** As many as make a word common. */
const NEWEST = 60;

describe('words that only the newest mails have', () => {
  let mail: MailPlatform;
  before(async () => {
    mail = await startMail();
    await mail.deliver(plainMail('Parcel', 'hello'));
    await mail.app.services.mailParseLoop.idle();
    await copies(OLDER, 'hello');
    await copies(NEWEST, 'hello zebra');
  });
  after(() => mail.app.stop());

  /** More mails like the first, with these words in the index. */
  async function copies(count: number, words: string): Promise<void> {
    const { db } = mail.app.services;
    const { id: _id, ...message } = (await db.read('mail_messages').orderBy('id').first())!;
    const made = await db
      .write('mail_messages')
      .insert(Array.from({ length: count }, () => message))
      .returning('id');
    const contents = made.map(({ id }) => ({
      message_id: id,
      text: '',
      html: '',
      attachments: '[]',
      links: '[]',
      words: db.write.raw(`to_tsvector('simple', ?)`, [words]),
    }));
    await db.write('mail_contents').insert(contents);
  }

  async function search(words: string) {
    const statements: string[] = [];
    const note = ({ sql }: { sql: string }) => void statements.push(sql);
    const { read } = mail.app.services.db;
    read.on('query', note);
    const path = `/api/platform/mail/messages?search=${words}`;
    const { body } = await mail.app.http.bearer(ROOT_TOKEN).get(path);
    read.removeListener('query', note);
    const walks = statements.filter((sql) => /from mail_contents where message_id = mail_messages\.id/.test(sql));
    return { total: body.total.value, walks: walks.length };
  }

  it('are looked up, while those of all mails are found and counted from the newest on', async () => {
    assert.deepEqual(await search('zebra'), { total: NEWEST, walks: 0 });
    assert.deepEqual(await search('hello zebra'), { total: NEWEST, walks: 0 });
    assert.deepEqual(await search('hello'), { total: 1 + OLDER + NEWEST, walks: 2 });
  });
});
