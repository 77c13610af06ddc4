/** Writing a mail on a server that cannot send: it is said before, and the mail is not called sent. */
import assert from 'node:assert/strict';
import { ADMIN, signIn } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { mailboxOf } from '#test/support/mailboxes.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('a mail on a server that cannot send', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ mail: { smtp: { port: 0 } } });
    await mailboxOf(app, await signIn(app, ADMIN.email, ADMIN.password), 'ada');
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('is written to the log only, as its page and the dashboard say', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail/compose?from=ada@example.com&to=grace@navy.example');
    await page.getByText('This server cannot send mail yet').waitFor();
    await page.getByRole('link', { name: 'Set up sending' }).waitFor();
    await page.getByLabel('Subject').fill('The cards');
    await page.getByLabel('Text').fill('Here they are.');
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByRole('heading', { name: 'The cards', level: 1 }).waitFor();
    await page.getByText('The mail was not sent').waitFor();
    await page.getByRole('listitem').getByText('Written to the log only').waitFor();
    await page.getByText('Nobody has received it').waitFor();
    const setUp = page.getByRole('link', { name: 'Set up sending' });
    assert.equal(await setUp.getAttribute('href'), '/settings/server/sending');
    await visitor.assertAccessible();
    await page.getByRole('link', { name: 'Send again' }).click();
    await page.getByRole('heading', { name: 'Write a mail', level: 1 }).waitFor();
    assert.equal(await page.getByLabel('Subject').inputValue(), 'The cards');
    assert.equal(await page.getByLabel('Text').inputValue(), 'Here they are.');
    await page.getByText('grace@navy.example').waitFor();
    await visitor.open('/mail/sent?status=logged');
    await page.getByRole('grid', { name: 'Sent' }).getByText('Written to the log only').waitFor();
    await visitor.open('/');
    await page.getByText('Mail this week that was not sent').waitFor();
  });
});
