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
    await visitor.open('/ai/tools?tab=robots');
    await page.getByRole('checkbox', { name: 'contacts.update' }).check();
    assert.ok(await page.getByRole('switch', { name: 'Ask me each time: contacts.update' }).isChecked());
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
    await visitor.open('/ai/tools');
    const item = page.getByRole('listitem', { name: 'contacts.update' });
    await item.getByText('Wants the blue one').waitFor();
    await visitor.assertAccessible();
    await item.getByRole('button', { name: '拒绝' }).click();
    await page.getByText('没有等待您处理的调用。').waitFor();
    await page.getByRole('grid').getByText('已拒绝').waitFor();
  });
});
