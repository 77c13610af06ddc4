/** From no mailbox to the first mail, which appears by itself, and what it brings. */
import assert from 'node:assert/strict';
import { ADMIN, signInAdmin } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { mailOf, plainMail } from '#test/support/mail.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const THREAD = 'From: grace@navy.example\r\nTo: ada@example.com\r\nMessage-ID: <one@navy.example>\r\n';

describe('the first mail', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ mail: { smtp: { port: 0 } } });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('appears on the page as it comes, with its code to copy', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail/mailboxes');
    await page.getByText('No mailboxes yet').waitFor();
    await page.getByRole('button', { name: 'Create a mailbox' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Create a mailbox' });
    await dialog.getByLabel('Name before the @').fill('ada');
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Create a mailbox' }).click();
    await page.getByText('Write to ada@example.com: the mail appears here automatically.').waitFor();
    const admin = (await signInAdmin(app)).http;
    const isKept = async () => (await admin.get('/api/platform/mail/mailboxes')).body.items[0].pinned;
    assert.equal(await isKept(), true, 'what has a name is kept, if nothing else is said');
    await visitor.open('/mail/mailboxes');
    await page.getByRole('button', { name: 'Create a mailbox' }).first().click();
    await dialog.getByLabel('Name before the @').fill('ada');
    await dialog.getByRole('button', { name: 'Create a mailbox' }).click();
    await page.getByText('Write to ada@example.com: the mail appears here automatically.').waitFor();
    assert.equal(await isKept(), true, 'also when it is made again');

    await mailOf(app).deliver(plainMail('Welcome', 'Your verification code is 482913. https://shop.example/verify'));
    const row = page.getByRole('link', { name: /Welcome/ });
    await row.waitFor();
    await page.getByRole('status').filter({ hasText: 'New mail: Welcome' }).waitFor();
    await page.getByRole('navigation', { name: 'Folders and mailboxes' }).getByLabel('1 unread').waitFor();

    await row.click();
    await page.getByRole('heading', { name: 'Welcome', level: 2 }).waitFor();
    await page.getByRole('button', { name: 'Copy the code' }).waitFor();
    const link = page.getByRole('link', { name: 'https://shop.example/verify', exact: true });
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow');
    await page
      .getByRole('navigation', { name: 'Folders and mailboxes' })
      .getByLabel('1 unread')
      .waitFor({ state: 'detached' });
    await visitor.assertAccessible();
  });

  it('says of a mailbox that a mail has made that it goes, and keeps it', async () => {
    await mailOf(app).deliver(plainMail('Early', 'Hello'), 'sales@example.com');
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail?mailbox=sales%40example.com');
    await page.getByRole('link', { name: /Early/ }).click();
    await page
      .getByText(/^Nobody has created sales@example\.com: it is deleted in /)
      .first()
      .waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Keep this mailbox' }).click();
    await page.getByText('sales@example.com is kept').waitFor();
    await page.getByRole('button', { name: 'Keep this mailbox' }).waitFor({ state: 'detached' });
  });

  it('is looked at closely: header, source, authenticity, tags, files and its conversation', async () => {
    const { deliver } = mailOf(app);
    const file =
      'Content-Disposition: attachment; filename="bill.html"\r\nContent-Type: text/html\r\n\r\n<script>1</script>';
    await deliver(`${THREAD}Subject: Lunch\r\n\r\nOn Friday?\r\n`);
    await deliver(
      `From: Grace Hopper <grace@navy.example>\r\nTo: ada@example.com\r\nSubject: Re: Lunch\r\nIn-Reply-To: <one@navy.example>\r\nX-Odd: <b>bold</b>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nAt noon.\r\n--b\r\n${file}\r\n--b--\r\n`,
    );
    await app.services.mailParseLoop.idle();
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail?mailbox=ada@example.com');
    await page.getByRole('link', { name: /^Grace Hopper grace@navy\.example.*Re: Lunch/ }).click();
    await page.getByRole('heading', { name: 'Re: Lunch', level: 2 }).waitFor();
    await page.getByText('Grace Hopper <grace@navy.example>').waitFor();

    await page.getByText('2 mails in this conversation').waitFor();
    const attachment = page.getByRole('link', { name: /bill\.html/ });
    const answer = await visitor.context.request.get((await attachment.getAttribute('href')) ?? '');
    assert.match(answer.headers()['content-disposition'] ?? '', /^attachment; filename\*=UTF-8''bill\.html$/);
    assert.equal(answer.headers()['content-type'], 'application/octet-stream');
    assert.equal(answer.headers()['x-content-type-options'], 'nosniff');

    await page.getByRole('tab', { name: 'Headers' }).click();
    await page.getByText('<b>bold</b>').waitFor();
    await page.getByRole('tab', { name: 'Source' }).click();
    await page.getByRole('region', { name: 'Source' }).getByText('In-Reply-To: <one@navy.example>').waitFor();
    await page.getByRole('button', { name: /^Authenticity/ }).click();
    await page.getByText('Envelope sender').waitFor();
    await page.keyboard.press('Escape');

    // The page shows it at once, and the server has it a moment later.
    const kept = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.getByPlaceholder('Add a tag').fill('lunch');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /Re: Lunch.*lunch/ }).waitFor();
    assert.equal((await kept).status(), 200);
    const { body } = await mailOf(app).http.get('/api/platform/mail/messages?tag=lunch');
    assert.equal(body.items.length, 1);
  });
});
