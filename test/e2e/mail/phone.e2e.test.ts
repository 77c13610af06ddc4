/** The reader on a telephone: one pane at a time, and the list where it was on return. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { mailOf, plainMail } from '#test/support/mail.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const MAILS = 40;

describe('the reader on a telephone', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ mail: { smtp: { port: 0 } } });
    const { deliver, http } = mailOf(app);
    await http.post('/api/create', { local: 'ada' });
    for (let n = 1; n <= MAILS; n++) await deliver(plainMail(`Letter ${n}.`));
    await app.services.mailParseLoop.idle();
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('shows the list or the mail, and the list where it was', async () => {
    visitor = await visit(app, { width: 'phone', language: 'zh', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail');
    await visitor.sees('收到的邮件');
    const row = page.getByRole('link', { name: /Letter 12\./ });
    while (!(await row.isVisible())) await scrolled(page);
    await row.scrollIntoViewIfNeeded();
    const before = await row.boundingBox();
    await row.tap();
    await page.getByRole('heading', { name: 'Letter 12.', level: 2 }).waitFor();
    await row.waitFor({ state: 'hidden' });
    await visitor.assertAccessible();
    const text = await page.getByRole('tabpanel').boundingBox();
    assert.ok((text?.y ?? 999) < 400, `the mail begins at ${text?.y}`);
    assert.ok(await page.getByPlaceholder('添加标签').isHidden());
    await page.getByRole('button', { name: '返回列表' }).tap();
    await row.waitFor();
    assert.ok(Math.abs(((await row.boundingBox())?.y ?? 0) - (before?.y ?? -99)) < 4, 'the list stays where it was');
    // The way back of the telephone leads to the mail again, and no further.
    await page.getByRole('combobox', { name: '文件夹和邮箱' }).tap();
    await page.getByRole('option', { name: '隔离区' }).tap();
    await page.getByText('没有被拦下的邮件').waitFor();
    await visitor.assertAccessible();
  });

  it('shows when mail was sent, and its filters when they are asked for', async () => {
    const body = { from: 'ada@example.com', to: ['bo@example.org'], subject: 'Hello', text: 'Hello' };
    assert.equal((await mailOf(app).http.post('/api/platform/mail/sent', body)).status, 201);
    visitor = await visit(app, { width: 'phone' });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail/sent');
    await page
      .getByRole('row', { name: /Hello/ })
      .getByText(/ago|now/)
      .waitFor();
    const status = page.getByRole('combobox', { name: 'Status' });
    assert.ok(await status.isHidden());
    await page.getByRole('button', { name: 'Filters' }).tap();
    await status.waitFor();
    await visitor.assertAccessible();
  });
});

/** A swipe: the list draws what is on the screen alone, a frame later. */
async function scrolled(page: Page): Promise<void> {
  await page.locator('ul:has(> [data-index])').evaluate((list) => list.parentElement?.scrollBy(0, 300));
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
}
