/** The newer dialect, with a client that was written from its description alone. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type SecondClient, type SecondOptions, secondClient } from './second-client.ts';
import {
  connected,
  isCommand,
  lineTo,
  poll,
  type RobotsPlatform,
  robotOf,
  sendText,
  startRobots,
  type TestRobot,
} from './support.ts';

const STORM = 60;

describe('a client of the newer dialect', () => {
  let app: RobotsPlatform;
  const clients: SecondClient[] = [];
  before(async () => {
    app = await startRobots();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.stop();
  });
  after(() => app.stop());

  function open({ robotId, token }: Pick<TestRobot, 'robotId' | 'token'>, options: Partial<SecondOptions> = {}) {
    const later: SecondOptions['later'] = (ms, fn) => void app.clock.after(ms, fn);
    const client = secondClient(() => app.url, robotId, token, { later, ...options });
    clients.push(client);
    return client;
  }

  it('is welcomed with who it is, and told when to speak next', async () => {
    const robot = await robotOf(app);
    const client = open(robot);
    const welcome = await client.frame('authenticated');
    assert.deepEqual(Object.keys(welcome.data), ['authenticated', 'robotId', 'deviceId', 'userId']);
    assert.deepEqual([welcome.data.authenticated, welcome.data.robotId], [true, robot.robotId]);
    assert.equal(welcome.timestamp, app.clock.now());
    client.heartbeat();
    const { data } = await client.frame('heartbeat_ack');
    assert.deepEqual(data, {
      serverTime: app.clock.now(),
      nextHeartbeat: app.clock.now() + 30_000,
      receivedAt: app.clock.now(),
    });
  });

  it('is heard in what it says right behind who it is', async () => {
    const robot = await robotOf(app);
    const former = await connected(app, robot);
    const commandId = await sendText(robot, 'once');
    await former.next(isCommand);
    former.socket.terminate();
    await former.closed;
    const line = lineTo(app);
    await once(line.socket, 'open');
    line.send({ type: 'authenticate', data: { robotId: robot.robotId, token: robot.token } });
    line.send({ type: 'result', data: { commandId, status: 'success' } });
    line.send({ type: 'heartbeat' });
    await line.next(({ type }) => type === 'authenticated');
    assert.equal((await line.next(({ type }) => type === 'result_ack')).data.commandId, commandId);
    await line.next(({ type }) => type === 'heartbeat_ack');
    line.send({ type: 'heartbeat' });
    await line.next(({ type }) => type === 'heartbeat_ack');
    line.socket.close();
    const impostor = lineTo(app);
    await once(impostor.socket, 'open');
    impostor.send({ type: 'authenticate', data: { robotId: robot.robotId, token: 'wrong' } });
    for (let count = 0; count < 100; count++) impostor.send({ type: 'heartbeat' });
    assert.equal(await impostor.closed, 4010);
    assert.deepEqual(
      impostor.frames.map(({ type }) => type),
      ['error'],
    );
  });

  it('carries out what is pushed, and its result counts', async () => {
    const robot = await robotOf(app);
    const client = open(robot);
    await client.frame('authenticated');
    const commandId = await sendText(robot, '你好', { priority: 2 });
    const { data } = await client.frame('command_push');
    const { createdAt, ...rest } = data;
    assert.deepEqual(rest, {
      commandId,
      commandType: 'send_message',
      commandCode: 203,
      target: ['张三'],
      priority: 2,
      params: { type: 'text', titleList: ['张三'], content: '你好' },
    });
    assert.deepEqual((await client.frame('result_ack')).data, { commandId, status: 'received' });
    const row = await app.services.db.read('robots_commands').where({ command_id: commandId }).first();
    assert.equal(row?.status, 'succeeded');
  });

  it('is warned after 50 s of silence, closed with 1000 after 60, and stays away', async () => {
    const client = open(await robotOf(app));
    await client.frame('authenticated');
    const heardAt = app.clock.now();
    await app.clock.advance(51_000);
    const { data } = await client.frame('heartbeat_warning');
    assert.equal(data.warningType, 'timeout_soon');
    assert.deepEqual([data.lastHeartbeatAt, data.timeoutTime], [heardAt, heardAt + 60_000]);
    assert.ok(data.remainingTime > 0 && data.remainingTime <= 10_000);
    await app.clock.advance(10_000);
    await client.frame('error');
    await client.closed();
    await app.clock.advance(60_000);
    assert.deepEqual([client.closes, client.connections], [[1000], 1]);
  });

  it('is sent configuration, and says how it is when it is asked', async () => {
    const robot = await robotOf(app);
    const client = open(robot, { status: { battery: 71, status: 'idle' } });
    await client.frame('authenticated');
    const path = `/api/platform/robots/robots/${robot.robotId}`;
    await untilOnline(robot);
    const body = { configType: 'keyword_filter', config: { words: ['x'] }, version: 3 };
    const pushed = await robot.owner.http.post(`${path}/config-push`, body);
    assert.deepEqual([pushed.status, pushed.body], [202, { sent: true }]);
    assert.deepEqual((await client.frame('config_push')).data, { robotId: robot.robotId, ...body });
    const asked = await robot.owner.http.post(`${path}/status-query`);
    const { queryId, ...status } = asked.body.status;
    assert.deepEqual(status, { battery: 71, status: 'idle' });
    assert.equal((await client.frame('status_query')).data.queryId, queryId);
    assert.equal((await (await robotOf(app)).http.post(`${path}/status-query`)).status, 403);
  });

  it('is told that configuration was sent only when it was', async () => {
    const robot = await robotOf(app);
    const line = await connected(app, robot);
    await untilOnline(robot);
    const path = `/api/platform/robots/robots/${robot.robotId}/config-push`;
    const pushed = await robot.owner.http.post(path, { configType: 'risk_control', config: {} });
    assert.deepEqual([pushed.status, pushed.body.code], [409, 'ROBOT_DIALECT']);
    line.socket.close();
  });

  it('cannot be asked while it is away', async () => {
    const robot = await robotOf(app);
    const path = `/api/platform/robots/robots/${robot.robotId}`;
    const asked = await robot.owner.http.post(`${path}/status-query`);
    assert.deepEqual([asked.status, asked.body.code], [409, 'ROBOT_OFFLINE']);
    const body = { configType: 'risk_control', config: {} };
    assert.equal((await robot.owner.http.post(`${path}/config-push`, body)).status, 409);
  });

  it('comes back five seconds after its network failed, and is given what came meanwhile', async () => {
    const robot = await robotOf(app);
    const client = open(robot);
    await client.frame('authenticated');
    client.cut();
    await client.closed();
    const commandId = await sendText(robot, 'meanwhile');
    await app.clock.advance(4_900);
    assert.equal(client.connections, 1);
    await app.clock.advance(200);
    const { data } = await client.frame('command_push');
    assert.deepEqual([client.connections, data.commandId], [2, commandId]);
  });

  it(`is served with ${STORM - 1} others that come back at one moment, and nothing is delivered twice`, async () => {
    const owner = (await robotOf(app)).owner;
    const robots = await Promise.all(Array.from({ length: STORM }, () => robotOf(app, owner)));
    const carriedOut: string[] = [];
    const onCommand = ({ commandId }: any) => ({ sent: carriedOut.push(commandId) });
    const storm = robots.map((robot) => open(robot, { onCommand }));
    await Promise.all(storm.map((client) => client.frame('authenticated')));
    for (const client of storm) client.cut();
    await Promise.all(storm.map((client) => client.closed()));
    const ids = await Promise.all(robots.map((robot) => sendText(robot, 'after the storm')));
    await app.clock.advance(5_000);
    await Promise.all(storm.map((client) => client.frame('result_ack')));
    assert.deepEqual(carriedOut.toSorted(), ids.toSorted());
    assert.deepEqual(await Promise.all(robots.map((robot) => poll(robot))), Array(STORM).fill([]));
  });

  /** The registration of a socket is written after its welcome. */
  async function untilOnline({ key }: TestRobot): Promise<void> {
    const isThere = () => app.services.db.read('robots_robots').where({ id: key, is_online: 1 }).first('id');
    while (!(await isThere())) await new Promise(setImmediate);
  }
});
