/** Statistics are right to the unit: with repeats, with reports that race, over days, and for each caller theirs. */
import assert from 'node:assert/strict';
import { joinTenant, register } from '#test/support/accounts.ts';
import { poll, type RobotsPlatform, robotOf, sendText, startRobots, type TestRobot } from './support.ts';

const DAY_MS = 24 * 3600_000;

describe('statistics of robots', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots();
  });
  after(() => app.stop());

  const today = (offset = 0) => new Date(app.clock.now() + offset * DAY_MS).toISOString().slice(0, 10);

  async function hear(robot: TestRobot, receivedName: string, groupName = '', messageId?: string): Promise<void> {
    const body = { robotId: robot.robotId, spoken: 'x', receivedName, groupName, ...(messageId && { messageId }) };
    const answer = await robot.http.post('/api/robot/messages', body);
    assert.equal(answer.status, 200, answer.text);
  }

  async function report(robot: TestRobot, commandId: string, errorCode = 0): Promise<void> {
    const answer = await robot.http.post('/api/robot/command-result', { commandId, errorCode });
    assert.equal(answer.status, 200, answer.text);
  }

  async function statistics(robot: TestRobot, query = ''): Promise<any> {
    const answer = await robot.owner.http.get(`/api/robots/${robot.robotId}/statistics${query}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.data;
  }

  it('are zeros and empty lists for a robot that has done nothing', async () => {
    const robot = await robotOf(app, await register(app));
    assert.deepEqual(await statistics(robot), {
      totalMessages: 0,
      totalAICalls: 0,
      avgResponseTime: 0,
      successRate: 0,
      topContacts: [],
      topGroups: [],
    });
    const user = await robot.owner.http.get('/api/user/statistics');
    assert.deepEqual(user.body, {
      code: 0,
      message: 'success',
      data: {
        totalRobots: 1,
        totalMessages: 0,
        totalAICalls: 0,
        aiCost: 0,
        activationCodeCount: 0,
        activeRobots: 0,
      },
    });
  });

  it('count each message once, whoever repeats it, also at the same moment', async () => {
    const robot = await robotOf(app, await register(app));
    await Promise.all(Array.from({ length: 12 }, (_, index) => hear(robot, '张三', '群', `m${index % 4}`)));
    await hear(robot, '李四', '', 'm9');
    await hear(robot, '李四', '', 'm9');
    await hear(robot, '', '', 'nobody');
    const { totalMessages, topContacts, topGroups } = await statistics(robot);
    assert.equal(totalMessages, 6);
    assert.deepEqual(topContacts, [
      { name: '张三', messageCount: 4 },
      { name: '李四', messageCount: 1 },
    ]);
    assert.deepEqual(topGroups, [{ name: '群', messageCount: 4 }]);
  });

  it('name the ten with the most messages', async () => {
    const robot = await robotOf(app, await register(app));
    for (let person = 1; person <= 12; person++)
      for (let count = 0; count < person; count++) await hear(robot, `person ${person}`);
    const { topContacts } = await statistics(robot);
    assert.deepEqual(
      topContacts.map(({ messageCount }: any) => messageCount),
      [12, 11, 10, 9, 8, 7, 6, 5, 4, 3],
    );
  });

  it('have the share of success of what came to an end, once each, however many report at once', async () => {
    const robot = await robotOf(app, await register(app));
    const ids: string[] = [];
    for (let count = 0; count < 4; count++) ids.push(await sendText(robot, `${count}`, { titleList: [`${count}`] }));
    await Promise.all(ids.slice(0, 2).flatMap((id) => [report(robot, id), report(robot, id), report(robot, id)]));
    await report(robot, ids[2]!, 201101);
    await report(robot, ids[2]!, 0);
    assert.equal((await statistics(robot)).successRate, 66.7);
    const figures = (await robot.owner.http.get(`/api/platform/robots/statistics?robot=${robot.robotId}`)).body.totals;
    assert.deepEqual([figures.succeeded, figures.failed, figures.expired], [2, 1, 0]);
  });

  it('have the seconds from the first message that waits to its answer', async () => {
    const robot = await robotOf(app, await register(app));
    await hear(robot, '张三');
    await app.clock.advance(1_000);
    await hear(robot, '张三');
    const commandId = await sendText(robot, 'answer');
    await poll(robot);
    await app.clock.advance(1_000);
    await Promise.all([report(robot, commandId), report(robot, commandId)]);
    await hear(robot, '李四');
    const second = await sendText(robot, 'another', { titleList: ['李四'] });
    await app.clock.advance(3_130);
    await report(robot, second);
    await report(robot, await sendText(robot, 'nobody waits'));
    assert.equal((await statistics(robot)).avgResponseTime, 2.57);
  });

  it('are of the days that are asked for, both ends included, in UTC', async () => {
    const robot = await robotOf(app, await register(app));
    const rows = [
      ...[-40, -2, -1, 0].map((day) => ({ day, kind: 'messages' as const, name: '', value: 10 ** (-day % 7) })),
      { day: -1, kind: 'ai_calls' as const, name: '', value: 7 },
      { day: -1, kind: 'ai_micros' as const, name: '', value: 1_234_567 },
    ];
    const now = Math.floor(app.clock.now() / DAY_MS);
    const { write } = app.services.db;
    await write('robots_counts').insert(rows.map((row) => ({ ...row, robot: robot.key, day: now + row.day })));
    const total = async (query: string) => (await statistics(robot, query)).totalMessages;
    assert.equal(await total(`?startDate=${today(-2)}&endDate=${today(-1)}`), 110);
    assert.equal(await total(`?startDate=${today(-1)}`), 11);
    assert.equal(await total(''), 111);
    assert.equal(await total(`?endDate=${today(-40)}`), 10 ** 5);
    assert.equal(await total('?startDate=1999-01-01&endDate=1999-12-31'), 0);
    const { data } = (await robot.owner.http.get('/api/user/statistics')).body;
    assert.deepEqual([data.totalMessages, data.totalAICalls, data.aiCost, data.activeRobots], [111, 7, 1.23, 1]);
    const series = (await robot.owner.http.get(`/api/platform/robots/statistics?from=${today(-3)}`)).body;
    assert.deepEqual(
      series.days.map(({ day, messages, ai_calls }: any) => [day, messages, ai_calls]),
      [
        [today(-3), 0, 0],
        [today(-2), 100, 0],
        [today(-1), 10, 7],
        [today(), 1, 0],
      ],
    );
    assert.deepEqual([series.from, series.to, series.totals.messages], [today(-3), today(), 111]);
  });

  it('are refused for what is no day, a range that ends before it starts, and more than 366 days', async () => {
    const robot = await robotOf(app);
    const bad = [
      'startDate=2024-02-30',
      'startDate=yesterday',
      'endDate=2024-1-1',
      'startDate=2024-12-02&endDate=2024-12-01',
    ];
    for (const query of [
      ...bad,
      'startDate=2023-01-01&endDate=2024-01-02',
      "startDate=1'--",
      'startDate=-271821-04-20',
    ]) {
      const answer = await robot.owner.http.get(`/api/robots/${robot.robotId}/statistics?${query}`);
      assert.deepEqual([answer.status, answer.body.code], [400, 400], query);
      const user = await robot.owner.http.get(`/api/user/statistics?${query}`);
      assert.equal(user.status, 400, query);
    }
    await statistics(robot, '?startDate=2023-01-01&endDate=2024-01-01');
  });

  it('are those of the caller: a member’s own, all of the tenant for its owner, nobody else’s', async () => {
    const owner = await register(app);
    const member = await joinTenant(app, owner, 'member');
    const [ofOwner, ofMember] = [await robotOf(app, owner), await robotOf(app, member)];
    await hear(ofOwner, 'a');
    await hear(ofMember, 'b');
    await hear(ofMember, 'c');
    const own = async ({ http }: typeof owner) => {
      const { totalRobots, totalMessages } = (await http.get('/api/user/statistics')).body.data;
      return [totalRobots, totalMessages];
    };
    assert.deepEqual(
      [await own(owner), await own(member)],
      [
        [2, 3],
        [1, 2],
      ],
    );
    const refused = await member.http.get(`/api/robots/${ofOwner.robotId}/statistics`);
    assert.deepEqual([refused.status, refused.body.message], [404, '机器人不存在']);
    const stranger = await register(app);
    assert.equal((await stranger.http.get(`/api/platform/robots/statistics?robot=${ofOwner.robotId}`)).status, 404);
    assert.equal((await ofOwner.http.get('/api/user/statistics')).status, 403);
  });
});
