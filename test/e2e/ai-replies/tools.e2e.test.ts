/** Tools: a robot is allowed one, and a call that waits is read and rejected. */
import assert from 'node:assert/strict';
import type { Person } from '#test/support/accounts.ts';
import { type Answers, startAnswers } from '../../plugins/ai-replies/answers-support.ts';
import type { TestRobot } from '../../plugins/robots/support.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('tools of AI', function () {
  this.timeout(60_000);
  let answers: Answers;
  let owner: Person;
  let robot: TestRobot;
  let visitor: Visitor;
  before(async () => {
    answers = await startAnswers({ plugins: { admin: {} } });
    ({ owner, robot } = await answers.tenant());
  });
  after(() => answers.stop());
  afterEach(() => visitor.leave());

  it('are allowed robot by robot; what changes something asks first', async () => {
    visitor = await visit(answers.app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/assistants/tools?tab=robots');
    const may = page.getByRole('region', { name: 'What the robot may do' });
    await may.getByText('It may not use any tool').waitFor();
    await page.getByRole('checkbox', { name: 'contacts.update' }).check();
    assert.ok(await page.getByRole('switch', { name: 'Ask me each time: contacts.update' }).isChecked());
    await may.getByText('After a person has approved the call').waitFor();
    await may.getByText('Notes something about a contact').waitFor();
    await page.getByRole('checkbox', { name: 'robots.broadcast' }).check();
    assert.ok(await page.getByRole('switch', { name: 'Ask me each time: robots.broadcast' }).isDisabled());
    await page.getByRole('checkbox', { name: 'robots.broadcast' }).uncheck();
    answers.mock.on({}, (request) =>
      request.messages.some(({ role }) => role === 'tool')
        ? { content: 'It is being looked into.' }
        : { toolCalls: [{ name: 'contacts_update', arguments: '{"fields":{"city":"Bremen"}}' }] },
    );
    await page.getByLabel('A customer writes').fill('I live in Bremen now');
    await page.getByRole('button', { name: 'See what it would call' }).click();
    const call = page.getByRole('article', { name: 'contacts.update' });
    await call.getByText('A person would be asked first').waitFor();
    await call.getByText('Filled in by the platform: contact_id').waitFor();
    await page.getByText('It would answer: It is being looked into.').waitFor();
    assert.deepEqual((await owner.http.get(`/api/platform/ai/robots/${robot.robotId}/tools`)).body.items, []);
    assert.deepEqual((await owner.http.get('/api/platform/ai/tool-calls')).body.items, []);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The tools of the robot are saved').waitFor();
    await visitor.assertAccessible();
    const { body } = await owner.http.get(`/api/platform/ai/robots/${robot.robotId}/tools`);
    assert.deepEqual(
      body.items.map(({ tool, asks }: { tool: string; asks: boolean }) => [tool, asks]),
      [['function:contacts.update', true]],
    );
  });

  it('wait for a person, who reads what they would do', async () => {
    const { tools } = answers.app.services;
    const use = { tenantId: owner.tenantId, robotId: robot.robotId, conversationId: 'c-1', key: 'k' };
    const [tool] = await tools.forModel(use);
    assert.ok(tool);
    await tool.run({ contact_id: 'c-42', notes: 'Wants the blue one' }, new AbortController().signal);
    visitor = await visit(answers.app, { language: 'zh', scheme: 'dark', width: 'phone' });
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/assistants/tools');
    const item = page.getByRole('listitem', { name: 'contacts.update' });
    await item.getByText('Wants the blue one').waitFor();
    await visitor.assertAccessible();
    await item.getByRole('button', { name: '拒绝' }).click();
    await page.getByText('没有等待您处理的调用。').waitFor();
    await page.getByRole('grid').getByText('已拒绝').waitFor();
  });
});
