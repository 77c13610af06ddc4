/** Commands reach robots: over both dialects of the socket and by polling, in order, again when no result came, once recorded. */
import assert from 'node:assert/strict';
import {
  authenticated,
  connected,
  isCommand,
  type Line,
  poll,
  type RobotsPlatform,
  robotOf,
  sendText,
  startRobots,
} from './support.ts';

const REPEAT_MS = 36_000;

describe('commands for robots', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots();
  });
  after(() => app.stop());

  for (const [dialect, open] of Object.entries({ first: connected, second: authenticated })) {
    it(`are pushed over the ${dialect} dialect as soon as they are accepted, with what was sent`, async () => {
      const robot = await robotOf(app);
      const line = await open(app, robot);
      const commandId = await sendText(robot, '你好！', { atList: ['张三'] });
      const { data } = await line.next(isCommand);
      assert.equal(data.commandId, commandId);
      assert.equal(data.commandType, 'send_message');
      assert.deepEqual(data.commandParams ?? data.params, {
        type: 'text',
        titleList: ['张三'],
        content: '你好！',
        atList: ['张三'],
      });
      line.socket.close();
    });

    it(`that waited come when the robot connects in the ${dialect} dialect, the most urgent first, then by age`, async () => {
      const robot = await robotOf(app);
      const ids = [await sendText(robot, 'one'), await sendText(robot, 'two')];
      const urgent = await sendText(robot, 'now', { priority: 3, titleList: ['李四'] });
      const line = await open(app, robot);
      const come = [await line.next(isCommand), await line.next(isCommand), await line.next(isCommand)];
      assert.deepEqual(
        come.map(({ data }) => data.commandId),
        [urgent, ...ids],
      );
      line.socket.close();
    });

    it(`without a result are offered again after 35 s over the ${dialect} dialect, and not before`, async () => {
      const robot = await robotOf(app);
      const line = await open(app, robot);
      const commandId = await sendText(robot, 'again');
      await line.next(isCommand);
      await stayAlive(line, 25_000);
      await stayAlive(line, 9_000);
      assert.equal(line.frames.filter(isCommand).length, 1);
      await stayAlive(line, 2_000);
      assert.equal((await line.next(isCommand)).data.commandId, commandId);
      const result = { commandId, status: 'success', errorCode: 0, successList: ['张三'] };
      line.send({ type: 'result', data: result });
      await line.next(({ type }) => type === 'result_ack');
      await stayAlive(line, 25_000);
      await stayAlive(line, 25_000);
      assert.equal(line.frames.filter(isCommand).length, 2);
      assert.equal(await statusOf(commandId), 'succeeded');
      line.socket.close();
    });
  }

  it('are offered to polling, all that wait at once and in their order', async () => {
    const robot = await robotOf(app);
    const ids = [await sendText(robot, 'one'), await sendText(robot, 'two', { titleList: ['李四'] })];
    const commands = await poll(robot);
    assert.deepEqual(
      commands.map(({ commandId }) => commandId),
      ids,
    );
    assert.deepEqual(Object.keys(commands[0]).sort(), ['commandId', 'commandParams', 'commandType', 'createdAt']);
    assert.deepEqual(await poll(robot), []);
    await app.clock.advance(REPEAT_MS);
    assert.equal((await poll(robot)).length, 2);
  });

  it('keep their order for a recipient when a socket is lost and another takes its place', async () => {
    const robot = await robotOf(app);
    const line = await connected(app, robot);
    const first = await sendText(robot, 'a question');
    await line.next(isCommand);
    line.socket.terminate();
    await line.closed;
    const second = await sendText(robot, 'its answer');
    const other = await sendText(robot, 'for somebody else', { titleList: ['李四'] });
    const next = await authenticated(app, robot);
    assert.equal((await next.next(isCommand)).data.commandId, other);
    await stayAlive(next, 25_000);
    await stayAlive(next, 12_000);
    const ids = [(await next.next(isCommand)).data.commandId, (await next.next(isCommand)).data.commandId];
    assert.deepEqual(ids, [first, second]);
    next.socket.close();
  });

  it('wait behind what waits for one of their recipients, and behind nothing else', async () => {
    const robot = await robotOf(app);
    const question = await sendText(robot, 'a question');
    await poll(robot);
    const line = await connected(app, robot);
    const both = await sendText(robot, 'for two', { titleList: ['李四', '张三'] });
    const behind = await sendText(robot, 'after that', { titleList: ['李四'] });
    const others = [
      await sendText(robot, 'at once', { titleList: ['王五'] }),
      await sendText(robot, 'at once too', { titleList: ['王五'] }),
    ];
    const come = async () => (await line.next(isCommand)).data.commandId;
    assert.deepEqual([await come(), await come()], others);
    await robot.http.post('/api/robot/command-result', { robotId: robot.robotId, commandId: question, errorCode: 0 });
    assert.deepEqual([await come(), await come()], [both, behind]);
    const last = await sendText(robot, 'nothing waits any more');
    assert.equal(await come(), last);
    line.socket.close();
  });

  it('have one result, whoever reports it first', async () => {
    const robot = await robotOf(app);
    const line = await connected(app, robot);
    const commandId = await sendText(robot, 'once');
    await line.next(isCommand);
    const finished = await app.record(/^robot\.command/);
    const report = (errorCode: number) =>
      robot.http.post('/api/robot/command-result', { robotId: robot.robotId, commandId, errorCode, errorReason: 'x' });
    const answers = await Promise.all([report(0), report(201101), report(0)]);
    for (const answer of answers) assert.deepEqual(answer.body, { code: 0, message: '结果已记录', data: null });
    line.send({ type: 'result', data: { commandId, errorCode: 5 } });
    await line.next(({ type }) => type === 'result_ack');
    const [only, ...more] = await finished.all();
    assert.deepEqual(more, []);
    assert.equal(only?.data.command_id, commandId);
    line.socket.close();
  });

  it('that fail are tried again as often as was asked for', async () => {
    const robot = await robotOf(app);
    const commandId = await sendText(robot, 'try', { maxRetries: '1' });
    const fail = () => robot.http.post('/api/robot/command-result', { commandId, errorCode: '201102' });
    assert.equal((await poll(robot)).length, 1);
    await fail();
    assert.deepEqual(await poll(robot), []);
    await app.clock.advance(1_500);
    assert.equal((await poll(robot))[0].commandId, commandId);
    await fail();
    assert.equal(await statusOf(commandId), 'failed');
  });

  it('that fail for some are not tried again: the others would get them twice', async () => {
    const robot = await robotOf(app);
    const commandId = await sendText(robot, 'to two', { maxRetries: 1, titleList: ['张三', '李四'] });
    await poll(robot);
    const report = { commandId, errorCode: 5, successList: ['张三'], failList: ['李四'] };
    await robot.http.post('/api/robot/command-result', report);
    await app.clock.advance(1_500);
    assert.deepEqual(await poll(robot), []);
    assert.equal(await statusOf(commandId), 'failed');
  });

  it('whose failure is told again, because its answer was lost, are tried again all the same', async () => {
    const robot = await robotOf(app);
    const commandId = await sendText(robot, 'try', { maxRetries: 1 });
    const fail = () => robot.http.post('/api/robot/command-result', { commandId, errorCode: 201_102 });
    await poll(robot);
    const answers = [...(await Promise.all([fail(), fail()])), await fail()];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    await app.clock.advance(1_500);
    assert.equal((await poll(robot))[0]?.commandId, commandId);
    await robot.http.post('/api/robot/command-result', { commandId, errorCode: 0 });
    assert.equal(await statusOf(commandId), 'succeeded');
  });

  it('go on over the first dialect when what they wait behind is over, whatever its result is called', async () => {
    for (const type of ['result', 'command_result']) {
      const robot = await robotOf(app);
      const question = await sendText(robot, 'a question');
      await poll(robot);
      const line = await connected(app, robot);
      const behind = await sendText(robot, 'its answer');
      line.send({ type, data: { commandId: question, errorCode: 0 } });
      assert.equal((await line.next(isCommand)).data.commandId, behind);
      line.socket.close();
    }
  });

  it('go to the newest socket of a robot; the one before is closed with 1000', async () => {
    const robot = await robotOf(app);
    const former = await connected(app, robot);
    const latter = await authenticated(app, robot);
    assert.equal(await former.closed, 1000);
    await sendText(robot, 'to the latter');
    await latter.next(isCommand);
    assert.equal(former.frames.filter(isCommand).length, 0);
    latter.socket.close();
  });

  it('that were claimed for a socket that has closed meanwhile go over the next one at once', async () => {
    const { db, connectedRobots } = app.services;
    const robot = await robotOf(app);
    const former = await connected(app, robot);
    const written = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    // While somebody writes, all that comes waits and is written together: the claim for the former socket finds the command.
    const writing = db.transaction(async (trx) => {
      await trx('robots_robots').where({ id: robot.key }).update({ name: 'Robot' });
      begun.resolve();
      await written.promise;
    });
    await begun.promise;
    connectedRobots.pump(robot.key);
    const latter = await authenticated(app, robot);
    assert.equal(await former.closed, 1000);
    const sent = sendText(robot, 'for the latter');
    // That one has arrived when the answer to a later request is here.
    await robot.http.get('/api/platform/health');
    written.resolve();
    const [commandId] = await Promise.all([sent, writing]);
    assert.equal((await latter.next(isCommand)).data.commandId, commandId);
    assert.equal(former.frames.filter(isCommand).length, 0);
    const row = await db.read('robots_commands').where({ command_id: commandId }).first('tries', 'status');
    assert.deepEqual(row, { tries: 1, status: 'dispatched' });
    latter.socket.close();
  });

  it('expire after a day, where everybody sees it', async () => {
    const robot = await robotOf(app);
    const commandId = await sendText(robot, 'too late');
    const finished = await app.record(/^robot\.command/);
    await app.clock.advance(24 * 3600_000 + 60_000);
    await app.services.robotResults.expire();
    assert.equal(await statusOf(commandId), 'expired');
    const { offers } = await app.services.commandDispatch.claim({ robot: robot.key, over: 'poll', limit: 10 });
    assert.deepEqual(offers, []);
    assert.equal((await finished.all()).at(-1)?.data.status, 'expired');
  });

  async function statusOf(commandId: string): Promise<string | undefined> {
    const row = await app.services.db.read('robots_commands').where({ command_id: commandId }).first('status');
    return row?.status;
  }

  /** Time goes by while the client says that it is there. */
  async function stayAlive(line: Line, ms: number): Promise<void> {
    await app.clock.advance(ms);
    line.send({ type: 'ping' });
    await line.next(({ type }) => type === 'pong' || type === 'heartbeat_ack');
  }
});
