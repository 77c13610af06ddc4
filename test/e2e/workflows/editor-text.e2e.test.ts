/** The text side of the editor: what it offers while one writes, long workflows, and versions beside what is written. */
import assert from 'node:assert/strict';
import { ADMIN, type Person, signIn } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';
import { type EditorPage, editorPage } from './editor-page.ts';
import { publish } from './support.ts';

const MANY = 320;

describe('the text of a workflow in its editor', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let admin: Person;
  let visitor: Visitor;
  let editor: EditorPage;
  before(async () => {
    app = await startPages({ workflows: {} });
    admin = await signIn(app, ADMIN.email, ADMIN.password);
  });
  after(() => app.stop());
  beforeEach(async () => {
    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    visitor.page.on('dialog', (dialog) => void dialog.accept());
    editor = editorPage(visitor.page);
  });
  afterEach(() => visitor.leave());

  it('offers keys and functions, and says what they mean', async () => {
    await publish(admin, 'offers', 'do:\n- first: { set: { a: 1 } }\n');
    const { page } = visitor;
    await visitor.open('/automations/workflows/test/offers/edit');
    await editor.show('Text');
    await editor.text.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('- second:\n');
    await page.keyboard.press('Control+a');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.type('    ca');
    const offers = page.getByRole('listbox', { name: 'Completions' });
    await offers.getByRole('option', { name: /^call/ }).click();
    await page.keyboard.type('workflows.sta');
    await offers.getByRole('option', { name: /workflows\.start/ }).click();
    await editor.until((text) => text.includes('call: workflows.start'));
    await page.keyboard.press('Escape');
    await editor.text.getByText('workflows.start').hover();
    await page.getByRole('tooltip').or(page.locator('.cm-said')).first().waitFor();
  });

  it('has the history of the graph when somebody first looks at it', async () => {
    await publish(admin, 'history', 'do:\n- first: { set: { a: 1 } }\n- last: { set: { b: 2 } }\n');
    const { page } = visitor;
    await visitor.open('/automations/workflows/test/history/edit');
    await editor.choose('last');
    await page.getByRole('button', { name: 'Move up' }).click();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await page.getByRole('button', { name: 'Redo', exact: true }).click();
    await page.getByRole('button', { name: 'Undo', exact: true }).and(page.locator(':enabled')).waitFor();
    assert.equal(await page.locator('.cm-editor').count(), 0, 'nobody has looked at the text yet');
    await editor.show('Text');
    await editor.until((text) => text.indexOf('- last:') < text.indexOf('- first:'));
    await editor.text.focus();
    await page.keyboard.press('Control+z');
    await editor.until((text) => text.indexOf('- first:') < text.indexOf('- last:'));
    await page.keyboard.press('Control+Shift+z');
    await editor.until((text) => text.indexOf('- last:') < text.indexOf('- first:'));
  });

  it('is read by a worker when it is long, and the graph follows', async () => {
    const tasks = Array.from({ length: MANY }, (_, number) => `- task-${number}: { set: { step: ${number} } }`);
    await publish(admin, 'long', `do:\n${tasks.join('\n')}\n`);
    const { page } = visitor;
    const began = new Promise<string>((resolve) => page.once('worker', (worker) => resolve(worker.url())));
    await visitor.open('/automations/workflows/test/long/edit');
    await editor.show('Text');
    await editor.text.click();
    await page.keyboard.press('Control+Home');
    for (let line = 0; line < 5; line += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.insertText('\n- newcomer: { set: { a: 1 } }');
    await editor.show('Graph');
    await editor.task('newcomer').waitFor();
    assert.match(await began, /parse-worker/);
    await editor.choose('task-1');
    await page.getByRole('button', { name: 'Move down' }).click();
    await editor.until((text) => text.indexOf('- task-2:') < text.indexOf('- task-1:'));
    await page.getByRole('button', { name: 'Undo' }).click();
    await editor.until((text) => text.indexOf('- task-1:') < text.indexOf('- task-2:'));
  });

  it('is compared with versions, of which one can be taken back', async () => {
    await publish(admin, 'versions', 'do: [ { say: { set: { text: hello } } } ]\n');
    await publish(admin, 'versions', 'do: [ { say: { set: { text: good day } } } ]\n', '1.1.0');
    const { page } = visitor;
    await visitor.open('/automations/workflows/test/versions/edit');
    await editor.ready();
    await page.getByRole('button', { name: 'Versions' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('combobox').first().click();
    await page.getByRole('option', { name: '1.0.0' }).click();
    await dialog.getByText('hello').first().waitFor();
    await dialog.getByText('good day').first().waitFor();
    await visitor.assertAccessible();
    await dialog.getByRole('button').last().click();
    await dialog.waitFor({ state: 'hidden' });
    const text = await editor.until((now) => now.includes('hello'));
    assert.ok(!text.includes('good day'));
  });
});
