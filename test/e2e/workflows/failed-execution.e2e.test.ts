/** An execution that has failed: what went wrong is found, tried again, and repeated with another input. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ADMIN, type Person, register } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';
import { publish, run } from './support.ts';

describe('an execution that has failed', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let owner: Person;
  let shop: Server;
  let isOpen = false;
  let visitor: Visitor;
  before(async () => {
    shop = createServer((_request, response) => {
      response.writeHead(isOpen ? 200 : 503, { 'content-type': 'application/json' }).end('{"price":12}');
    });
    await new Promise<void>((done) => shop.listen(0, '127.0.0.1', done));
    const http = { rateLimit: { enabled: false }, outbound: { allow: ['127.0.0.1'] } };
    app = await startPages({ workflows: {} }, { config: { http } });
    owner = await register(app);
    const { port } = shop.address() as AddressInfo;
    await publish(
      owner,
      'order',
      `do:
- remember: { set: { who: '\${ .name }' } }
- ask: { call: http, with: { method: get, endpoint: 'http://127.0.0.1:${port}/' } }
- tell: { set: { text: '\${ "\\($workflow.input.name) pays \\(.price)" }' } }`,
    );
  });
  after(async () => {
    await app.stop();
    shop.close();
  });
  afterEach(() => visitor.leave());

  it('goes on from the task that failed, by keyboard', async () => {
    const id = await run(owner, 'order', { name: 'Ada' });
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/automations/runs?status=faulted');
    await page.getByRole('grid', { name: 'Runs' }).getByRole('link', { name: 'test/order' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/automations/runs/${id}*`);
    await page.getByRole('link', { name: owner.email.split('@')[0] ?? '', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show the step' }).press('Enter');
    const details = page.getByRole('region', { name: 'ask', exact: true });
    await details.getByText('Failed').waitFor();
    await visitor.assertAccessible();

    isOpen = true;
    await page.getByRole('button', { name: 'Continue from the failed step' }).press('Enter');
    const graph = page.getByRole('group', { name: 'Graph of the steps' });
    const last = graph.getByRole('button', { name: /^tell.*Completed/ });
    await last.press('Enter');
    await page.getByRole('region', { name: 'tell' }).getByText('Ada pays 12').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('region', { name: 'tell' }).getByRole('link', { name: 'Download: Output' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), `${id}.output.json`);
  });

  it('is replayed with another input', async () => {
    isOpen = true;
    const id = await run(owner, 'order', { name: 'Ada' });
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/automations/runs/${id}`);
    await page.getByRole('button', { name: 'Run again from the start' }).click();
    const dialog = page.getByRole('dialog', { name: 'Run again' });
    const input = dialog.getByRole('textbox', { name: 'Input' });
    await input.fill('{ "name": ');
    await dialog.getByRole('button', { name: 'Run again' }).click();
    await dialog.getByText('This is not JSON').waitFor();
    await input.fill('{ "name": "Grace" }');
    await visitor.assertAccessible();
    await dialog.getByRole('button', { name: 'Run again' }).click();
    await page.waitForURL((url) => /\/automations\/runs\//.test(url.pathname) && !url.pathname.endsWith(id));
    await page.getByText('Grace pays 12').waitFor();
    await page.getByRole('link', { name: id }).waitFor();
  });

  it('opens in the editor at the step that failed, with the data that it got', async () => {
    isOpen = false;
    const id = await run(owner, 'order', { name: 'Lovelace' });
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/automations/runs/${id}`);
    await page.getByRole('button', { name: 'Show the step' }).click();
    await page.getByRole('link', { name: 'Open in the editor with this data' }).first().click();
    await page.waitForURL(
      (url) => url.pathname === '/automations/workflows/test/order/edit' && url.searchParams.get('run') === id,
    );
    await page.getByRole('tab', { name: 'Try', selected: true }).waitFor();
    const input = page.getByRole('textbox', { name: 'Data that it gets' });
    await input.waitFor();
    assert.match(await input.inputValue(), /Lovelace/);
    await page.getByText('From a real run,').first().waitFor();
    await page.getByRole('tab', { name: 'Step' }).click();
    await page.getByRole('textbox', { name: 'Name of the step' }).and(page.locator('[value=ask]')).waitFor();
    await visitor.assertAccessible();
  });

  it('by a call that the server does not make says where that is allowed, or who can allow it', async () => {
    const call = "{ call: http, with: { method: get, endpoint: 'http://10.9.8.7:8080/prices' } }";
    await publish(owner, 'inside', `do: [ { ask: ${call} } ]`);
    const id = await run(owner, 'inside');
    visitor = await visit(app);
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/automations/runs/${id}`);
    const problem = visitor.page.getByRole('alert').filter({ hasText: 'The server may not call this address' });
    await problem.getByText('Ask an administrator of this server to allow it', { exact: false }).waitFor();
    assert.equal(await problem.getByRole('link', { name: 'Outgoing addresses' }).count(), 0);
    assert.ok(!(await problem.innerText()).includes('http.outbound'), 'no key of the configuration');
    await visitor.assertAccessible();
    await visitor.leave();

    visitor = await visit(app);
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open(`/automations/runs/${id}`);
    const { page } = visitor;
    await page.getByRole('region', { name: 'Summary' }).waitFor();
    await page.getByRole('alert').getByRole('link', { name: 'Outgoing addresses' }).click();
    await page.waitForURL('**/settings/server/outgoing?allow=*');
    await page.getByRole('heading', { name: 'Outgoing addresses' }).first().waitFor();
    assert.equal(new URL(page.url()).searchParams.get('allow'), '10.9.8.7:8080');
  });

  it('is cancelled while it waits, when one is sure', async () => {
    await publish(owner, 'sleeper', 'do: [ { sleep: { wait: { days: 1 } } } ]');
    const id = await run(owner, 'sleeper');
    visitor = await visit(app, { language: 'zh' });
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/automations/runs/${id}`);
    await page.getByRole('button', { name: '挂起' }).click();
    await page.getByRole('button', { name: '继续' }).click();
    await page.getByRole('button', { name: '取消运行' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '取消运行' }).click();
    await page.getByText('已取消', { exact: true }).first().waitFor();
    await visitor.assertAccessible();
  });
});
