/** Robots of people: made, shown, changed, deleted and erased, as the document says. */
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { addMember, authConfig, type Person, register } from '#test/support/accounts.ts';
import { authenticated, type RobotsPlatform, robotOf, startRobots, upload } from './support.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const WISH = {
  name: '客服机器人1',
  aiMode: 'builtin',
  aiProvider: 'doubao',
  aiModel: 'doubao-pro-32k',
  aiTemperature: 0.7,
  aiMaxTokens: 2000,
  aiContextLength: 10,
  aiScenario: '咨询',
};
const DEFAULTS = { replyDelayMin: 1, replyDelayMax: 3, aiCallLimitDaily: 1000, sessionTimeoutMinutes: 30 };

describe('robots of people', () => {
  let app: RobotsPlatform;
  let owner: Person;
  before(async () => {
    app = await startRobots({ plugins: { auth: { ...authConfig, registration: 'open', accessTokenMinutes: 1440 } } });
    owner = await register(app);
  });
  after(() => app.stop());

  async function created(person = owner, wish: object = WISH): Promise<string> {
    const { status, body } = await person.http.post('/api/robots', wish);
    assert.equal(status, 200);
    return body.data.robotId;
  }

  it('are made and shown to the byte', async () => {
    const made = await owner.http.post('/api/robots', WISH);
    const { robotId } = made.body.data;
    assert.match(robotId, /^robot_\d{13}_[a-z0-9]{6}$/);
    assert.deepEqual(made.body, { code: 0, message: '创建成功', data: { robotId, name: WISH.name } });
    const { body } = await owner.http.get(`/api/robots/${robotId}`);
    assert.deepEqual([body.code, body.message], [0, 'success']);
    const { robotUuid, createdAt, ...rest } = body.data;
    assert.match(robotUuid, /^[0-9a-f-]{36}$/);
    assert.match(createdAt, ISO);
    const unused = { totalMessages: 0, aiCallsToday: 0, lastActiveAt: null, deviceInfo: null, activationInfo: null };
    assert.deepEqual(rest, { ...WISH, ...DEFAULTS, ...unused, robotId, status: 'offline' });
  });

  it('are listed in pages, with what the document shows of them', async () => {
    const person = await register(app);
    const ids = [await created(person), await created(person), await created(person)];
    const { body } = await person.http.get('/api/robots?page=2&pageSize=2');
    assert.equal(body.data.total, 3);
    assert.deepEqual(
      body.data.list.map(({ robotId }: { robotId: string }) => robotId),
      [ids[0]],
    );
    assert.deepEqual(Object.keys(body.data.list[0]), [
      'robotId',
      'name',
      'status',
      'aiMode',
      'aiProvider',
      'totalMessages',
      'aiCallsToday',
      'lastActiveAt',
      'deviceInfo',
      'createdAt',
    ]);
    assert.equal((await person.http.get('/api/robots?status=broken')).status, 400);
    assert.equal((await person.http.get('/api/robots?pageSize=1000')).status, 400);
  });

  it('are online with an open socket or a poll within a minute, and filtered by it', async () => {
    const robot = await robotOf(app, await register(app));
    const idsOf = async (status: string) => {
      const { body } = await robot.owner.http.get(`/api/robots?status=${status}`);
      return body.data.list.map(({ robotId }: { robotId: string }) => robotId);
    };
    assert.deepEqual([await idsOf('online'), await idsOf('offline')], [[], [robot.robotId]]);
    await robot.http.get('/api/robot/commands');
    assert.deepEqual([await idsOf('online'), await idsOf('offline')], [[robot.robotId], []]);
    await app.clock.advance(61_000);
    assert.deepEqual([await idsOf('online'), await idsOf('offline')], [[], [robot.robotId]]);
    await robot.owner.http.delete(`/api/robots/${robot.robotId}`);
    assert.deepEqual([await idsOf('offline'), await idsOf('deleted')], [[], [robot.robotId]]);
  });

  it('are changed in what is named, within the ranges', async () => {
    const robotId = await created();
    const change = (patch: object) => owner.http.put(`/api/robots/${robotId}`, patch);
    const patch = {
      name: '客服机器人1（更新）',
      aiMode: 'third_party',
      aiProvider: 'dify',
      aiTemperature: 0.8,
      aiMaxTokens: 3000,
      replyDelayMin: 2,
      replyDelayMax: 5,
      aiCallLimitDaily: 2000,
    };
    const answer = await change(patch);
    assert.deepEqual([answer.status, answer.body], [200, { code: 0, message: '更新成功', data: null }]);
    assert.equal((await change({ replyDelayMax: '7' })).status, 200);
    const { data } = (await owner.http.get(`/api/robots/${robotId}`)).body;
    for (const [name, value] of Object.entries({ ...patch, replyDelayMax: 7, aiModel: WISH.aiModel }))
      assert.equal(data[name], value, name);
    const wrong = [
      { aiTemperature: 2.1 },
      { aiTemperature: '-1' },
      { aiMaxTokens: 0 },
      { aiMaxTokens: '32001' },
      { aiContextLength: 51 },
      { aiContextLength: 1.5 },
      { replyDelayMax: 301 },
      { replyDelayMin: 8 },
      { aiCallLimitDaily: -1 },
      { aiMode: 'other' },
      { name: ' ' },
      { name: 'x'.repeat(201) },
    ];
    for (const one of wrong) {
      const { status, body } = await change(one);
      assert.deepEqual([status, body.code], [400, 400], JSON.stringify(one));
    }
  });

  it('of others are not there, but for administrators of the tenant', async () => {
    const member = await addMember(app, owner, 'member');
    const other = await addMember(app, owner, 'member');
    const robotId = await created(member);
    const statusFor = async (person: Person) => (await person.http.get(`/api/robots/${robotId}`)).status;
    assert.deepEqual(
      [await statusFor(member), await statusFor(owner), await statusFor(other), await statusFor(await register(app))],
      [200, 200, 404, 404],
    );
  });

  it('are offline once they are deleted, which is told of those that were online', async () => {
    const robot = await robotOf(app, owner);
    const away = await robotOf(app, owner);
    const events = await app.record(/^robot\.(?:on|off)line$/);
    const line = await authenticated(app, robot);
    // It is told that it is there before that is stored.
    while ((await events.all()).length === 0) await setImmediate();
    events.clear();
    for (const { robotId } of [robot, away]) await owner.http.delete(`/api/platform/robots/robots/${robotId}`);
    await line.closed;
    const told = (await events.all()).map(({ data }) => data);
    assert.deepEqual(told, [{ robot_id: robot.robotId, name: 'Robot' }]);
  });

  it('end with their tokens, sockets and code when they are deleted, and are erased later', async () => {
    const robot = await robotOf(app, owner);
    await upload(robot, { spoken: '你好', fileBase64: 'iVBORw0KGgo=' });
    const line = await authenticated(app, robot);
    const { status, body } = await owner.http.delete(`/api/robots/${robot.robotId}`);
    assert.deepEqual([status, body], [200, { code: 0, message: '删除成功', data: null }]);
    assert.equal(await line.closed, 4010);
    assert.equal((await robot.http.get('/api/robot/commands')).status, 401);
    const { refreshToken } = robot;
    assert.equal((await app.http.post('/api/robot/refresh-token', { refreshToken })).status, 401);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const sent = await owner.http.send(method, `/api/robots/${robot.robotId}`, method === 'PUT' ? {} : undefined);
      assert.equal(sent.status, 404, method);
    }
    const { db, robotErasure } = app.services;
    await robotErasure.eraseDeleted();
    assert.equal((await db.read('robots_messages').where({ robot: robot.key })).length, 1);
    await app.clock.advance(31 * 24 * 3600_000);
    await robotErasure.eraseDeleted();
    assert.equal((await db.read('robots_messages').where({ robot: robot.key })).length, 0);
    assert.equal((await db.read('core_blobs')).length, 0);
    assert.equal(await db.read('robots_robots').where({ id: robot.key }).first(), undefined);
  });
});
