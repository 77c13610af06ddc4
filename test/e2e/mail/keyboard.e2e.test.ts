/** The reader by keyboard alone: through the list, into a mail and back, reading, deleting, finding, answering. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { mailOf, plainMail } from '#test/support/mail.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('the reader by keyboard', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ mail: { smtp: { port: 0 } } });
    const { deliver, http } = mailOf(app);
    await http.post('/api/create', { local: 'ada' });
    for (const subject of ['First', 'Second', 'Third']) await deliver(plainMail(subject));
    await app.services.mailParseLoop.idle();
  });
  after(() => app.stop());
  beforeEach(async () => {
    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/mail');
    await mail(visitor.page, 'Third').waitFor();
  });
  afterEach(() => visitor.leave());

  it('goes through the list, opens a mail, and comes back to where it was', async () => {
    const { page } = visitor;
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await isFocused(page, 'Second');
    await pressUntil(page, 'Enter', () => opened(page, 'Second').waitFor({ timeout: PATIENCE_MS }));
    await page.keyboard.press('j');
    await opened(page, 'First').waitFor();
    await page.keyboard.press('k');
    await opened(page, 'Second').waitFor();
    await page.keyboard.press('u');
    await opened(page, 'Second').waitFor({ state: 'detached' });
    await isFocused(page, 'Second');
  });

  it('marks mail as read and as unread, deletes it, and takes that back', async () => {
    const { page } = visitor;
    await page.keyboard.press('j');
    await isFocused(page, 'Third');
    const isNew = page.getByRole('link', { name: /Third/ }).getByText('New', { exact: true });
    await pressUntil(page, 'e', () => isNew.waitFor({ state: 'detached', timeout: PATIENCE_MS }));
    await page.keyboard.press('e');
    await page.getByRole('link', { name: /Third/ }).getByText('New', { exact: true }).waitFor();
    await page.keyboard.press('#');
    await mail(page, 'Third').waitFor({ state: 'detached' });
    await isFocused(page, 'Second');
    await page.getByRole('button', { name: 'Undo' }).focus();
    await page.keyboard.press('Enter');
    await mail(page, 'Third').waitFor();
  });

  it('finds mail, answers it, and says which keys there are', async () => {
    const { page } = visitor;
    await page.keyboard.press('/');
    await page.locator('input[type=search]:focus').waitFor();
    await page.keyboard.type('first');
    await mail(page, 'Third').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await keys.getByText('Mark as read, or as unread').waitFor();
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    await page.keyboard.press('r');
    await page.getByRole('heading', { name: 'Reply', level: 1 }).waitFor();
    // One writes at once, above what is answered.
    const text = page.getByRole('textbox', { name: 'Text' });
    await text.and(page.locator(':focus')).waitFor();
    await page.keyboard.type('Thank you');
    assert.match(await text.inputValue(), /^Thank you\n/);
    assert.equal(await page.getByLabel('Subject').inputValue(), 'Re: First');
    assert.match(await page.getByLabel('Text').inputValue(), /shop@sender\.example wrote:\n> Text\./);
  });
});

function mail(page: Page, subject: string) {
  return page.getByRole('link', { name: new RegExp(subject) });
}

function opened(page: Page, subject: string) {
  return page.getByRole('heading', { name: subject, level: 2 });
}

async function isFocused(page: Page, subject: string): Promise<void> {
  await page.locator('a:focus', { hasText: subject }).waitFor();
}

const PATIENCE_MS = 4_000;
const MOST_TRIES = 3;

/** As people do with a page that has just appeared on a busy machine: when nothing comes of a key, it is pressed again. */
async function pressUntil(page: Page, key: string, came: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    await page.keyboard.press(key);
    try {
      return await came();
    } catch (error) {
      if (tries === MOST_TRIES) throw error;
    }
  }
}
