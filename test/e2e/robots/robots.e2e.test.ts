/** Robots: made, seen as they come and go, tried out, set up, and deleted when their name is written. */
import assert from 'node:assert/strict';
import type { TestPlatform } from '#test/support/harness.ts';
import { connected, isCommand, ownerOf, robotOf, type TestRobot } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('robots', function () {
  this.timeout(60_000);
  let app: TestPlatform;
  let robot: TestRobot;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ robots: { requestsPerMinute: 0 } });
    robot = await robotOf(app);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('are made, and their settings are changed', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    const owner = await ownerOf(app);
    await visitor.signIn(owner.email, owner.password);
    await visitor.open('/assistants');
    await page.getByRole('link', { name: 'Robot', exact: true }).waitFor();
    await page.getByRole('button', { name: 'New robot' }).click();
    const dialog = page.getByRole('dialog', { name: 'New robot' });
    await dialog.getByLabel('Name').fill('Front desk');
    await dialog.getByRole('button', { name: 'Create robot' }).click();
    await page.getByRole('heading', { name: 'Front desk', level: 1 }).waitFor();
    await page.getByRole('region', { name: 'Robot' }).getByText('Offline').waitFor();
    await page.getByRole('button', { name: 'Activate a phone' }).click();
    const steps = page.getByRole('region', { name: 'Activate a phone for this robot' });
    await steps.getByRole('link', { name: 'Codes that are still free' }).waitFor();
    await steps.getByRole('link', { name: 'Channels' }).waitFor();
    await steps.getByRole('link', { name: 'how a program connects' }).waitFor();
    await visitor.assertAccessible();
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByLabel('Messages that go along').fill('7');
    await visitor.assertAccessible();
    await settings.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The settings are saved').waitFor();
    const { body } = await owner.http.get('/api/robots');
    const made = await owner.http.get(`/api/robots/${body.data.list[0].robotId}`);
    assert.equal(made.body.data.name, 'Front desk');
    assert.equal(made.body.data.aiContextLength, 7);
    await visitor.assertAccessible();

    await page.getByRole('tab', { name: 'Day by day' }).click();
    await page.getByText('Nothing was written in this period').waitFor();
    assert.equal(await page.locator('figure').count(), 0);

    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delete the robot' }).click();
    const question = page.getByRole('dialog', { name: 'Delete the robot' });
    await question.getByRole('textbox').fill('Front desk');
    await question.getByRole('button', { name: 'Delete the robot' }).click();
    await page.getByText('Front desk is deleted').waitFor();
    await page.getByRole('heading', { name: 'Robots', level: 1 }).waitFor();
    await page.getByRole('link', { name: 'Front desk' }).waitFor({ state: 'detached' });
  });

  it('are online as soon as their phone is, and say in words what they could not do', async () => {
    visitor = await visit(app, { language: 'zh', width: 'phone', scheme: 'dark' });
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/assistants');
    await page.getByRole('grid').getByText('离线').waitFor();
    const line = await connected(app, robot);
    await page.getByRole('grid').getByText('在线', { exact: true }).waitFor();
    await visitor.assertAccessible();

    await page.getByRole('link', { name: 'Robot', exact: true }).click();
    const panel = page.getByRole('region', { name: '发送消息' });
    await panel.getByLabel('发给').fill('张三');
    await panel.getByLabel('内容').fill('您好');
    await panel.getByRole('button', { name: '发送' }).click();
    const { data } = await line.next(isCommand);
    assert.equal(data.commandParams.content, '您好');
    await panel.getByText('已交给机器人').waitFor();
    const result = { robotId: robot.robotId, commandId: data.commandId, errorCode: 201101, errorReason: '' };
    const answer = await robot.http.post('/api/robot/command-result', result);
    assert.equal(answer.status, 200, answer.text);
    await panel.getByText('聊天不存在或已改名').waitFor();
    await visitor.assertAccessible();
    line.socket.close();
    await page.getByRole('region', { name: '机器人' }).getByText('离线').waitFor();

    await visitor.open(`/assistants/${robot.robotId}?tab=programs`);
    const chosen = await page.getByRole('tab', { selected: true }).boundingBox();
    const row = await page.getByRole('tablist').first().boundingBox();
    assert.ok(chosen && row && chosen.x >= row.x && chosen.x + chosen.width <= row.x + row.width, 'the tab is seen');
  });
});
