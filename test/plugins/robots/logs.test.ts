/** The log of the WorkBot API, and its rate. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { connected, lineTo, type RobotsPlatform, robotOf, sendText, startRobots } from './support.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('the log of the WorkBot API', () => {
  let app: RobotsPlatform;
  let admin: Person;
  before(async () => {
    app = await startRobots({ plugins: { auth: { ...authConfig, registration: 'open', accessTokenMinutes: 1440 } } });
    admin = await signInAdmin(app);
  });
  after(() => app.stop());

  async function logs(query: string): Promise<any[]> {
    await app.services.robotLogs.written();
    const { status, body } = await admin.http.get(`/api/admin/logs?${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    return body.data.list;
  }

  it('holds what was refused, in the fields of the document', async () => {
    const deviceInfo = { deviceId: 'x' };
    await app.http.post('/api/robot-ids/activate', { code: 'NOTHERE2', deviceInfo });
    await app.services.robotLogs.written();
    const { body } = await admin.http.get('/api/admin/logs?logType=api&level=error&page=1&pageSize=20');
    assert.deepEqual([body.code, body.message, Object.keys(body.data)], [0, 'success', ['total', 'list']]);
    const [{ id, createdAt, details, ...entry }] = body.data.list;
    assert.ok(Number.isInteger(id));
    assert.match(createdAt, ISO);
    assert.match(details.requestId, /^[\w-]{8,}/);
    assert.deepEqual([details.code, details.status, details.path], ['CODE_NOT_FOUND', 404, '/api/robot-ids/activate']);
    assert.deepEqual(entry, { logType: 'api', level: 'error', message: '激活码不存在', ipAddress: '127.0.0.1' });
  });

  it('holds robots that come, go and fail, and sockets with the token of another robot', async () => {
    const robot = await robotOf(app);
    const line = await connected(app, robot);
    const commandId = await sendText(robot, '你好');
    const failed = { commandId, errorCode: 201101, errorReason: '找不到会话' };
    await robot.http.post('/api/robot/command-result', failed);
    line.socket.close();
    await line.closed;
    const other = lineTo(app, `?robotId=${robot.robotId}&token=${(await robotOf(app)).token}`);
    await assert.rejects(other.closed, /401/);
    const messages = (await logs('logType=websocket')).map(({ message }) => message);
    for (const message of ['机器人已上线', '指令执行失败', 'Token无效']) assert.ok(messages.includes(message), message);
    const [failure] = (await logs('logType=robot&level=error')).filter(
      ({ details }) => details.commandId === commandId,
    );
    assert.deepEqual(failure.details, {
      robotId: robot.robotId,
      commandId,
      errorCode: 201101,
      errorReason: '找不到会话',
    });
  });

  it('keeps no secrets and nothing without bounds, and no more of one address than a minute holds', async () => {
    const { robotLogs } = app.services;
    const details = { token: 'abc', nested: { secretKey: 'abc', text: 'x'.repeat(10_000) } };
    robotLogs.note({ type: 'ai', level: 'warn', message: `no\0${'y'.repeat(1_000)}`, details });
    const [entry] = await logs('logType=ai');
    assert.equal(entry.message.length, 500);
    assert.deepEqual(entry.details, { token: '***', nested: { secretKey: '***', text: 'x'.repeat(500) } });
    for (let count = 0; count < 200; count++)
      robotLogs.note({ type: 'mail', level: 'info', message: 'm', ip: '192.0.2.1' });
    assert.equal((await logs('logType=mail&pageSize=100')).length, 60);
  });

  it('is shown to tenants as far as it is theirs, and forgotten after its days', async () => {
    const owner = await register(app);
    await owner.http.get('/api/robots/robot_0_nobody');
    await app.services.robotLogs.written();
    const { body } = await owner.http.get('/api/platform/robots/logs?level=error');
    assert.deepEqual(
      body.items.map(({ message }: { message: string }) => message),
      ['机器人不存在'],
    );
    await app.clock.advance(31 * 24 * 3600_000);
    await app.services.robotLogs.tidy();
    assert.equal((await app.services.db.read('robots_logs')).length, 0);
  });
});

describe('the rate of the WorkBot API', () => {
  it('is 60 requests a minute for each address and each principal, in the words of the document', async () => {
    const app = await startRobots({
      plugins: { auth: { ...authConfig, registration: 'open' }, robots: {} },
      config: { http: { rateLimit: { enabled: true } } },
    });
    try {
      const [one, other] = [await robotOf(app), await robotOf(app)];
      const refusedAfter = async (ask: () => Promise<{ status: number; body: any; headers: Headers }>) => {
        for (let count = 0; ; count++) {
          const { status, body, headers } = await ask();
          if (status !== 429) continue;
          const retryAfter = Number(headers.get('retry-after'));
          assert.ok(retryAfter > 0 && retryAfter <= 60);
          assert.deepEqual(body, { code: 429, message: '请求过于频繁，请稍后重试', data: { retryAfter } });
          return count;
        }
      };
      assert.equal(await refusedAfter(() => one.http.get('/api/robot/commands')), 60);
      assert.equal(await refusedAfter(() => app.http.post('/api/robot/refresh-token', { refreshToken: 'x' })), 60);
      assert.equal((await other.http.get('/api/robot/commands')).status, 200);
    } finally {
      await app.stop();
    }
  });
});
