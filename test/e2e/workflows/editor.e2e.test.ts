/** Writing workflows: by buttons and forms, in the text, by keyboard, and beside somebody else. */
import assert from 'node:assert/strict';
import { ADMIN, type Person, signIn } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, type VisitorOptions, visit } from '../support/visitor.ts';
import { type EditorPage, editorPage } from './editor-page.ts';

const DISCOUNT = `# A discount for friends
document: { dsl: '1.0.0', namespace: shop, name: discount, version: '1.0.0' }
do:
# The price without tax
- net:
    set: { net: '\${ .gross / 1.2 }', who: '\${ .name }' }   # both are kept

# Ten percent
- cut:
    set:
      price: \${ .net * 0.9 }
`;

describe('the editor of workflows', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let visitor: Visitor;
  let api: Person['http'];
  let editor: EditorPage;
  before(async () => {
    app = await startPages({ workflows: {} });
    api = (await signIn(app, ADMIN.email, ADMIN.password)).http;
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  async function publish(name: string, text = DISCOUNT): Promise<string> {
    const definition = text.replace('name: discount', `name: ${name}`);
    const answer = await api.post('/api/platform/workflows', { definition });
    assert.equal(answer.status, 201, answer.text);
    return definition;
  }

  async function open(path: string, options: VisitorOptions = {}, label?: string): Promise<void> {
    visitor = await visit(app, options);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open(path);
    editor = editorPage(visitor.page, label);
  }

  it('builds a workflow by buttons and forms alone, and runs it', async () => {
    await open('/automations/workflows/new');
    const { page } = visitor;
    await editor.ready();
    await visitor.assertAccessible();
    await page.getByRole('textbox', { name: 'Name of the workflow' }).fill('greet');
    await page.getByRole('tab', { name: 'Workflow' }).click();
    await page.getByRole('textbox', { name: 'Namespace' }).fill('shop');
    // Nothing that does nothing stands in it, and nothing is published that does nothing.
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('There is nothing to do yet', { exact: false }).waitFor();
    await editor.insert('Insert a step at the beginning', 'Set data');
    await page.getByRole('textbox', { name: 'Name of the step' }).fill('say');
    await page.keyboard.press('Tab');
    await editor.task('say').waitFor();
    await page.getByRole('textbox', { name: 'name', exact: true }).fill('Ada');
    await editor.until((text) => /- say:\n\s+set:\n\s+name: Ada/.test(text));
    const wrap = page.getByRole('button', { name: 'Wrap' });
    await wrap.press('Enter');
    await page.getByRole('menuitem', { name: 'Put in a group' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    assert.ok(await wrap.evaluate((button) => button.matches(':focus')), 'who leaves the menu is at its button');
    await wrap.click();
    await page.getByRole('menuitem', { name: 'Put in a group' }).click();
    await editor.task('do-say').waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Run' }).click();
    await page.waitForURL(/\/automations\/runs\//);
    await page.getByText('Completed').first().waitFor();
  });

  it('publishes nothing while a step lacks what it needs: the step is opened, and the field named', async () => {
    await publish('unready');
    await open('/automations/workflows/shop/unready/edit');
    const { page } = visitor;
    await editor.insert('Insert a step after “cut”', 'Ask for approval');
    await editor.choose('net');
    await page.getByRole('tab', { name: 'Order' }).click();
    await page.getByRole('button', { name: 'Publish' }).click();
    const asked = /^Step “.*” is not ready: fill in “/;
    await page.getByText(asked).first().waitFor();
    const to = page.getByRole('textbox', { name: 'Approver (mail address)' });
    await to.and(page.locator('[aria-invalid=true]')).waitFor();
    assert.equal((await api.get('/api/platform/workflows/shop/unready/versions')).body.items.length, 1);
    await page.getByRole('button', { name: asked }).first().waitFor();
    // What is filled in is asked for no more.
    await to.fill('boss@example.com');
    await page.getByRole('button', { name: asked }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Publish' }).click();
    await page
      .getByText(/is published/)
      .first()
      .waitFor();
  });

  it('keeps comments, and undoes what was done in the text, the graph and the forms in one line', async () => {
    const before = await publish('one-history');
    await open('/automations/workflows/shop/one-history/edit');
    const { page } = visitor;
    await editor.choose('net');
    await page.getByRole('button', { name: 'Move down' }).click();
    const moved = await editor.until((text) => text.indexOf('- cut:') < text.indexOf('- net:'));
    assert.match(moved, /# The price without tax\n- net:\n {4}set: \{ net: .* \} {3}# both are kept/);
    await page.getByRole('textbox', { name: 'who', exact: false }).first().waitFor();
    await page.getByRole('button', { name: 'Duplicate' }).click();
    await editor.task('net-2').waitFor();
    await editor.show('Text');
    await editor.text.click();
    await page.keyboard.press('Control+End');
    // At once: what is typed slowly is undone in several steps.
    await page.keyboard.insertText('# the end');
    assert.equal(
      (await editor.until((text) => text.includes('# the end'))).match(/# The price without tax/g)?.length,
      2,
    );
    for (let step = 0; step < 3; step += 1) await page.getByRole('button', { name: 'Undo' }).click();
    await editor.until((text) => `${text.trimEnd()}\n` === before);
    await page.getByRole('button', { name: 'Redo' }).click();
    await editor.until((text) => text.indexOf('- cut:') < text.indexOf('- net:'));
    await page.getByRole('button', { name: 'Undo' }).click();
  });

  it('chooses in the text what is chosen in the graph, and the other way round', async () => {
    await publish('selection');
    await open('/automations/workflows/shop/selection/edit');
    const { page } = visitor;
    await editor.show('Text');
    await editor.text.getByText('cut', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Name of the step' }).and(page.locator('[value=cut]')).waitFor();
    await page.getByRole('tab', { name: 'Order' }).focus();
    await editor.show('Graph');
    await editor.choose('net');
    await page.getByRole('textbox', { name: 'Name of the step' }).and(page.locator('[value=net]')).waitFor();
    await page.getByRole('tab', { name: 'Order' }).click();
    const order = page.getByRole('list', { name: 'Steps of this list' });
    await order.getByText('cut').dragTo(order.getByText('net'), { targetPosition: { x: 5, y: 2 } });
    await editor.until((text) => text.indexOf('- cut:') < text.indexOf('- net:'));
    await page.getByRole('button', { name: 'Undo' }).click();
  });

  it('marks every mistake where it is, and waits while the text cannot be read', async () => {
    await publish('marks');
    await open('/automations/workflows/shop/marks/edit');
    const { page } = visitor;
    await editor.show('Text');
    await editor.text.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('- wrong: { sett: {} }');
    await page.getByRole('button', { name: /^Line \d+: .*sett/ }).waitFor();
    await editor.show('Graph');
    await editor.task('wrong').waitFor();
    // What is wrong leads to its place in the text, from wherever one is.
    await page.getByRole('button', { name: /^Line \d+: .*sett/ }).click();
    await editor.text.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\n  }');
    await page.getByText('The text cannot be read at the moment', { exact: false }).waitFor();
    await editor.show('Graph');
    await page.getByRole('textbox', { name: 'Name of the step', disabled: true }).waitFor();
    await editor.task('net').waitFor();
    await visitor.assertAccessible();
    page.on('dialog', (dialog) => void dialog.accept());
  });

  it('keeps a draft in the browser, and asks before anything unsaved is left', async () => {
    await publish('drafts');
    await open('/automations/workflows/shop/drafts/edit');
    const { page } = visitor;
    await editor.show('Text');
    await editor.text.click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('# mine');
    const asked = new Promise<string>((resolve) =>
      page.once('dialog', (dialog) => {
        void dialog.dismiss();
        resolve(dialog.message());
      }),
    );
    await page.getByRole('link', { name: 'Workflows' }).first().click();
    assert.match(await asked, /not saved/);
    await page.keyboard.press('Control+s');
    await page.getByText('The draft is kept in this browser').waitFor();
    await page.reload();
    await page.getByText('This is your draft', { exact: false }).waitFor();
    await editor.until((text) => text.includes('# mine'));
    await page.getByRole('button', { name: 'Discard the draft' }).click();
    await editor.until((text) => !text.includes('# mine'));
  });

  it('tries expressions with the context of the last run, and keeps nothing of them', async () => {
    await publish(
      'context',
      `document: { dsl: '1.0.0', namespace: shop, name: discount, version: '1.0.0' }
do:
- first: { set: { seen: 41 }, export: { as: '{ seen: .seen }' } }
- second: { set: { more: '\${ $context.seen + 1 }' } }
`,
    );
    await api.post('/api/platform/workflows/shop/context/executions?wait=10', { input: {} });
    await open('/automations/workflows/shop/context/edit');
    const { page } = visitor;
    await editor.choose('second');
    await page.getByRole('textbox', { name: 'more' }).click();
    await page.getByText('42', { exact: true }).waitFor();
    const { items } = (await api.get('/api/platform/workflows?limit=200')).body;
    assert.deepEqual(
      items.filter(({ name }: { name: string }) => name === 'try-task'),
      [],
    );
  });

  it('never overwrites what somebody else has published meanwhile', async () => {
    const text = await publish('both');
    await open('/automations/workflows/shop/both/edit');
    const { page } = visitor;
    await editor.show('Text');
    await editor.text.click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('# mine\n');
    const theirs = text.replace('# Ten percent', '# Ten percent, says somebody else');
    assert.equal((await api.post('/api/platform/workflows', { definition: theirs })).status, 201);
    visitor.expectProblem(/412/);
    await page.getByRole('button', { name: 'Publish' }).click();
    const dialog = page.getByRole('dialog', { name: 'Someone else published in the meantime' });
    const take = dialog.getByRole('button', { name: 'Take theirs' }).last();
    await take.waitFor();
    // On the light ground of a button nobody reads the white that the text editor gives it.
    const ink = await page.evaluate(`getComputedStyle(document.querySelector('.cm-chunkButtons button')).color`);
    assert.match(String(ink), /^rgb\((?!255, 255, 255)/);
    await take.click();
    await dialog.getByRole('button', { name: 'Use this text' }).click();
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
    const { source } = (await api.get('/api/platform/workflows/shop/both')).body;
    assert.equal(source, `# mine\n${theirs}`);
  });

  it('shows what an expression gives, and tries a step alone and from here on', async () => {
    await publish('trying');
    await api.post('/api/platform/workflows/shop/trying/executions?wait=10', { input: { gross: 120, name: 'Ada' } });
    await open('/automations/workflows/shop/trying/edit');
    const { page } = visitor;
    await editor.choose('cut');
    await page.getByRole('textbox', { name: 'price' }).click();
    await page.getByText('90', { exact: true }).waitFor();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' + .n');
    await page.getByRole('listbox', { name: 'Completions' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('${ .net + 1 }');
    await page.getByText('101', { exact: true }).waitFor();
    await page.getByRole('tab', { name: 'Try' }).click();
    await page.getByRole('button', { name: 'Try this step alone' }).click();
    await page.getByRole('status').getByText('"price": 101').waitFor();
    await page.getByRole('button', { name: 'Run from here' }).click();
    await page.getByRole('status').getByText('Completed').waitFor();
    page.on('dialog', (dialog) => void dialog.accept());
  });

  it('decides by fields that are compared, joined by “and” or by “or”, which the text has as an expression', async () => {
    await publish(
      'deciding',
      `document: { dsl: '1.0.0', namespace: shop, name: discount, version: '1.0.0' }
do:
- order: { set: { total: 120, country: DE } }
- decide:
    switch:
    - large: { when: 'true', then: continue }
    - odd: { when: .total % 2 == 1, then: continue }
    - otherwise: { then: continue }
`,
    );
    await api.post('/api/platform/workflows/shop/deciding/executions?wait=10', { input: {} });
    await open('/automations/workflows/shop/deciding/edit');
    const { page } = visitor;
    await editor.choose('decide');
    // What is more than fields can show stays as it is written, and the page says so.
    await page.getByText('This expression is more than the fields can show', { exact: false }).waitFor();
    await page.getByText('This case is for everything else.').waitFor();
    const first = page.getByRole('group', { name: 'Case 1' }).getByRole('group', { name: 'When' });
    const choose = async (label: string, option: string | RegExp) => {
      await first.getByRole('combobox', { name: label, exact: true }).last().click();
      await page.getByRole('option', { name: option }).first().click();
    };
    await choose('Field', /^total/);
    await choose('Compared', 'is more than');
    const above = (amount: string) => `(.total | tonumber? // null | . != null and . > ${amount})`;
    await first.getByRole('textbox', { name: 'Value' }).fill('');
    // As fingers do it: what is not a number yet on the way to one stays as it was typed.
    await first.getByRole('textbox', { name: 'Value' }).pressSequentially('-1.05', { delay: 60 });
    await editor.until((text) => text.includes(above('-1.05')));
    await first.getByRole('textbox', { name: 'Value' }).fill('100');
    await editor.until((text) => text.includes(above('100')));
    await first.getByText('true', { exact: true }).waitFor();
    await first.getByRole('button', { name: 'Add a condition' }).click();
    await choose('Field', /^country/);
    await choose('Compared', 'contains');
    await first.getByRole('textbox', { name: 'Value' }).last().fill('D');
    await first.getByText('Any of them').click();
    const joined = `${above('100')} or (.country // "" | tostring | ascii_downcase | contains("d"))`;
    await editor.until((text) => text.includes(joined) && text.includes('.total % 2 == 1'));
    await visitor.assertAccessible();
    // A decision that compares nothing is not published.
    await editor.insert('Insert a step between “order” and “decide”', 'Decide');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Step “Decide” is not ready: fill in “When”').first().waitFor();
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await editor.choose('decide');
    await first.getByRole('button', { name: 'Write an expression' }).click();
    await page.getByRole('textbox', { name: 'When' }).first().click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type('.country != "FR"');
    await page.getByRole('button', { name: 'Use fields' }).first().click();
    await first.getByRole('combobox', { name: 'Compared' }).and(page.locator('[value="is not"]')).waitFor();
    page.on('dialog', (dialog) => void dialog.accept());
  });

  it('can be used by keyboard alone', async () => {
    await publish('keys');
    await open('/automations/workflows/shop/keys/edit');
    const { page } = visitor;
    await editor.ready();
    await editor.task('net').focus();
    await page.keyboard.press(']');
    await editor.until((text) => text.indexOf('- cut:') < text.indexOf('- net:'));
    await page.keyboard.press('n');
    await page
      .locator(':focus')
      .and(page.getByRole('textbox', { name: 'Find a step or a function' }))
      .waitFor();
    await page.keyboard.type('decide');
    await page.keyboard.press('Enter');
    await editor.until((text) => /- Decide:\n\s+switch:/.test(text));
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    // The new step is written at once.
    await page
      .locator(':focus')
      .and(page.getByRole('textbox', { name: 'Name of the step' }))
      .waitFor();
    await editor.task('Decide').focus();
    await page.keyboard.press('Delete');
    await editor.until((text) => !text.includes('switch:'));
    await page.keyboard.press('Control+z');
    await editor.until((text) => text.includes('switch:'));
    // The button on a line, as everything in the graph.
    await page.getByRole('button', { name: 'Insert a step between “cut” and “net”' }).focus();
    await page.keyboard.press('Enter');
    await page
      .locator(':focus')
      .and(page.getByRole('textbox', { name: 'Find a step or a function' }))
      .waitFor();
    await page.keyboard.type('wait');
    await page.keyboard.press('Enter');
    await editor.until((text) => /- Wait:\n\s+wait:/.test(text) && text.indexOf('- Wait:') < text.indexOf('- net:'));
    await page.getByRole('textbox', { name: 'Name of the step' }).and(page.locator('[value=Wait]')).waitFor();
    await editor.show('Text');
    await editor.text.focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+s');
    await page.getByText('The draft is kept in this browser').waitFor();
  });

  it('works on a telephone, in Chinese, in the dark', async () => {
    await publish('phone');
    await open(
      '/automations/workflows/shop/phone/edit',
      { language: 'zh', width: 'phone', scheme: 'dark' },
      '工作流定义',
    );
    const { page } = visitor;
    await page.getByRole('textbox', { name: '步骤名称' }).waitFor();
    await visitor.assertAccessible();
    await page.getByText('文本', { exact: true }).click();
    await editor.until((text) => text.includes('# Ten percent'));
    const wide = await page.evaluate('document.documentElement.scrollWidth');
    assert.equal(wide, 375);
    await visitor.assertAccessible();
    await page.getByText('列表', { exact: true }).click();
    await page.evaluate('scrollTo(0, 0)');
    await page.getByRole('button', { name: '添加', exact: true }).tap();
    await page.getByRole('menuitem', { name: '在末尾', exact: true }).tap();
    await page.getByRole('textbox', { name: '查找步骤或函数' }).fill('等待');
    await page.keyboard.press('Enter');
    const name = page.locator(':focus').and(page.getByRole('textbox', { name: '步骤名称' }));
    await name.waitFor();
    const { y = 0 } = (await name.boundingBox()) ?? {};
    assert.ok(y > 0 && y < 370, `the form is brought into view: ${y}`);
    // What starts it as well as a step, on whatever page of the form.
    for (const tapped of [/触发条件/, /^等待/]) {
      await page.getByRole('tab', { name: '试运行' }).tap();
      await page.evaluate('scrollTo(0, 0)');
      await page.getByRole('button', { name: tapped }).first().tap();
      await page.waitForFunction('scrollY > 300');
    }
  });
});
