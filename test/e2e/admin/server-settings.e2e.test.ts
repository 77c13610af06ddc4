/** Who runs the server sets it up in the pages: mail that leaves, a domain of their own, what waits for a restart. */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { type MailServer, startMailServer } from '#test/support/mail-server.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('setting up the server in the pages', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let relay: MailServer;
  let visitor: Visitor;
  before(async () => {
    relay = await startMailServer();
    app = await startPages({ mail: { smtp: { port: 0 }, catchAll: true, dnsServers: ['127.0.0.1:9'] }, billing: {} });
  });
  after(async () => {
    await app.stop();
    await relay.close();
  });
  beforeEach(async () => {
    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
  });
  afterEach(() => visitor.leave());

  async function choose(field: string, option: string): Promise<void> {
    await visitor.page.getByRole('combobox', { name: field }).click();
    await visitor.page.getByRole('option', { name: option, exact: true }).click();
  }

  it('has mail leave by a relay, tried before it is saved', async () => {
    const { page } = visitor;
    await visitor.open('/settings/server/sending');
    await page.getByText('Mail is only written to the server log').waitFor();
    await choose('How mail is sent', 'Through a mail server (SMTP relay)');
    await page.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1');
    await page.getByRole('textbox', { name: 'Port' }).fill(String(relay.port));
    await page.getByRole('textbox', { name: 'Send the test to' }).fill('me@example.org');
    await page.getByRole('button', { name: 'Test' }).click();
    await page.getByText('It works').waitFor();
    assert.deepEqual((await relay.has(1))[0]?.to, ['me@example.org']);
    assert.equal(app.services.mailer.canSend, false);
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
    assert.equal(app.services.mailer.canSend, true);
    await page.getByRole('button', { name: 'Earlier versions' }).click();
    await page.getByText('Version 1').waitFor();
  });

  it('takes mail for a domain of its own at once', async () => {
    const { page } = visitor;
    await visitor.open('/settings/server');
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Mail domains' }).click();
    await page.getByRole('heading', { name: 'Mail domains', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Mail domain settings' }).click();
    await page.getByRole('heading', { name: 'Mail domain settings', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Add a domain' }).first().click();
    await page.getByRole('textbox', { name: 'Domain 2' }).fill('acme.test');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
    const { body } = await app.http.get('/api/platform/ui');
    assert.ok(body);
    const { mailboxes } = app.services as unknown as { mailboxes: { domains(): string[] } };
    assert.deepEqual(mailboxes.domains(), ['example.com', 'acme.test']);
  });

  it('has the address written that another page asks to be allowed', async () => {
    const { page } = visitor;
    await visitor.open('/settings/server/outgoing?allow=10.9.8.7%3A8080');
    await page.getByRole('textbox', { name: 'Address 1' }).and(page.locator('[value="10.9.8.7:8080"]')).waitFor();
    await page.getByText('10.9.8.7:8080 was filled in by the link that you followed').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
    await visitor.open('/settings/server/outgoing?allow=10.9.8.7%3A8080');
    await page.getByRole('textbox', { name: 'Address 1' }).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Address 2' }).count(), 0, 'it is there already');
  });

  it('opens at the setting that a link names, and tries nothing where nothing is set', async () => {
    const { page } = visitor;
    await visitor.open('/settings/server/general#updates.url');
    await page.locator('[id="updates.url"]').waitFor();
    await page.waitForFunction('scrollY > 0');
    await visitor.open('/settings/server/single-sign-on');
    assert.ok(await page.getByRole('button', { name: 'Test', exact: true }).isDisabled());
  });

  it('says what waits for a restart, and takes it back', async () => {
    const { page } = visitor;
    await visitor.open('/settings/server/payments');
    await page.getByRole('textbox', { name: 'Currency' }).fill('EUR');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Some settings take effect after a restart').waitFor();
    await page.getByText('What is marked “after a restart” takes effect once the server').waitFor();
    assert.equal(await page.getByText('Saved, waiting for a restart').count(), 1, 'of the one that waits');
    assert.equal(await page.getByText('after a restart', { exact: true }).count(), 2, 'of those that would');
    await page.getByRole('button', { name: 'Reset to default' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Some settings take effect after a restart').waitFor({ state: 'hidden' });
  });

  it('says why something cannot be, and keeps what was written', async () => {
    const { page } = visitor;
    await visitor.open('/settings/server/payments');
    visitor.expectProblem(/status of 422/);
    await page.getByRole('textbox', { name: 'Currency' }).fill('euro');
    await page.getByRole('button', { name: 'Save' }).click();
    await page
      .getByRole('alert')
      .getByText(/currency is "euro"/)
      .waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Currency' }).inputValue(), 'euro');
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(await page.getByRole('textbox', { name: 'Currency' }).inputValue(), 'USD');
  });

  it('takes a domain from the first steps, and shows the records that it needs', async () => {
    const { page } = visitor;
    await visitor.open('/settings/server/domains');
    await page.getByRole('button', { name: 'Reset to default' }).first().click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Settings saved').waitFor();
    await visitor.open('/first-steps');
    await page.getByRole('button', { name: 'Use your own domain' }).click();
    await page.getByRole('textbox', { name: 'Your domain' }).fill('Acme-Company.com');
    await page.getByRole('button', { name: 'Use this domain' }).click();
    await page.getByRole('table', { name: 'DNS records' }).getByText('acme-company.com').first().waitFor();
    const { mailboxes } = app.services as unknown as { mailboxes: { domains(): string[] } };
    assert.deepEqual(mailboxes.domains(), ['acme-company.com']);
  });
});
