/** Words that most of the newest mails have: found and counted from the newest on. */
import assert from 'node:assert/strict';
import { ROOT_TOKEN } from '#test/support/accounts.ts';
import { type MailPlatform, plainMail, startMail } from '#test/support/mail.ts';

/** PostgreSQL takes a word for common that fifty of the newest mails have. */
const MAILS = 60;
const SENDER = 'shop@sender.example';

describe('words that most mails have', () => {
  let mail: MailPlatform;
  before(async () => {
    mail = await startMail();
    for (let sent = 0; sent < MAILS; sent += 10) {
      const subjects = Array.from({ length: 10 }, (_, index) => `Parcel ${sent + index}`);
      for (const subject of subjects) await mail.deliver(plainMail(subject, subject.endsWith('7') ? 'Late.' : 'Here.'));
    }
    await mail.app.services.mailParseLoop.idle();
  });
  after(() => mail.app.stop());

  const found = async (query: string) => {
    const { body } = await mail.app.http.bearer(ROOT_TOKEN).get(`/api/platform/mail/messages?${query}`);
    return { ...body, subjects: body.items.map(({ subject }: { subject: string }) => subject) };
  };

  it('fill a page from the newest mails, go on with the older ones, and are counted', async () => {
    const first = await found('search=parc&limit=40');
    assert.deepEqual(first.total, { value: MAILS, relation: 'exact' });
    assert.equal(first.subjects[0], 'Parcel 59');
    const second = await found(`search=parc&limit=40&cursor=${first.next_cursor}`);
    const numbers = [...first.subjects, ...second.subjects];
    assert.deepEqual(
      numbers,
      Array.from({ length: MAILS }, (_, index) => `Parcel ${MAILS - 1 - index}`),
    );
    assert.equal(second.next_cursor, null);
  });

  it('stand beside words that few have', async () => {
    const { subjects, total } = await found('search=parcel late');
    assert.deepEqual(subjects, ['Parcel 57', 'Parcel 47', 'Parcel 37', 'Parcel 27', 'Parcel 17', 'Parcel 7']);
    assert.equal(total.value, 6);
    assert.deepEqual((await found('search=parcel nowhere')).subjects, []);
  });

  it('lead to the newest mails of who has sent most of them', async () => {
    const { body } = await mail.app.http.bearer(ROOT_TOKEN).get(`/api/platform/about-people?email=${SENDER}`);
    const [section] = body.sections.filter(({ id }: { id: string }) => id === 'mail.received');
    const titles = section.rows.map(({ title }: { title: string }) => title);
    assert.deepEqual(titles, ['Parcel 59', 'Parcel 58', 'Parcel 57', 'Parcel 56', 'Parcel 55']);
    assert.equal(section.more, true);
  });
});
