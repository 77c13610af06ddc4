/** Two processes on one PostgreSQL: what one accepts reaches a robot that the other holds, once, and in order. */
import assert from 'node:assert/strict';
import { addMember } from '#test/support/accounts.ts';
import {
  authenticated,
  connected,
  isCommand,
  ownerOf,
  poll,
  type RobotsPlatform,
  robotOf,
  sendText,
  startRobots,
  type TestRobot,
  upload,
} from './support.ts';

describe('robots with two replicas', () => {
  let a: RobotsPlatform;
  let b: RobotsPlatform;
  before(async () => {
    a = await startRobots();
    const { database } = a.services.coreConfig;
    b = await startRobots({ database, dataDir: a.dataDir, clock: a.clock });
  });
  after(async () => {
    await b.platform.stop();
    await a.stop();
  });

  it('a command that one takes reaches a robot at the other at once, in either dialect', async () => {
    for (const open of [connected, authenticated]) {
      const robot = await robotOf(a);
      const line = await open(b, robot);
      const ids = [await sendText(robot, 'one'), await sendText(robot, 'two'), await sendText(robot, 'three')];
      const come = [await line.next(isCommand), await line.next(isCommand), await line.next(isCommand)];
      assert.deepEqual(
        come.map(({ data }) => data.commandId),
        ids,
      );
      line.socket.close();
      await line.closed;
    }
  });

  it('commands of both at once come once each, and those of one recipient in the order of their acceptance', async () => {
    const robot = await robotOf(a);
    const line = await connected(b, robot);
    const owner = await ownerOf(a);
    const atB: TestRobot = { ...robot, owner: { ...owner, http: b.http.bearer(owner.accessToken) } };
    const sent = { a: [] as string[], b: [] as string[] };
    const send = async (side: 'a' | 'b', by: TestRobot) => {
      for (let n = 0; n < 10; n++) sent[side].push(await sendText(by, `${side} ${n}`, { titleList: [side] }));
    };
    await Promise.all([send('a', robot), send('b', atB)]);
    const come: string[] = [];
    while (come.length < 20) come.push((await line.next(isCommand)).data.commandId);
    assert.equal(new Set(come).size, 20);
    for (const side of ['a', 'b'] as const)
      assert.deepEqual(
        come.filter((id) => sent[side].includes(id)),
        sent[side],
      );
    line.socket.close();
  });

  it('who looks at a conversation at one is seen at the other', async () => {
    const robot = await robotOf(a);
    await upload(robot, { receivedName: 'together' });
    const owner = await ownerOf(a);
    const colleague = await addMember(a, owner, 'admin');
    const atB = b.http.bearer(colleague.accessToken);
    const { items } = (await owner.http.get(`/api/platform/robots/conversations?robot=${robot.robotId}`)).body;
    const path = `/api/platform/robots/conversations/${items[0].id}/presence`;
    const recording = await b.record(/^inbox\.presence$/);
    const others = async (doing: string) => (await atB.post(path, { doing })).body.people;
    await owner.http.post(path, { doing: 'writing' });
    const isTold = async () => (await others('looking'))[0]?.doing === 'writing';
    while (!(await isTold())) await new Promise(setImmediate);
    await owner.http.post(path, { doing: 'gone' });
    while ((await others('looking')).length > 0) await new Promise(setImmediate);
    const told = (await recording.all()).filter(({ data }) => data.person.id === owner.id);
    assert.deepEqual(
      told.map(({ data }) => data.doing),
      ['writing', 'gone'],
    );
    recording.end();
  });

  it('a robot at one is configured and asked how it is through the other', async () => {
    const robot = await robotOf(a);
    const line = await authenticated(b, robot);
    const isOnline = () => a.services.db.read('robots_robots').where({ id: robot.key, is_online: 1 }).first('id');
    while (!(await isOnline())) await new Promise(setImmediate);
    const path = `/api/platform/robots/robots/${robot.robotId}`;
    const body = { configType: 'risk_control', config: { words: 'x'.repeat(20_000) } };
    assert.equal((await robot.owner.http.post(`${path}/config-push`, body)).status, 202);
    const { data } = await line.next(({ type }) => type === 'config_push');
    assert.deepEqual(data, { robotId: robot.robotId, ...body });
    const asking = robot.owner.http.post(`${path}/status-query`);
    const { queryId } = (await line.next(({ type }) => type === 'status_query')).data;
    line.send({ type: 'status_response', data: { queryId, battery: 50 } });
    assert.deepEqual((await asking).body, { status: { queryId, battery: 50 } });
    line.socket.close();
  });

  it('a robot that comes back to the other replica leaves the first, which is closed with 1000', async () => {
    const robot = await robotOf(a);
    const former = await connected(a, robot);
    // By the clock of a test both come at one moment.
    await a.clock.advance(1);
    const latter = await connected(b, robot);
    assert.equal(await former.closed, 1000);
    await sendText(robot, 'to the latter');
    await latter.next(isCommand);
    const row = await a.services.db.read('robots_robots').where({ id: robot.key }).first();
    assert.equal(row?.is_online, 1, 'the leave of the former is no leave of the robot');
    latter.socket.close();
  });

  it('polls at both at once are given each command once', async () => {
    const robot = await robotOf(a);
    const ids = [];
    for (let n = 0; n < 5; n++) ids.push(await sendText(robot, `poll ${n}`));
    const atB: TestRobot = { ...robot, http: b.http.bearer(robot.token) };
    const answers = await Promise.all([poll(robot), poll(atB), poll(robot), poll(atB)]);
    assert.deepEqual(
      answers.flat().map(({ commandId }) => commandId),
      ids,
    );
  });

  it('a message that is uploaded to both is stored once', async () => {
    const robot = await robotOf(a);
    const body = { robotId: robot.robotId, messageId: 'once', spoken: '你好', receivedName: '张三', roomType: 2 };
    const upload = (app: RobotsPlatform) => app.http.bearer(robot.token).post('/api/robot/messages', body);
    const answers = await Promise.all([upload(a), upload(b), upload(a), upload(b)]);
    for (const { status, text } of answers) assert.equal(status, 200, text);
    assert.equal(new Set(answers.map(({ body }) => body.data.messageId)).size, 1);
    const [{ total } = { total: 0 }] = await a.services.db
      .read('robots_messages')
      .where({ robot: robot.key })
      .count({ total: '*' });
    assert.equal(Number(total), 1);
  });

  it('the first result is the result, wherever it is reported', async () => {
    const robot = await robotOf(a);
    const commandId = await sendText(robot, 'once');
    await poll(robot);
    const report = (app: RobotsPlatform, errorCode: number) =>
      app.http.bearer(robot.token).post('/api/robot/command-result', { commandId, errorCode });
    const answers = await Promise.all([report(a, 0), report(b, 7), report(a, 0), report(b, 7)]);
    for (const { status } of answers) assert.equal(status, 200);
    const counts = await a.services.db
      .read('robots_counts')
      .where({ robot: robot.key })
      .whereIn('kind', ['succeeded', 'failed']);
    assert.equal(
      counts.reduce((sum, { value }) => sum + Number(value), 0),
      1,
    );
  });

  it('what follows from messages and the clock happens once, whichever of them sees it', async () => {
    const robot = await robotOf(a);
    const atB = { ...robot, http: b.http.bearer(robot.token) };
    const both = [robot, atB, robot, atB];
    const events = await a.record(/^conversation\./);
    await Promise.all(both.map((side, n) => upload(side, { spoken: n < 2 ? 'hello' : '转人工' })));
    const owner = await ownerOf(a);
    const found = await a.services.db.read('robots_conversations').where({ robot: robot.key });
    assert.equal(found.length, 1);
    const at = `/api/platform/robots/conversations/${found[0]?.uuid}`;
    const answers = await Promise.all(
      [a, b].map(({ http }) =>
        http.bearer(owner.accessToken).post(`${at}/answers`, { text: 'one answer' }, { 'idempotency-key': 'k' }),
      ),
    );
    assert.deepEqual(answers[0]?.body, answers[1]?.body);
    const snoozed_until = new Date(a.clock.now() + 1_000).toISOString();
    await owner.http.patch(at, { state: 'snoozed', snoozed_until });
    await a.clock.advance(1_000);
    const woken = await Promise.all([a, b].map(({ services }) => services.conversationChanges.wake()));
    assert.equal(woken[0]! + woken[1]!, 1);
    for (let n = 0; n < 3; n++) await Promise.all(both.map((side) => upload(side, { spoken: 'same again' })));
    const told = (await events.all()).map(({ type }) => type);
    assert.deepEqual(told, [
      'conversation.opened',
      'conversation.handed_over',
      'conversation.answered',
      'conversation.assigned',
      'conversation.opened',
      'conversation.looped',
    ]);
    assert.equal((await poll(robot)).length, 1);
  });
});
