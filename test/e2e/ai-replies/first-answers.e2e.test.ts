/** The first five minutes: an assistant that somebody has already is set up by the pages alone, and answers a robot's customer. */
import assert from 'node:assert/strict';
import { ADMIN } from '#test/support/accounts.ts';
import type { TestPlatform } from '#test/support/harness.ts';
import { type FakeDify, fakeDify } from '../../plugins/ai-replies/fake-dify.ts';
import { type BadServer, badServer } from '../../plugins/ai-replies/support.ts';
import { connected, isCommand, type Line } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const EN = {
  generateCodes: 'Generate codes',
  howMany: 'How many',
  generate: 'Generate',
  newCodes: 'New codes',
  answersFrom: 'Answers come from',
  isChanged: 'Who answers is changed',
  personSends: 'Review answers before sending',
  save: 'Save',
  isSaved: 'The rules of the robot are saved',
};
type Words = typeof EN;
const ZH: Words = {
  generateCodes: '生成激活码',
  howMany: '数量',
  generate: '生成',
  newCodes: '新的激活码',
  answersFrom: '回答来自',
  isChanged: '已更改由谁回答',
  personSends: '每个回答由人工发送',
  save: '保存',
  isSaved: '机器人的规则已保存',
};
const PAUSE_MS = 3_000;
const DEVICE = { deviceId: 'phone-1', brand: 'Xiaomi', model: '14' };

describe('an assistant that somebody has already', function () {
  this.timeout(120_000);
  let app: TestPlatform;
  let dify: FakeDify;
  let hook: BadServer;
  let visitor: Visitor;
  beforeEach(async () => {
    dify = await fakeDify();
    hook = await badServer();
    app = await startPages({ robots: { requestsPerMinute: 0 }, 'ai-replies': {} });
  });
  afterEach(async () => {
    await visitor.leave();
    await app.stop();
    await dify.stop();
    await hook.stop();
  });

  it('is a Dify app: it is set up, tried, given to a robot, and answers what a phone hears', async () => {
    dify.says((queries) => (queries.at(-1)?.includes('shipping') ? 'Five euros.' : 'Hello from Dify.'));
    visitor = await visit(app);
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/ai/models');
    await page.getByRole('button', { name: 'Allow AI' }).click();
    await page.getByText('AI is off for your organisation').waitFor({ state: 'detached' });
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Set up Dify' }).click();
    const form = page.getByRole('dialog', { name: 'Add an assistant' });
    await form.getByRole('textbox', { name: 'Address' }).fill(dify.url);
    await form.getByRole('checkbox', { name: `Allow this server to call ${new URL(dify.url).host}` }).check();
    await form.getByLabel('Key', { exact: true }).fill(dify.key);
    await visitor.assertAccessible();
    await form.getByRole('button', { name: 'Add an assistant' }).click();
    await page.getByRole('button', { name: 'Try it: dify' }).click();
    const dialog = page.getByRole('dialog', { name: 'Try dify' });
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await dialog.getByText('Hello from Dify.').waitFor();
    await visitor.assertAccessible();
    await page.keyboard.press('Escape');
    assert.deepEqual(app.services.coreConfig.http.outbound.allow, [new URL(dify.url).host]);

    const { line, say } = await robotByMouse(EN, 'dify alone');
    await say('What is shipping?');
    const { data } = await line.next(isCommand);
    assert.equal(data.commandParams.content, 'Five euros.');
    assert.equal(dify.asked.at(-1)?.query, 'What is shipping?');
    line.socket.close();
  });

  it('is a plain webhook, which is refused until it is allowed, in Chinese', async () => {
    hook.answer((response) => {
      const { text } = JSON.parse(hook.requests.at(-1) ?? 'null');
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ text: text === '运费多少？' ? '五元。' : '您好。' }));
    });
    visitor = await visit(app, { language: 'zh', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(ADMIN.email, ADMIN.password);
    await visitor.open('/settings/ai/models');
    await page.getByRole('button', { name: '允许使用 AI' }).click();
    await page.getByRole('button', { name: '设置 Webhook' }).click();
    const form = page.getByRole('dialog', { name: '添加第三方助手' });
    const { port } = new URL(hook.url);
    await form.getByRole('textbox', { name: '地址' }).fill(`http://localhost:${port}/answer`);
    visitor.expectProblem(/400/);
    await form.getByRole('button', { name: '添加第三方助手' }).click();
    await form.getByText('本服务器不会访问此地址').waitFor();
    await form.getByRole('checkbox', { name: `允许本服务器访问 localhost:${port}` }).check();
    await visitor.assertAccessible();
    await form.getByRole('button', { name: '添加第三方助手' }).click();
    await page.getByRole('button', { name: '试一试：webhook' }).click();
    const dialog = page.getByRole('dialog', { name: '试用 webhook' });
    await dialog.getByRole('button', { name: '提问' }).click();
    await dialog.getByText('您好。').waitFor();
    await page.keyboard.press('Escape');

    const { line, say } = await robotByMouse(ZH, '仅使用 webhook');
    await say('运费多少？');
    const { data } = await line.next(isCommand);
    assert.equal(data.commandParams.content, '五元。');
    line.socket.close();
  });

  /** A robot whose phone is activated, and which answers by itself. */
  async function robotByMouse(words: Words, who: string): Promise<{ line: Line; say(spoken: string): Promise<void> }> {
    const { page } = visitor;
    await visitor.open('/assistants/codes');
    await page.getByRole('button', { name: words.generateCodes }).first().click();
    const dialog = page.getByRole('dialog', { name: words.generateCodes });
    await dialog.getByLabel(words.howMany).fill('1');
    await dialog.getByRole('button', { name: words.generate }).click();
    const code = await page.getByLabel(words.newCodes).inputValue();
    const activated = await app.http.post('/api/robot-ids/activate', { code, deviceInfo: DEVICE });
    assert.equal(activated.status, 201, activated.text);
    const { robotId, token } = activated.body.data;
    const http = app.http.bearer(token);
    const line = await connected(app, { robotId, token });

    await visitor.open('/assistants/answering');
    await page.getByRole('grid').getByRole('link').first().click();
    await page.getByRole('combobox', { name: words.answersFrom }).click();
    await page.getByRole('option', { name: who }).click();
    await page.getByText(words.isChanged).waitFor();
    await page.getByLabel(words.personSends).uncheck();
    await page.getByRole('button', { name: words.save }).click();
    await page.getByText(words.isSaved).waitFor();
    await visitor.assertAccessible();
    return {
      line,
      async say(spoken) {
        const message = { robotId, spoken, receivedName: 'Ada', roomType: 2, textType: 1 };
        const heard = await http.post('/api/robot/messages', message);
        assert.equal(heard.status, 200, heard.text);
        // First the pause after what was said, then the one before what is answered.
        for (const _ of ['gathered', 'answered', 'sent']) {
          await app.services.jobs.idle();
          await app.clock.advance(PAUSE_MS);
        }
      },
    };
  }
});
