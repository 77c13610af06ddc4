/** A rule that holds mail back, what it holds, and letting that go; the domain's records beside it. */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { MAILBOX, mailOf, plainMail } from '#test/support/mail.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('rules of mail', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ mail: { smtp: { port: 0 }, domains: ['example.com', 'acme.internal'] } });
    await mailOf(app).http.post('/api/create', { local: 'ada' });
    app.services.mailDns.resolve = async () => [];
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('hold mail back until somebody lets it go', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open(`/mail/rules`);
    await page.getByRole('button', { name: 'Add a rule' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add a rule' });
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Casinos');
    // The only one there is.
    await dialog
      .getByLabel(/^Mailbox/)
      .and(page.locator(`[value="${MAILBOX}"]`))
      .waitFor();
    await dialog.getByLabel(/^Mailbox/).focus();
    // Closes what is offered; Escape would close the dialog while nothing is.
    await page.keyboard.press('Tab');
    await dialog.getByLabel('Subject contains').fill('casino');
    await dialog.getByRole('combobox', { name: 'Action' }).click();
    await page.getByRole('option', { name: 'Hold back in quarantine' }).click();
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Casinos.*subject has “casino”/ }).waitFor();

    await mailOf(app).deliver(plainMail('Win at the casino'));
    await app.services.mailParseLoop.idle();
    await visitor.go('/mail/quarantine');
    const held = page.getByRole('row', { name: /Win at the casino/ });
    await held.getByRole('checkbox').click();
    await page.getByRole('button', { name: 'Release' }).click();
    await page.getByText('Nothing is held back').waitFor();
    await visitor.go('/mail');
    await page.getByRole('link', { name: /Win at the casino/ }).waitFor();
  });

  it('are changed, switched off and deleted', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail/rules');
    await page.getByRole('button', { name: 'Casinos' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change the rule' });
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('Gambling');
    await dialog.getByRole('button', { name: 'Save' }).click();
    const rule = page.getByRole('switch', { name: 'Rule Gambling' });
    await rule.waitFor();
    await rule.click();
    await page.getByRole('switch', { name: 'Rule Gambling', checked: false }).waitFor();
    const { body } = await mailOf(app).http.get('/api/platform/mail/rules');
    assert.deepEqual([body.items[0].name, body.items[0].enabled], ['Gambling', false]);
    await page
      .getByRole('row', { name: /Gambling/ })
      .getByRole('checkbox')
      .click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No rules yet').waitFor();
  });

  it('stand beside the domain, whose records say what is missing', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/mail-domains');
    await page.getByRole('button', { name: 'example.com' }).click();
    await page.getByText('example.com is a reserved name for examples').waitFor();
    await page.getByText('v=spf1 mx a:mail.example.com ~all').waitFor();
    assert.equal(await page.getByText('Missing', { exact: true }).count(), 0);
    await page.getByRole('button', { name: 'acme.internal' }).click();
    await page.getByText('v=spf1 mx a:mail.acme.internal ~all').waitFor();
    assert.equal(await page.getByText('Missing', { exact: true }).count(), 4);
    await page.getByRole('button', { name: 'Copy the value of DKIM' }).last().waitFor();
    await visitor.assertAccessible();
  });

  it('says records one below the other on a telephone', async () => {
    visitor = await visit(app, { width: 'phone', language: 'zh' });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/mail-domains');
    await page.getByRole('button', { name: 'example.com' }).click();
    const record = page.getByRole('listitem').filter({ hasText: 'DKIM (TXT)' });
    await record.getByText('类型').waitFor();
    await record.getByRole('button', { name: /DKIM/ }).nth(1).waitFor();
    assert.equal(await page.getByRole('table').count(), 0);
    const whole = await record
      .locator('code')
      .last()
      .evaluate((code) => code.scrollWidth <= code.clientWidth);
    assert.ok(whole);
  });
});
