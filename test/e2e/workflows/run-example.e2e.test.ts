/** A first workflow: an example is published, run with a form for its input, and watched while it runs. */
import assert from 'node:assert/strict';
import { addMember, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('running an example', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ workflows: {} });
    owner = await register(app);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('leads from the empty list to a finished execution, live', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/automations/workflows');
    await page.getByRole('link', { name: 'Begin with an example' }).click();
    await page.getByRole('heading', { name: 'Hello', exact: true }).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Publish and run: Hello' }).click();

    const dialog = page.getByRole('dialog', { name: 'Run hello' });
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await dialog.getByText('This is required').waitFor();
    await dialog.getByLabel('Name').fill('Ada');
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();

    await page.waitForURL(/\/automations\/runs\//);
    const graph = page.getByRole('group', { name: 'Graph of the steps' });
    await graph.getByRole('button', { name: /^pause.*Waiting/ }).waitFor();
    await page.getByText(/^until/).waitFor();
    await visitor.assertAccessible();
    await app.clock.advance(1_000);
    await graph.getByRole('button', { name: /^greet.*Completed/ }).waitFor();
    await graph.getByRole('button', { name: /^greet/ }).click();
    await page.getByRole('region', { name: 'greet' }).getByText('Hello Ada!').waitFor();
    await page.waitForURL(/task=/);
  });

  it('publishes a draft from its page and in the editor, and says what it still needs', async () => {
    const draft = async (name: string, task: string) => {
      const definition = `document: { dsl: '1.0.0', namespace: demo, name: ${name}, version: '1.0.0' }\ndo:\n  - first: ${task}\n`;
      const { status, text } = await owner.http.post('/api/platform/workflows', { definition, draft: true });
      assert.equal(status, 201, text);
    };
    await draft('ready', '{ set: { done: true } }');
    await draft('written', '{ set: { done: true } }');
    await draft('unready', "{ run: { script: { language: js, code: '' } } }");
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/automations/workflows/demo/ready');
    await page.getByRole('button', { name: 'Publish and run' }).click();
    await page.getByRole('dialog', { name: 'Run ready' }).waitFor();
    await page.keyboard.press('Escape');
    // Who comes to run one is asked about it first.
    await draft('asked', '{ set: { done: true } }');
    await visitor.open('/automations/workflows/demo/asked?run=1');
    await page.getByRole('dialog').getByText('This workflow is a draft.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Publish and run' }).click();
    await page.getByRole('dialog', { name: 'Run asked' }).getByText('Reference').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
    await visitor.assertAccessible();

    await visitor.open('/automations/workflows/demo/written/edit');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('written 1.0.0 is published').waitFor();
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();

    await visitor.open('/automations/workflows/demo/unready');
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText(/Step “first” is not ready: fill in/).waitFor();
    await page.waitForURL(/unready\/edit/);
  });

  it('reads on a telephone, as a list, in Chinese and in the dark', async () => {
    visitor = await visit(app, { language: 'zh', scheme: 'dark', width: 'phone' });
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/automations/workflows');
    await page.getByRole('grid', { name: '工作流' }).getByText('已完成').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('link', { name: 'hello' }).click();
    await page.getByRole('heading', { level: 1, name: 'hello' }).waitFor();
    await page.getByText('列表').click();
    await page.getByRole('button', { name: /pause/ }).waitFor();
    await visitor.assertAccessible();
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    assert.equal(wide, false, 'nothing is wider than the screen');
  });

  it('shows members what they may use and nothing else', async () => {
    const member = await addMember(app, owner, 'member');
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(member.email, member.password);
    await visitor.open('/automations/approvals');
    await page.getByText('Nothing waits for you').waitFor();
    const menu = page.getByRole('navigation');
    await menu.getByRole('link', { name: 'Approvals', exact: true }).first().waitFor();
    for (const name of ['Workflows', 'Runs', 'Secrets'])
      assert.equal(await menu.getByRole('link', { name, exact: true }).count(), 0, name);
  });
});
