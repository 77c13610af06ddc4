/** Menus, the palette and dialogs of the shell by keyboard alone: in, through, out, and back to where one was. */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { seed } from '../support/seed.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('the shell by keyboard', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    const robots = { requestsPerMinute: 0 };
    const mail = { smtp: { port: 0 } };
    app = await startPages({ 'ai-replies': {}, billing: {}, licensing: {}, mail, robots, workflows: {} });
    await seed(app);
    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/people');
  });
  after(async () => {
    await visitor.leave();
    await app.stop();
  });

  it('opens the account menu, goes through it, and comes back to its button', async () => {
    const { page } = visitor;
    const { keyboard } = page;
    const button = page.getByRole('button', { name: /^Account of / });
    const menu = page.getByRole('menu');
    const isOn = (name: string) => page.locator('[role=menuitem]:focus', { hasText: name }).waitFor();
    await button.focus();
    for (const _ of ['loaded when it is asked for', 'and there']) {
      await keyboard.press('Enter');
      await menu.waitFor();
      await menu.locator(':focus').waitFor({ state: 'attached' });
      for (const name of ['Profile and security', 'Keyboard shortcuts', 'Show the API calls']) {
        await keyboard.press('ArrowDown');
        await isOn(name);
      }
      await keyboard.press('End');
      await isOn('Sign out');
      await keyboard.press('Escape');
      await menu.waitFor({ state: 'detached' });
      await page.locator('button[aria-label^="Account of "]:focus').waitFor();
    }
    await keyboard.press('Enter');
    await menu.getByRole('menuitem', { name: 'Keyboard shortcuts' }).press('Enter');
    const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await keys.locator(':focus').waitFor();
    await keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    await page.locator('button[aria-label^="Account of "]:focus').waitFor();
  });

  it('keeps the space that ends a word in a search, however long the next one takes', async () => {
    const { page } = visitor;
    const search = page.getByRole('searchbox').first();
    const asked = (text: string) =>
      page.waitForRequest((request) => [...new URL(request.url()).searchParams.values()].includes(text));
    const first = asked('nobody');
    await search.focus();
    await page.keyboard.type('nobody ');
    await first;
    const second = asked('nobody else');
    await page.keyboard.type('else');
    await second;
    await search.fill('');
  });

  it('leaves the palette by Escape, with something written and without, and has the focus back', async () => {
    const { page } = visitor;
    const find = page.getByRole('dialog').getByRole('textbox', { name: 'Find' });
    const filter = page.getByRole('searchbox').first();
    for (const text of ['', 'peop']) {
      await filter.focus();
      await page.keyboard.press('Control+k');
      await find.waitFor();
      await page.getByRole('dialog').locator('input:focus').waitFor();
      await page.keyboard.type(text);
      await page
        .getByRole('option', { name: /^People/ })
        .first()
        .waitFor();
      if (text !== '') await visitor.assertAccessible();
      await page.keyboard.press('Escape');
      await find.waitFor({ state: 'detached' });
      await page.locator('input[type=search]:focus').waitFor();
    }
  });

  it('loses nothing that is typed while the palette is still being loaded, and says that it searches', async () => {
    const { page } = visitor;
    await visitor.open('/settings/people');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('zzap');
    const find = page.getByRole('dialog').getByRole('textbox', { name: 'Find' });
    await find.waitFor();
    assert.equal(await find.inputValue(), 'zzap');
    await page.getByText('Searching …').waitFor();
    await page.getByText('No results').waitFor();
    await page.keyboard.press('Escape');
    await find.waitFor({ state: 'detached' });
  });

  it('finds people, mail, licences, workflows and guides, with the first row chosen whatever comes later', async () => {
    const { page } = visitor;
    await page.keyboard.press('Control+k');
    const find = page.getByRole('dialog').getByRole('textbox', { name: 'Find' });
    const rows = page.getByRole('dialog').getByRole('option');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const isFirst = async (text: string, name: RegExp) => {
      await find.fill(text);
      await rows.first().filter({ hasText: name }).waitFor();
      await page.locator('[role=dialog] [role=option][data-combobox-selected]').filter({ hasText: name }).waitFor();
    };
    await isFirst('ada', /^AdaContacts/);
    await rows.filter({ hasText: /^AdaConversations.*Where is my parcel/ }).waitFor();
    await rows.filter({ hasText: /^Your codeReceived/ }).waitFor();
    assert.equal(await rows.filter({ hasText: 'metadata' }).count(), 0);
    await visitor.assertAccessible();
    await isFirst('LIC-', /^customer@example.com/);
    await isFirst('customer@', /LIC-/);
    await isFirst('greet', /^greeting/);
    await isFirst('people', /^PeopleSettings/);
    await isFirst('how do I set up DKIM', /^Mail domains/);
    await rows.filter({ hasText: /^DNS records: SPF, DKIM/ }).waitFor();
    await find.fill('zzzz');
    await page.getByText('Type the beginning of a name, a subject, an id or a page.').waitFor();

    // Only when somebody stops writing.
    await find.fill('');
    const gree = page.waitForRequest(/=gree(&|$)/);
    await find.pressSequentially('gree');
    await gree;
    assert.equal(asked.filter((url) => /=gre?(&|$)/.test(url)).length, 0);
    await isFirst('ada', /^AdaContacts/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/inbox\?conversation=/);
  });

  it('begins at the top of a document, and at the heading of the pages after it', async () => {
    const { page } = visitor;
    await visitor.open('/settings/people');
    await page.keyboard.press('Tab');
    await page.locator('.skip-link:focus').waitFor();
    await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Audit log' }).press('Enter');
    await visitor.sees('Audit log');
    await page.evaluate('document.activeElement.blur()');
    await visitor.go('/settings/people');
    await page.locator('h1:focus').waitFor();
  });

  it('selects a row by its checkbox, which Tab reaches', async () => {
    const { page } = visitor;
    await visitor.open('/sales/licences');
    await page.getByRole('row').filter({ hasText: 'customer@example.com' }).focus();
    await page.keyboard.press('Tab');
    await page.getByRole('gridcell').getByRole('checkbox').first().press('Space');
    await page.locator('[role=row][aria-selected=true] [role=gridcell] input:focus').waitFor();
  });

  it('shows in the menu where one is, however long it is', async () => {
    const { page } = visitor;
    await page.setViewportSize({ width: 1280, height: 400 });
    await visitor.open('/settings/people');
    const here = page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'People' });
    await here.waitFor();
    const { y = 0, height = 0 } = (await here.boundingBox()) ?? {};
    assert.ok(y > 0 && y + height <= 400, `at ${y}`);
  });

  it('gives the focus back when a form is closed', async () => {
    const { page } = visitor;
    await page.getByRole('gridcell').getByRole('link').first().press('Enter');
    await page.getByRole('button', { name: 'Edit' }).press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.locator(':focus').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.locator('button:focus', { hasText: 'Edit' }).waitFor();
  });
});
