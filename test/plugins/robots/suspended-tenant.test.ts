/** A suspended tenant: its robots are refused, and what acts by itself waits until it is active again. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import {
  authenticated,
  connected,
  lineTo,
  poll,
  type RobotsPlatform,
  robotOf,
  sendText,
  startRobots,
  type TestRobot,
  upload,
} from './support.ts';

const HOUR_MS = 3_600_000;

describe('a suspended tenant', () => {
  let app: RobotsPlatform;
  let admin: Person;
  let owner: Person;
  let robot: TestRobot;
  let receiver: Receiver;
  before(async () => {
    receiver = await startReceiver();
    const auth = { ...authConfig, registration: 'open', accessTokenMinutes: 1440 };
    app = await startRobots({ plugins: { auth }, config: { http: { outbound: { allow: ['127.0.0.1'] } } } });
    admin = await signInAdmin(app);
  });
  after(async () => {
    await app.stop();
    await receiver.stop();
  });
  beforeEach(async () => {
    owner = await register(app);
    robot = await robotOf(app, owner);
  });

  it('has the tokens and sockets of its robots refused, and is told of', async () => {
    const other = await robotOf(app, owner);
    const [first, second] = [await connected(app, robot), await authenticated(app, other)];
    const events = await app.record(/^tenant\./);
    await standing('suspended');
    assert.deepEqual([await first.closed, await second.closed], [1008, 4010]);
    const { robotId, refreshToken } = robot;
    const message = { robotId, spoken: 'hello', receivedName: 'Ada', roomType: 2, textType: 1 };
    assert.equal((await robot.http.post('/api/robot/messages', message)).status, 403);
    assert.equal((await robot.http.get('/api/robot/commands')).status, 403);
    assert.equal((await app.http.post('/api/robot/refresh-token', { refreshToken })).status, 403);
    const again = lineTo(app, `?robotId=${robotId}&token=${robot.token}`);
    await assert.rejects(again.closed, /403/);
    await standing('active');
    assert.equal((await robot.http.get('/api/robot/commands')).status, 200);
    assert.equal((await app.http.post('/api/robot/refresh-token', { refreshToken })).status, 200);
    await upload(robot, { spoken: 'hello' });
    assert.deepEqual(
      (await events.all()).map(({ type }) => type),
      ['tenant.suspended', 'tenant.activated'],
    );
  });

  it('has its callbacks, broadcasts and scheduled messages wait, and go on when it is active', async () => {
    const url = receiver.url;
    await owner.http.post('/api/robot/third-party/config', { robotId: robot.robotId, messageCallbackUrl: url });
    const made = await owner.http.post('/api/platform/robots/broadcasts', {
      name: 'n',
      content: 'x',
      robots: [robot.robotId],
      audience: { names: ['a', 'b', 'c'] },
    });
    await owner.http.post(`/api/platform/robots/broadcasts/${made.body.id}/start`, {});
    await app.services.jobs.idle();
    const scheduled = await owner.http.post('/api/platform/robots/scheduled-messages', {
      robot_id: robot.robotId,
      names: ['Ada'],
      content: 'Good morning',
      cron: '0 * * * *',
    });
    assert.equal(scheduled.status, 201, scheduled.text);
    assert.equal((await poll(robot)).length, 1);
    const { db } = app.services;
    await standing('suspended');
    const asked = receiver.calls.length;
    await db.transaction((trx) =>
      app.services.jobs.enqueue(trx, 'robots.callback', {
        robot: robot.key,
        kind: 'status',
        subject: 'online',
        at: app.clock.now(),
      }),
    );
    await db.write('robots_callbacks').where({ robot: robot.key }).update({ status_url: url });
    for (let hour = 0; hour < 2; hour++) {
      await app.clock.advance(HOUR_MS);
      await app.services.scheduledMessages.sendDue();
      await app.services.broadcastPacing.resumeLost();
      await app.services.jobs.idle();
    }
    const count = async () => (await db.write('robots_commands').where({ robot: robot.key })).length;
    assert.deepEqual([await count(), receiver.calls.length], [1, asked]);
    await standing('active');
    await poll(robot);
    await app.services.broadcastPacing.resumeLost();
    for (let minute = 0; minute < 15; minute++) {
      await app.clock.advance(60_000);
      await app.services.jobs.idle();
      await poll(robot);
    }
    assert.ok((await count()) >= 3);
    assert.ok(receiver.calls.length > asked);
  });

  it('leaves what was asked of its robots to wait', async () => {
    const id = await sendText(robot, 'hello');
    await standing('suspended');
    await app.clock.advance(60_000);
    await standing('active');
    assert.deepEqual(
      (await poll(robot)).map(({ commandId }) => commandId),
      [id],
    );
  });

  async function standing(status: 'active' | 'suspended'): Promise<void> {
    const answer = await admin.http.patch(`/api/v2/admin/tenants/${owner.tenantId}`, { status });
    assert.equal(answer.status, 200, answer.text);
  }
});
