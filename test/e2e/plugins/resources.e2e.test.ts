/** The page of a resource, as the docs show it: made of the document, with its bounds, its refusals and its versions. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Person, register } from '#test/support/accounts.ts';
import { patchbay } from '#test/support/command-line.ts';
import { followGuide } from '#test/support/guide-files.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const PATH = '/api/platform/sample/suppliers';

describe('the page of a resource', function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-resource-pages-'));
  let app: TestPlatform;
  let person: Person;
  let visitor: Visitor;
  before(async () => {
    await succeeds(['new-plugin', 'sample', '--ui', '--folder', folder]);
    followGuide('plugin-resources.md', join(folder, 'sample'));
    await succeeds(['build-pages', join(folder, 'sample')]);
    app = await startPages({ [join(folder, 'sample')]: {} });
  });
  after(() => app.stop());
  beforeEach(async () => {
    person = await register(app);
    visitor = await visit(app);
    await visitor.signIn(person.email, person.password);
    await visitor.open('/');
    await visitor.page.getByRole('link', { name: 'Automations' }).first().click();
    await visitor.page.getByRole('link', { name: 'Suppliers' }).first().click();
    await visitor.sees('Suppliers');
  });
  afterEach(() => visitor.leave());

  const field = (name: string) => visitor.page.getByRole('dialog').getByRole('textbox', { name });
  const press = (name: string) => visitor.page.getByRole('button', { name, exact: true }).click();

  it('adds one, says what is wrong at its field, and what the server refuses', async () => {
    const { page } = visitor;
    await page.getByText('No suppliers yet').waitFor();
    await page.getByRole('button', { name: 'New supplier' }).first().click();
    await field('Name').fill('Mill');
    await press('Save');
    await page.getByRole('button', { name: 'Mill' }).waitFor();
    assert.deepEqual(
      (await person.http.get(PATH)).body.items.map(({ name, days }: any) => [name, days]),
      [['Mill', 30]],
    );
    await page.getByRole('button', { name: 'New supplier' }).first().click();
    await field('Name').fill('x'.repeat(101));
    await press('Save');
    await page.getByText(/At most 100 characters/i).waitFor();
    await field('Name').fill('Mill');
    await press('Save');
    await page.getByRole('alert').filter({ hasText: 'There is a supplier of this name already' }).waitFor();
    visitor.expectProblem(/status of (409|422)/);
    await visitor.assertAccessible();
  });

  it('shows what somebody else has changed, keeps what was written, and saves at the second press', async () => {
    const { page } = visitor;
    const { id } = (await person.http.post(PATH, { name: 'Dairy' })).body;
    await page.reload();
    await page.getByRole('button', { name: 'Dairy' }).click();
    await person.http.patch(`${PATH}/${id}`, { days: 7 });
    await field('Name').fill('Creamery');
    await press('Save');
    await page.getByText('Days to pay is now: 7').waitFor();
    await press('Save');
    await page.getByRole('button', { name: 'Creamery' }).waitFor();
    const [kept] = (await person.http.get(PATH)).body.items;
    assert.deepEqual([kept.name, kept.days], ['Creamery', 7]);
    visitor.expectProblem(/status of 412/);
  });

  it('sends what was emptied, and says at the field that it may not be', async () => {
    const { page } = visitor;
    await person.http.post(PATH, { name: 'Bakery' });
    await page.reload();
    await page.getByRole('button', { name: 'Bakery' }).click();
    await field('Name').fill('');
    await press('Save');
    await page.getByText('At least 1 characters').waitFor();
    assert.equal((await person.http.get(PATH)).body.items[0].name, 'Bakery');
    visitor.expectProblem(/status of 422/);
  });

  it('deletes those that are chosen, after asking', async () => {
    const { page } = visitor;
    for (const name of ['One', 'Two']) await person.http.post(PATH, { name });
    await page.reload();
    await page.getByRole('checkbox', { name: /all/i }).first().check();
    await press('Delete');
    await page.getByText('Delete 2 of them?').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No suppliers yet').waitFor();
    assert.deepEqual((await person.http.get(PATH)).body.items, []);
  });
});

async function succeeds(args: string[]): Promise<void> {
  const { code, out, err } = await patchbay(args);
  assert.equal(code, 0, out + err);
}
