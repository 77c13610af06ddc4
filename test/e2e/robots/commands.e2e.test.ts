/** The commands of a robot: their state as it happens, what failed in words, and asking again. */
import type { TestPlatform } from '#test/support/harness.ts';
import { connected, isCommand, robotOf, sendText, type TestRobot } from '../../plugins/robots/support.ts';
import { startPages } from '../support/platform.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('commands of a robot', function () {
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

  it('are watched, and asked for again', async () => {
    visitor = await visit(app);
    const { page } = visitor;
    const line = await connected(app, robot);
    const commandId = await sendText(robot, 'Good morning');
    await line.next(isCommand);
    await visitor.signIn(robot.owner.email, robot.owner.password);
    await visitor.open(`/assistants/${robot.robotId}`);
    await page.getByRole('tab', { name: 'Commands' }).click();
    const row = page.getByRole('row', { name: /Good morning/ });
    await row.getByText('On its way').waitFor();
    await visitor.assertAccessible();

    const result = { robotId: robot.robotId, commandId, errorCode: 201_104, errorReason: '' };
    await robot.http.post('/api/robot/command-result', result);
    await row.getByText('Whom it should go to was not found').waitFor();
    await row.getByRole('button', { name: 'Again' }).click();
    await page.getByText('The command is sent again').waitFor();
    await page
      .getByRole('row', { name: /Good morning/ })
      .nth(1)
      .waitFor();
    await line.next(isCommand);
    line.socket.close();
  });
});
