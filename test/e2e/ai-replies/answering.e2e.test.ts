/** How a robot answers: its rules, the bench that shows what they lead to, and a draft that a person sends. */
import assert from 'node:assert/strict';
import type { Person } from '#test/support/accounts.ts';
import { type Answers, said, say, setPolicy, startAnswers } from '../../plugins/ai-replies/answers-support.ts';
import type { TestRobot } from '../../plugins/robots/support.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('answers of AI', function () {
  this.timeout(60_000);
  let answers: Answers;
  let owner: Person;
  let robot: TestRobot;
  let visitor: Visitor;
  before(async () => {
    answers = await startAnswers({ plugins: { admin: {} } });
    ({ owner, robot } = await answers.tenant());
    const { body: base } = await owner.http.post('/api/platform/ai/bases', { name: 'Shop' });
    const text = '# Delivery\n\nParcels are delivered within three days.';
    await owner.http.post('/api/platform/ai/documents', { base_id: base.id, text });
    await answers.app.services.jobs.idle();
  });
  after(() => answers.stop());
  afterEach(() => visitor.leave());

  it('follow rules, and the bench shows what they lead to', async () => {
    answers.says({ action: 'reply', text: 'Within three days.' });
    visitor = await visit(answers.app);
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/assistants/answering');
    await page.getByRole('link', { name: 'Robot', exact: true }).click();
    await page.getByRole('heading', { name: 'Robot', level: 1 }).waitFor();
    await page.getByRole('tab', { name: 'Answered by', selected: true }).waitFor();
    await page.getByRole('textbox', { name: 'Persona' }).fill('You are Mia.');
    await page.getByLabel('Review answers before sending').check();
    const bench = page.getByRole('region', { name: 'Test bench' });
    await bench.getByText('What you have not saved yet does not count here.').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The rules of the robot are saved').waitFor();

    await bench.getByLabel('Question').fill('When are parcels delivered?');
    await bench.getByRole('button', { name: 'Show what would be sent' }).click();
    await bench.getByText('1 passage found').waitFor();
    await bench.getByText('You are Mia.').waitFor();
    assert.deepEqual(answers.asked(), []);
    await bench.getByRole('button', { name: 'Ask the model' }).click();
    await bench.getByRole('heading', { name: 'Answer' }).waitFor();
    await bench.getByText('fake · m').waitFor();
    assert.equal(answers.asked().length, 1);
    assert.deepEqual(await said(answers, robot), []);
    await visitor.assertAccessible();
  });

  it('are called off on the page of a robot for which they are', async () => {
    await setPolicy(owner, robot, { private: 'never', groups: 'never' });
    visitor = await visit(answers.app);
    await visitor.signIn(owner.email, owner.password);
    await visitor.open(`/assistants/${robot.robotId}`);
    const about = visitor.page.getByRole('region', { name: 'Robot', exact: true });
    await about.getByText('People alone: AI is off for this robot').waitFor();
    await about.getByText('By a model or an assistant').waitFor({ state: 'detached' });
  });

  it('are asked for once where the organisation has not allowed them', async () => {
    const { owner: another } = await answers.tenant();
    await another.http.patch('/api/platform/auth/settings', { settings: { ai_consent_enabled: false } });
    visitor = await visit(answers.app);
    const { page } = visitor;
    await visitor.signIn(another.email, another.password);
    await visitor.open('/assistants/answering');
    await page.getByRole('button', { name: 'Hide for now' }).click();
    await visitor.open('/assistants/knowledge');
    await page.getByRole('tab').first().waitFor();
    assert.equal(await page.getByText('AI is off for your organisation').count(), 0);
    await visitor.assertAccessible();
  });

  it('wait as drafts that a person changes and sends, and then reach the robot', async () => {
    await setPolicy(owner, robot, { approval: true });
    answers.says({ action: 'reply', text: 'In three days.' });
    visitor = await visit(answers.app, { language: 'zh', scheme: 'dark', width: 'phone' });
    const { page } = visitor;
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/inbox/drafts');
    await page.getByText('没有等待处理的回复').waitFor();
    await say(answers, robot, 'When are parcels delivered?');
    const text = page.getByLabel('回复内容');
    await text.waitFor();
    assert.deepEqual(await said(answers, robot), []);
    await page.getByRole('navigation', { name: '等待处理' }).getByText('张三').waitFor();
    await page.getByRole('region', { name: '会话' }).getByText('When are parcels delivered?').waitFor();
    await page.getByRole('region', { name: '会话' }).getByText('张三').waitFor();
    await visitor.assertAccessible();
    await text.fill('Within three days, Ada.');
    await page.getByRole('button', { name: '发送修改后的内容' }).click();
    await page.getByText('回复已发送').waitFor();
    assert.deepEqual(await said(answers, robot), ['Within three days, Ada.']);
    await page.getByText('没有等待处理的回复').waitFor();
    await page.getByRole('tab', { name: '全部' }).click();
    await page.getByRole('grid').getByText('已发送').waitFor();
    await visitor.assertAccessible();
  });
});
