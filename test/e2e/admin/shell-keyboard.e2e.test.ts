/** Menus, the palette and dialogs of the shell by keyboard alone: in, through, out, and back to where one was. */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('the shell by keyboard', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ billing: {} });
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
