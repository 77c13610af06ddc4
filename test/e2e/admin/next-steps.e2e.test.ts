/** Pages that have nothing yet say what comes next, and those that speak of mail know at once when it can be sent. */
import assert from 'node:assert/strict';
import { ADMIN, type Person, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('a server in which there is nothing yet', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let admin: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ mail: { smtp: { port: 0 } }, robots: {} });
    admin = await signInAdmin(app);
  });
  after(() => app.stop());
  beforeEach(async () => {
    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
  });
  afterEach(() => visitor.leave());

  it('offers a robot where conversations would be, and a mailbox where mails are written', async () => {
    const { page } = visitor;
    await visitor.open('/inbox');
    await page.getByText('No one can write to you yet').waitFor();
    await page.getByRole('link', { name: 'New robot' }).click();
    await page.getByRole('dialog').waitFor();
    await visitor.open('/mail/compose');
    await page.getByText('You have no mailbox yet').waitFor();
    assert.equal(await page.getByLabel('Subject').count(), 0);
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Create a mailbox' }).click();
    await page.getByLabel('Name before the @').fill('ada');
    await page.getByRole('dialog').getByRole('button', { name: 'Create a mailbox' }).click();
    await page.getByLabel('Subject').waitFor();
    assert.equal(await page.getByRole('combobox', { name: 'From' }).inputValue(), 'ada@example.com');
  });

  it('says that alerts reach nobody by mail, until mail can be sent, which pages know without being loaded anew', async () => {
    const { page } = visitor;
    await visitor.open('/status/alerts');
    await page.getByText('Nobody receives alerts by mail until it can.').waitFor();
    await page.getByRole('link', { name: 'Set up sending' }).click();
    await page.getByRole('combobox', { name: 'How mail is sent' }).click();
    await page.getByRole('option', { name: 'Directly to the mail servers of the recipients' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Saved').first().waitFor();
    await visitor.go('/status/alerts');
    await page.getByRole('heading', { name: 'Recipients' }).waitFor();
    await page.getByText('This server cannot send mail yet').waitFor({ state: 'detached' });
  });

  it('shows numbers for programs where a program has set some', async () => {
    const { page } = visitor;
    const label = 'Telephone numbers for your programs';
    await visitor.open('/settings/organisation');
    await page.getByText('AI answers need an approval').waitFor();
    assert.equal(await page.getByText(label).count(), 0);
    await admin.http.patch('/tenant/settings', { allowed_numbers: ['+5511999999999'] });
    await visitor.open('/settings/organisation');
    await page.getByText(label).waitFor();
  });
});
