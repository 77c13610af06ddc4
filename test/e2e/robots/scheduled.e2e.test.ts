/** A scheduled message: made by a form on a telephone, and cancelled. */
import assert from 'node:assert/strict';
import type { TestPlatform } from '#test/support/harness.ts';
import { robotOf, type TestRobot } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('a scheduled message of a robot', function () {
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

  it('is made, stands in the list, and is cancelled', async () => {
    visitor = await visit(app, { width: 'phone' });
    const { page } = visitor;
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open('/inbox/scheduled');
    await page.getByRole('button', { name: 'Schedule a message' }).first().click();
    const form = page.getByRole('dialog', { name: 'Schedule a message' });
    await form.getByRole('combobox', { name: 'Robot' }).click();
    await page.getByRole('option', { name: 'Robot', exact: true }).click();
    await form.getByRole('combobox', { name: 'To' }).fill('Ada');
    await page.keyboard.press('Enter');
    await form.getByLabel('Text').fill('Good morning');
    await form.getByText('Again and again', { exact: true }).click();
    await visitor.assertAccessible();
    await form.getByRole('button', { name: 'Schedule it' }).click();
    await page.getByText('The message is scheduled').waitFor();
    const { body } = await robot.owner.http.get('/api/platform/robots/scheduled-messages');
    assert.deepEqual([body.items[0].names, body.items[0].zone], [['Ada'], 'Europe/Berlin']);
    await page.getByRole('button', { name: 'Cancel it' }).click();
    await page.getByRole('grid').getByText('Cancelled').waitFor();
    await visitor.assertAccessible();
  });
});
