/** A broadcast: drafted, started, watched as it arrives and fails, and sent again to those with whom it failed. */
import assert from 'node:assert/strict';
import type { TestPlatform } from '#test/support/harness.ts';
import { connected, isCommand, robotOf, type TestRobot } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const MINUTE_MS = 60_000;

describe('a broadcast', function () {
  this.timeout(90_000);
  let app: TestPlatform;
  let robot: TestRobot;
  let visitor: Visitor;
  before(async () => {
    app = await startPages({ robots: { requestsPerMinute: 0 } });
    robot = await robotOf(app);
  });
  after(() => app.stop());
  afterEach(() => visitor.leave());

  it('is started, watched, and ended', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    const line = await connected(app, robot);
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/inbox/broadcasts');
    await page.getByRole('button', { name: 'New broadcast' }).first().click();
    const form = page.getByRole('dialog', { name: 'New broadcast' });
    await form.getByRole('textbox', { name: 'Name', exact: true }).fill('Summer');
    await form.getByLabel('Text').fill('Closed on Monday');
    await form.getByRole('combobox', { name: 'Robots that send it' }).click();
    await page.getByRole('option', { name: 'Robot', exact: true }).click();
    await page.keyboard.press('Escape');
    await form.getByRole('combobox', { name: 'And these people and groups' }).fill('Ada');
    await page.keyboard.press('Enter');
    await visitor.assertAccessible();
    await form.getByRole('button', { name: 'Create draft' }).click();
    await page.getByRole('heading', { name: 'Summer', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Change' }).click();
    const change = page.getByRole('dialog', { name: 'Change the draft' });
    await change.getByRole('combobox', { name: 'People who have messaged' }).click();
    await page.getByRole('option', { name: 'Some of them' }).click();
    await change.getByRole('combobox', { name: 'Last heard' }).click();
    await page.getByRole('option', { name: 'Not in the last days' }).click();
    await change.getByText('1 would get it.').waitFor();
    await change.getByRole('textbox', { name: 'Name', exact: true }).fill('Summer closing');
    await visitor.assertAccessible();
    await change.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Summer closing', level: 1 }).waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('dialog', { name: 'Start' }).getByRole('button', { name: 'Start' }).click();
    await page.getByText('The broadcast has started').waitFor();
    await app.services.jobs.idle();
    await app.clock.advance(MINUTE_MS);
    await app.services.jobs.idle();
    const { data } = await line.next(isCommand);
    assert.equal(data.commandParams.content, 'Closed on Monday');
    const result = { robotId: robot.robotId, commandId: data.commandId, errorCode: 0 };
    await robot.http.post('/api/robot/command-result', result);
    await app.services.jobs.idle();
    await page.getByText('1 of 1 arrived, 0 failed, 0 still to come').waitFor();
    await visitor.assertAccessible();
    line.socket.close();
  });
});
