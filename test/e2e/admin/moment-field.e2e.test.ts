/** Days and times in the reader's own form: written, and chosen in a calendar by keys alone. */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('a field for a day and a time', function () {
  this.timeout(180_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ mail: { smtp: { port: 0 } }, workflows: {} });
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('takes what the reader writes, and a day of the calendar by keys', async () => {
    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/audit');
    const { page } = visitor;
    const from = page.getByRole('textbox', { name: 'When: from' });
    await from.fill('26/11/2026 22:45');
    await page.waitForURL((url) => url.searchParams.get('created_at_from') === '2026-11-26T21:45:00.000Z');
    assert.equal(await from.getAttribute('title'), 'Time zone: Europe/Berlin.');
    await from.press('Alt+ArrowDown');
    const calendar = page.getByRole('dialog', { name: 'Calendar' });
    await calendar.getByRole('button', { name: '26 November 2026' }).waitFor();
    await visitor.assertAccessible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('Enter');
    await calendar.waitFor({ state: 'detached' });
    assert.equal(await from.inputValue(), '03/01/2027, 22:45');
    assert.equal(await page.evaluate(`document.activeElement.getAttribute('aria-label')`), 'When: from');
    await from.fill('31/04/2026, 10:00');
    await from.press('Tab');
    await page.getByText('Write the day and the time, for example 31/12/2026, 17:30.').waitFor();
  });

  it('has the form of Chinese readers, on a telephone', async () => {
    visitor = await visit(app, { language: 'zh', width: 'phone', scheme: 'dark' });
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/audit?created_at_from=2026-11-26T21:45:00.000Z');
    assert.equal(await visitor.page.getByRole('textbox', { name: '从' }).inputValue(), '2026/11/26 22:45');
    await visitor.assertAccessible();
  });
});
