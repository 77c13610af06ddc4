/** What stands around executions: secrets, that nobody reads again, and versions, that are compared and made active. */
import assert from 'node:assert/strict';
import { type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';
import { publish } from './support.ts';

const SECRET = 'a very secret text';

describe('secrets and versions of workflows', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ workflows: {} });
    owner = await register(app);
  });
  after(() => app.stop());
  beforeEach(async () => {
    visitor = await visit(app);
    await visitor.signIn(owner.email, owner.password);
  });
  afterEach(() => visitor.leave());

  it('sets, replaces and deletes a secret, and undoes nobody else’s work', async () => {
    const { page } = visitor;
    await visitor.open('/automations/secrets');
    const add = async () => {
      await page.getByRole('button', { name: 'Add a secret' }).first().click();
      const dialog = page.getByRole('dialog', { name: 'Add a secret' });
      await dialog.getByLabel('Name').fill('payments');
      await dialog.getByLabel('Value', { exact: false }).last().fill(SECRET);
      return dialog;
    };
    const dialog = await add();
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('grid').getByText('payments', { exact: true }).waitFor();
    assert.ok(!(await page.content()).includes(SECRET));

    visitor.expectProblem(/412/);
    const again = await add();
    await again.getByRole('button', { name: 'Save' }).click();
    await again.getByText(/There is one of this name already/).waitFor();
    await again.getByRole('button', { name: 'Cancel' }).click();

    await page.getByRole('button', { name: 'Replace payments' }).click();
    const replace = page.getByRole('dialog', { name: 'A new value for payments' });
    await owner.http.put('/api/platform/workflow-secrets/payments', { value: 'by somebody else' });
    await replace.getByLabel('Value', { exact: false }).last().fill('mine');
    await replace.getByRole('button', { name: 'Save' }).click();
    await replace.getByText(/^Value is now: another one, set /).waitFor();
    assert.match(await replace.getByLabel('Value', { exact: false }).last().inputValue(), /^mine$/);
    await replace.getByRole('button', { name: 'Save' }).click();
    await replace.waitFor({ state: 'hidden' });
    await page.getByText('payments is set').last().waitFor();

    await page.getByRole('button', { name: 'Delete payments' }).click();
    const sure = page.getByRole('dialog', { name: 'Delete payments?' });
    await sure.getByRole('textbox').fill('payments');
    await sure.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There are no secrets yet').waitFor();
  });

  it('compares versions, makes the former one active, and takes that back', async () => {
    await publish(owner, 'greet', 'do: [ { say: { set: { text: hello } } } ]');
    await publish(owner, 'greet', 'do: [ { say: { set: { text: good day } } } ]', '1.1.0');
    const { page } = visitor;
    await visitor.open('/automations/workflows/test/greet?tab=versions');
    const difference = page.getByRole('textbox', { name: 'What 1.1.0 changes in 1.0.0' });
    await difference.getByText('good day').waitFor();
    await difference.getByText('hello').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Make 1.0.0 active' }).click();
    await page.getByRole('button', { name: 'Make 1.1.0 active' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Make 1.0.0 active' }).waitFor();
  });

  it('pauses a workflow, finds it by ⌘K, and deletes it by its name', async () => {
    await publish(owner, 'daily', 'schedule: { every: { days: 1 } }\ndo: [ { say: { set: { text: hello } } } ]');
    const { page } = visitor;
    await visitor.open('/automations/workflows');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').getByRole('textbox').fill('dail');
    await page.getByRole('option', { name: /daily/ }).click();
    await page.getByRole('heading', { level: 1, name: 'daily' }).waitFor();
    await page.getByText('1 days').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Activate' }).waitFor();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    const sure = page.getByRole('dialog', { name: 'Delete daily?' });
    await sure.getByRole('textbox').fill('daily');
    await sure.getByRole('button', { name: 'Delete' }).click();
    await page.waitForURL('**/automations/workflows');
    assert.equal((await owner.http.get('/api/platform/workflows/test/daily')).status, 404);
  });

  it('imports definitions, and says where a wrong one is wrong', async () => {
    const { page } = visitor;
    await visitor.open('/automations/workflows');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Import' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import' });
    const text = (kind: string) =>
      `document: { dsl: '1.0.0', namespace: test, name: taken, version: '1.0.0' }\ndo:\n- say: { ${kind}: { a: 1 } }\n`;
    await dialog.getByLabel('Definitions').fill(text('sett'));
    await dialog.getByRole('button', { name: 'Import' }).click();
    await dialog.getByText(/Definition 1: line 3/).waitFor();
    visitor.expectProblem(/422/);
    await visitor.assertAccessible();
    await dialog.getByLabel('Definitions').fill(text('set'));
    await dialog.getByRole('button', { name: 'Import' }).click();
    await page.getByText('1 workflow was published').waitFor();
    await page.getByRole('grid').getByRole('link', { name: 'taken' }).waitFor();
  });
});
