/** Writing a mail with a file, sending it later, changing the time, and calling it off. */
import assert from 'node:assert/strict';
import { ADMIN, addMember, signIn } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { mailOf } from '#test/support/mail.ts';
import { startMailServer } from '#test/support/mail-server.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('writing a mail', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  let server: Awaited<ReturnType<typeof startMailServer>>;
  before(async () => {
    server = await startMailServer();
    const mailer = {
      transport: 'smtp',
      smtp: { host: '127.0.0.1', port: server.port },
    };
    app = await startPages({ mail: { smtp: { port: 0 } } }, { config: { mailer } });
    await mailboxOf(app, await signIn(app, ADMIN.email, ADMIN.password), 'ada');
  });
  after(async () => {
    await app.stop();
    await server.close();
  });
  afterEach(() => visitor.leave());

  it('sends it with its file, and shows what became of it', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail/compose?from=ada@example.com');
    await page.getByRole('combobox', { name: 'To' }).fill('grace@navy.example');
    await page.getByLabel('Subject').fill('The cards');
    await page.getByLabel('Text').fill('Here they are.');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'cards.txt', mimeType: 'text/plain', buffer: Buffer.from('1011') });
    await page.getByText('cards.txt (4 bytes)').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('heading', { name: 'The cards', level: 1 }).waitFor();
    await page.getByText('Here they are.').waitFor();
    await page
      .getByRole('listitem')
      .getByText(/^(Sent|Delivered)$/)
      .waitFor();
    const raw = (await server.has(1))[0]?.raw ?? '';
    assert.match(raw, /filename=cards\.txt/);
    assert.match(raw, new RegExp(Buffer.from('1011').toString('base64')));
    await visitor.assertAccessible();
  });

  it('sends it later, at another time, or not at all', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail/compose?from=ada@example.com&to=grace@navy.example');
    await page.getByLabel('Subject').fill('Reminder');
    await page.getByLabel('Text').fill('Tomorrow.');
    await page.getByLabel('Send later').click();
    await page.getByLabel('Leaves at').fill('2096-01-02T10:00');
    await page.getByRole('button', { name: 'Schedule' }).click();
    await page.getByRole('heading', { name: 'Reminder', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Change the time' }).click();
    await page.getByRole('dialog').getByLabel('Leaves at').fill('2097-03-04T11:00');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('4 Mar 2097').first().waitFor();

    await visitor.go('/mail/scheduled');
    await page.getByRole('grid', { name: 'Scheduled mail' }).getByText('Reminder').waitFor();
    await page
      .getByRole('row', { name: /Reminder/ })
      .getByRole('checkbox')
      .click();
    await page.getByRole('button', { name: 'Call off' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Call off' }).click();
    await page.getByText('Nothing is scheduled').waitFor();
    assert.equal(server.received.length, 1);
  });

  it('is not for somebody whom nobody has allowed to send', async () => {
    const owner = await signIn(app, ADMIN.email, ADMIN.password);
    const member = await addMember(app, owner, 'member');
    const address = await mailboxOf(app, member, 'carol');
    await mailOf(app).deliver(`From: a@b.example\r\nSubject: For Carol\r\n\r\nHello\r\n`, address);
    await app.services.mailParseLoop.idle();
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(member.email, member.password);
    await visitor.open('/mail');
    await page.getByRole('link', { name: /For Carol/ }).waitFor();
    // Theirs, and nothing else: neither the mailbox of another one nor a way that would be refused.
    await page.getByRole('button', { name: 'carol @example.com' }).waitFor();
    assert.equal(await page.getByRole('button', { name: /^ada/ }).count(), 0);
    assert.equal(await page.getByRole('link', { name: 'Write' }).count(), 0);
    await page.getByRole('navigation', { name: 'Mail', exact: true }).getByRole('link', { name: 'Mailboxes' }).click();
    const parts = page.getByRole('navigation', { name: 'Mailboxes' });
    await parts.getByRole('link', { name: 'Rules' }).waitFor();
    assert.equal(await parts.getByRole('link', { name: 'Do not mail' }).count(), 0);
    await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Settings' }).click();
    const settings = page.getByRole('navigation', { name: 'Settings' });
    await settings.getByRole('link', { name: 'Profile' }).waitFor();
    assert.equal(await settings.getByRole('link', { name: 'Mail domains' }).count(), 0);
    await visitor.go('/mail/compose');
    await page.getByText('You may not send mail').waitFor();
  });
});
