/** Models: AI is allowed, the first one is set up from an example and tried out, and what it cost is seen. */
import assert from 'node:assert/strict';
import type { LLMock } from '@copilotkit/aimock';
import { ADMIN, addMember, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { badServer, fakeModels } from '../../plugins/ai-replies/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('models of AI', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let mock: LLMock;
  let owner: Person;
  let visitor: Visitor;
  before(async () => {
    mock = await fakeModels();
    mock.onMessage(/hello|打个招呼/, { content: 'Hello from the model.' });
    const http = { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } };
    app = await startPages(
      { robots: { requestsPerMinute: 0 }, 'ai-replies': { retries: 0, currency: 'CNY' } },
      { config: { http } },
    );
    owner = await register(app);
  });
  after(async () => {
    await app.stop();
    await mock.stop();
  });
  afterEach(() => visitor.leave());

  it('are allowed, set up from an example, and tried out', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/settings/ai/models');
    await page.getByRole('button', { name: 'Allow AI' }).click();
    await page.getByText('AI is on').waitFor();
    await page.getByText('AI is off for your organisation').waitFor({ state: 'detached' });
    await visitor.assertAccessible();

    await page.getByRole('button', { name: 'Set up DeepSeek' }).click();
    const form = page.getByRole('dialog', { name: 'Add a model' });
    assert.equal(await form.getByRole('combobox', { name: 'Model' }).inputValue(), 'deepseek-flash');
    await form.getByText('List price of').waitFor();
    assert.equal(await form.getByLabel('CNY per million tokens written').inputValue(), '8');
    await form.getByRole('textbox', { name: 'Address' }).fill(`${mock.url}/v1`);
    assert.equal(await form.getByLabel('CNY per million tokens written').inputValue(), '0');
    await form.getByText('http.outbound.allow').waitFor();
    await form.getByLabel('Key', { exact: true }).fill('sk-secret');
    await form.getByLabel('CNY per million tokens written').fill('8');
    await visitor.assertAccessible();
    await form.getByRole('button', { name: 'Add a model' }).click();
    const item = page.getByRole('listitem', { name: 'deepseek' });
    await item.getByText('Stored sealed, never shown').waitFor();
    assert.ok(!(await page.content()).includes('sk-secret'));
    await item.getByText('Works', { exact: true }).waitFor();

    await item.getByRole('button', { name: 'Try it: deepseek' }).click();
    const dialog = page.getByRole('dialog', { name: 'Try deepseek' });
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await dialog.getByText('Hello from the model.').waitFor();
    await dialog.getByText('Tokens written').waitFor();
    await visitor.assertAccessible();
  });

  it('ask for the key again at another address, and say in words what went wrong', async () => {
    const bad = await badServer();
    visitor = await visit(app, { language: 'zh', scheme: 'dark', width: 'phone' });
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/settings/ai/models');
    const item = page.getByRole('listitem', { name: 'deepseek' });
    await item.getByRole('button', { name: 'deepseek 的更多操作' }).click();
    await page.getByRole('menuitem', { name: '修改' }).click();
    const form = page.getByRole('dialog', { name: '修改 deepseek' });
    await form.getByRole('textbox', { name: '地址' }).fill(`${bad.url}/v1`);
    await form.getByText('更换地址需要重新填写密钥').waitFor();
    assert.ok(await form.getByRole('button', { name: '保存' }).isDisabled());
    await form.getByLabel('密钥', { exact: true }).fill('sk-other');
    await visitor.assertAccessible();
    await form.getByRole('button', { name: '保存' }).click();
    await form.waitFor({ state: 'detached' });
    await item.getByText('最近一次调用失败').waitFor();
    await item.getByRole('button', { name: '试一试：deepseek' }).click();
    const dialog = page.getByRole('dialog', { name: '试用 deepseek' });
    await dialog.getByRole('button', { name: '提问' }).click();
    await dialog.getByText('没有成功').waitFor();
    await dialog.getByText('模型没有给出回答').waitFor();
    await visitor.assertAccessible();
    await bad.stop();
  });

  it('cost what is seen day by day, call by call, and against a budget', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/settings/ai/costs');
    const calls = page.getByRole('region', { name: 'Calls' });
    await calls.getByRole('grid').getByText('Answered').first().waitFor();
    await calls.getByRole('grid').getByText('Failed').first().waitFor();
    const spent = page.getByRole('region', { name: 'Spent' });
    await spent.getByRole('cell', { name: 'deepseek' }).waitFor();
    await spent.getByLabel('By', { exact: true }).first().click();
    await page.getByRole('option', { name: 'Purpose' }).click();
    await spent.getByRole('cell', { name: 'Trying out' }).waitFor();

    const budgets = page.getByRole('region', { name: 'Budgets' });
    await budgets.getByRole('button', { name: 'Add a budget' }).click();
    const form = page.getByRole('dialog', { name: 'Add a budget' });
    await form.getByLabel('Amount, CNY').fill('20');
    await form.getByRole('button', { name: 'Add a budget' }).click();
    await budgets.getByRole('group', { name: 'The whole organisation' }).getByText('a month').waitFor();
    await visitor.assertAccessible();
    await budgets.getByRole('button', { name: 'Remove the budget: The whole organisation' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await budgets.getByRole('group', { name: 'The whole organisation' }).waitFor();
    const { body } = await owner.http.get('/api/platform/ai/budgets');
    assert.deepEqual(
      body.items.map(({ kind, amount }: { kind: string; amount: number }) => [kind, amount]),
      [['tenant', 20]],
    );
  });

  it('are only looked at by who may not change them', async () => {
    const member = await addMember(app, owner, 'member');
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(member.email, member.password);
    await visitor.open('/settings/ai/models');
    const item = page.getByRole('listitem', { name: 'deepseek' });
    await item.waitFor();
    assert.equal(await item.getByRole('button').count(), 0);
    assert.equal(await page.getByRole('button', { name: 'Add a model' }).count(), 0);
  });
});

describe('a model in the network of the server', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let mock: LLMock;
  let visitor: Visitor;
  before(async () => {
    mock = await fakeModels();
    mock.onMessage(/hello/, { content: 'Hello from this machine.' });
    app = await startPages({ robots: { requestsPerMinute: 0 }, 'ai-replies': { retries: 0 } });
  });
  after(async () => {
    await app.stop();
    await mock.stop();
  });
  afterEach(() => visitor.leave());

  it('is set up by the page alone: its address is allowed, its models are listed, and it answers', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/ai/models');
    await page.getByRole('button', { name: 'Set up Ollama' }).click();
    const form = page.getByRole('dialog', { name: 'Add a model' });
    const address = new URL(mock.url);
    await form.getByRole('textbox', { name: 'Address' }).fill(`${mock.url}/v1`);
    visitor.expectProblem(/400/);
    await form.getByRole('button', { name: 'List models' }).click();
    await form.getByText(`Allow this server to call ${address.host} first`).waitFor();
    await form.getByRole('checkbox', { name: `Allow this server to call ${address.host}` }).check();
    await form.getByRole('button', { name: 'List models' }).click();
    await form.getByText(/models? found/).waitFor();
    await form.getByRole('combobox', { name: 'Model' }).fill('');
    await page.getByRole('option').first().click();
    await visitor.assertAccessible();
    await form.getByRole('button', { name: 'Add a model' }).click();
    const item = page.getByRole('listitem', { name: 'ollama' });
    await item.getByRole('button', { name: 'Try it: ollama' }).click();
    const dialog = page.getByRole('dialog', { name: 'Try ollama' });
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await dialog.getByText('Hello from this machine.').waitFor();
    assert.deepEqual(app.services.coreConfig.http.outbound.allow, [address.host]);
  });
});
