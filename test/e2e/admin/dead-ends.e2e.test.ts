/** Where a page would end: an address that is none, a record that is not there, a dialog that is left with something in it. */
import assert from 'node:assert/strict';
import { confirmAddress, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('a page', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ licensing: {} });
    owner = await register(app, 'olivia');
    await confirmAddress(app, owner);
  });
  after(() => app.stop());
  beforeEach(async () => {
    visitor = await visit(app);
  });
  afterEach(() => visitor.leave());

  it('that there is not says so between menu and search, and to strangers alone', async () => {
    const { page } = visitor;
    await visitor.open('/licencess');
    await visitor.sees('Page not found');
    assert.equal(await page.getByRole('navigation').count(), 0);
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/licencess');
    await visitor.sees('Page not found');
    await page.getByRole('button', { name: /^Find/ }).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('navigation').getByRole('link', { name: 'Sales' }).click();
    await page.getByRole('link', { name: 'Licences', exact: true }).click();
    await visitor.sees('Licences');
  });

  it('of something that is not there leads back to its list', async () => {
    visitor.expectProblem(/404/);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    for (const [path, list, back] of [
      ['/licences/LIC-NOPE', 'Licences', 'Back to: Licences'],
      ['/users/usr_nobody', 'People', 'Back to: People'],
    ] as const) {
      await visitor.open(path);
      const failure = page.getByRole('alert');
      await failure.getByRole('link', { name: back }).waitFor();
      assert.equal(await failure.getByRole('button', { name: 'Try again' }).count(), 0);
      await failure.getByRole('link', { name: back }).click();
      await visitor.sees(list);
    }
  });

  it('does not lose what was written in a dialog without asking', async () => {
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/invitations');
    const dialog = page.getByRole('dialog');
    const open = async () => {
      await page.getByRole('button', { name: 'Invite someone' }).first().click();
      await dialog.getByLabel('E-mail address').waitFor();
    };
    const question = dialog.getByText('Your changes are not saved.');
    await open();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await open();
    await dialog.getByLabel('E-mail address').fill('bob@example.org');
    await page.keyboard.press('Escape');
    await question.waitFor();
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Keep writing' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal(await dialog.getByLabel('E-mail address').inputValue(), 'bob@example.org');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await question.waitFor();
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await dialog.waitFor({ state: 'detached' });
  });
});
