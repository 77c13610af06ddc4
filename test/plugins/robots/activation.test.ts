/** Activation codes: one robot on one device, whoever tries, however often, on both databases. */
import assert from 'node:assert/strict';
import { ADMIN, authConfig, keyOf, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { connected, type RobotsPlatform, startRobots } from './support.ts';

const DEVICE = {
  deviceId: '9774d56d682e549c',
  brand: 'Xiaomi',
  model: 'Mi 10',
  os: 'Android',
  osVersion: '13',
  manufacturer: 'Xiaomi',
  network: 'WiFi',
  appVersion: '3.0.1',
  totalMemory: 8192,
  screenResolution: '1080x2400',
};
const ISO_MS = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const DAY_MS = 24 * 3600_000;

describe('activation', () => {
  let app: RobotsPlatform;
  let admin: Person;
  let owner: Person;
  let ownerKey: number;
  before(async () => {
    app = await startRobots({ plugins: { auth: { ...authConfig, registration: 'open' } } });
    admin = await signInAdmin(app);
    owner = await register(app);
    ownerKey = (await app.services.people.userByUuid(owner.id))!.id;
  });
  after(() => app.stop());

  async function codeOf(wish: object = {}): Promise<string> {
    const answer = await admin.http.post('/api/admin/activation-codes', { count: 1, boundUserId: ownerKey, ...wish });
    assert.equal(answer.status, 200, answer.text);
    return answer.body.data.codes[0].code;
  }
  const activate = (code: string, deviceId = DEVICE.deviceId, more: object = {}) =>
    app.http.post('/api/robot-ids/activate', { code, deviceInfo: { ...DEVICE, deviceId }, ...more });

  it('names a robot after its id in the language of the server, and asks for a better name', async () => {
    const { robotId } = (await activate(await codeOf(), 'unnamed')).body.data;
    const path = `/api/platform/robots/robots/${robotId}`;
    const shown = async () => {
      const { name, named } = (await owner.http.get(path)).body;
      return [name, named];
    };
    const waiting = async () => {
      const { items } = (await owner.http.get('/api/platform/attention')).body;
      return items.find(({ id }: { id: string }) => id === 'robots.unnamed')?.count ?? 0;
    };
    assert.deepEqual(await shown(), [`Robot ${robotId.slice(-6)}`, false]);
    const before = await waiting();
    assert.ok(before > 0);
    assert.equal((await owner.http.patch(path, { name: 'Front desk' })).status, 200);
    assert.deepEqual(await shown(), ['Front desk', true]);
    assert.equal(await waiting(), before - 1);
    await owner.http.delete(path);
  });

  it('generates codes as documented, without look-alikes, at the price of their length', async () => {
    const wish = { count: 10, validityPeriod: 30, boundUserId: ownerKey };
    const { status, body } = await admin.http.post('/api/admin/activation-codes', wish);
    assert.equal(status, 200);
    assert.deepEqual([body.code, body.message, Object.keys(body.data)], [0, '生成成功', ['codes']]);
    assert.equal(body.data.codes.length, 10);
    for (const one of body.data.codes) {
      const { code, createdAt, ...rest } = one;
      assert.match(code, /^[A-HJ-NP-Z2-9]{8}$/);
      assert.match(createdAt, ISO);
      assert.deepEqual(rest, { status: 'unused', validityPeriod: 30, price: 50 });
    }
    const odd = await admin.http.post('/api/admin/activation-codes', { count: '1', validityPeriod: 45 });
    assert.equal(odd.body.data.codes[0].price, 75);
    const { items } = (await admin.http.get('/api/platform/robots/codes')).body;
    assert.deepEqual([items[0].price, items[0].currency], [75, 'CNY']);
  });

  it('makes a robot of the person that the code belongs to: 201 in both, then 200 for the same device', async () => {
    const code = await codeOf();
    const first = await activate(code.toLowerCase());
    assert.equal(first.status, 201, first.text);
    assert.deepEqual([first.body.code, first.body.message], [201, '激活成功']);
    const { robotId, robotUuid, token, refreshToken, expiresAt, isNewActivation, ...more } = first.body.data;
    assert.deepEqual(more, {});
    assert.match(robotId, /^robot_\d{13}_[a-z0-9]{6}$/);
    assert.match(robotUuid, /^[0-9a-f-]{36}$/);
    assert.match(expiresAt, ISO_MS);
    assert.equal(isNewActivation, true);

    const again = await activate(code);
    assert.equal(again.status, 200);
    assert.deepEqual([again.body.code, again.body.message], [200, '激活成功（已更新Token）']);
    assert.deepEqual([again.body.data.robotId, again.body.data.isNewActivation], [robotId, false]);
    assert.notEqual(again.body.data.token, token);
    // The app that is running keeps its pair until the new one is renewed for the first time.
    assert.equal((await app.http.bearer(token).get('/api/robot/commands')).status, 200);
    const renew = (one: string) => app.http.post('/api/robot/refresh-token', { refreshToken: one });
    const kept = await renew(refreshToken);
    assert.equal(kept.status, 200);
    assert.equal((await renew(again.body.data.refreshToken)).status, 200);
    assert.equal((await renew(kept.body.data.refreshToken)).status, 401);
    assert.equal((await renew(refreshToken)).status, 401);

    const robot = await owner.http.get(`/api/robots/${robotId}`);
    assert.equal(robot.body.data.activationInfo.code, code);
    assert.deepEqual(robot.body.data.deviceInfo, DEVICE);
  });

  it('tells the owner when a device is activated again, however often, and keeps few tokens of it', async () => {
    const code = await codeOf();
    const { robotId } = (await activate(code, 'told-phone')).body.data;
    const waiting = async () =>
      (await owner.http.get('/api/platform/attention')).body.items.find(({ id }: any) => id === 'robots.reactivated');
    const events = await app.record(/^robot\.reactivated$/);
    const before = (await waiting())?.count ?? 0;
    for (let count = 0; count < 10; count++) {
      await app.clock.advance(1);
      assert.equal((await activate(code, 'told-phone')).status, 200);
    }
    assert.equal((await waiting()).count, before + 1);
    assert.deepEqual(
      (await events.all()).map(({ data }) => data.robot_id),
      Array.from({ length: 10 }, () => robotId),
    );
    const robot = await app.services.robots.byRobotId(robotId);
    const rows = await app.services.db.read('robots_refresh_tokens').where({ robot: robot!.id });
    assert.equal(rows.length, 6);
  });

  it('shows the code, the device and the callbacks of a robot to nobody who may only read', async () => {
    const code = await codeOf();
    const { robotId } = (await activate(code, 'phone-serial-77')).body.data;
    const url = 'https://93.184.215.14/hook?key=secret';
    await owner.http.post('/api/robot/third-party/config', { robotId, messageCallbackUrl: url });
    const keyWith = async (scope: string) => app.http.with(await keyOf(owner, [scope]));
    const paths = [
      '/api/platform/robots/codes',
      '/api/platform/robots/codes?format=csv',
      '/api/robots?pageSize=100',
      `/api/robots/${robotId}`,
      `/api/robot/third-party/config/${robotId}`,
      '/api/platform/robots/robots',
      `/api/platform/robots/robots/${robotId}`,
    ];
    const reading = await keyWith('robots:read');
    for (const path of paths) {
      const { status, text } = await reading.get(path);
      assert.equal(status, 200, text);
      for (const secret of [code, 'phone-serial-77', 'key=secret'])
        assert.ok(!text.includes(secret), `${path} ${text}`);
    }
    const shown = (await reading.get(`/api/robots/${robotId}`)).body.data;
    assert.equal(shown.deviceInfo.deviceId, 'ph****77');
    assert.equal(shown.activationInfo.code, `${code.slice(0, 2)}****${code.slice(-2)}`);
    assert.deepEqual((await reading.get(`/api/platform/robots/codes?search=${code}`)).body.items, []);
    const managing = await keyWith('robots:manage');
    assert.equal((await managing.get(`/api/robots/${robotId}`)).body.data.activationInfo.code, code);
    const { body } = await managing.get(`/api/robot/third-party/config/${robotId}`);
    assert.equal(body.data.messageCallbackUrl, url);
  });

  it('answers 409 for another device, in the words and fields of the document', async () => {
    const code = await codeOf();
    const { robotId } = (await activate(code, 'the-first')).body.data;
    const { status, body } = await activate(code, 'the-second');
    assert.equal(status, 409);
    assert.match(body.data.activatedAt, ISO_MS);
    const data = { existingDeviceId: 'the-first', existingRobotId: robotId, activatedAt: body.data.activatedAt };
    assert.deepEqual(body, { code: 409, message: '激活码已被其他设备使用，请联系管理员解绑', data });
  });

  it('lets one of two phones win that come with one code at once', async () => {
    const code = await codeOf();
    const answers = await Promise.all(['a-phone', 'b-phone', 'c-phone'].map((deviceId) => activate(code, deviceId)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
  });

  it('unbinds a device: its tokens and socket end, another one gets the same robot', async () => {
    const code = await codeOf();
    const { robotId, token, refreshToken } = (await activate(code, 'old-phone')).body.data;
    const line = await connected(app, { robotId, token } as Parameters<typeof connected>[1]);
    const { status, body } = await admin.http.post('/api/admin/unbind-device', {
      code,
      reason: '用户更换设备',
      adminId: 1,
    });
    assert.equal(status, 200);
    assert.match(body.data.unboundAt, ISO);
    const data = { deviceId: 'old-phone', robotId, unboundAt: body.data.unboundAt };
    assert.deepEqual(body, { code: 0, message: '解绑成功', data });
    assert.equal(await line.closed, 1008);
    assert.equal((await app.http.bearer(token).get('/api/robot/commands')).status, 401);
    assert.equal((await app.http.post('/api/robot/refresh-token', { refreshToken })).status, 401);
    assert.equal((await admin.http.post('/api/admin/unbind-device', { code })).status, 409);
    const next = await activate(code, 'new-phone');
    assert.deepEqual([next.status, next.body.data.robotId], [201, robotId]);
    assert.equal((await activate(code, 'old-phone')).status, 409);
    const events = await historyOf(code);
    assert.deepEqual(
      events.map(({ what }) => what),
      ['activated', 'unbound', 'activated', 'refused'],
    );
    assert.equal(events[1]?.reason, '用户更换设备');
  });

  it('gives a robot that was made before its device, and no one else’s', async () => {
    const made = await owner.http.post('/api/robots', { name: '客服机器人1' });
    const { robotId } = made.body.data;
    const stranger = await register(app);
    const theirKey = (await app.services.people.userByUuid(stranger.id))!.id;
    const theirs = await codeOf({ boundUserId: theirKey });
    assert.equal((await activate(theirs, 'x-phone', { robotId })).status, 404);
    const mine = await activate(await codeOf(), 'y-phone', { robotId });
    assert.deepEqual([mine.status, mine.body.data.robotId], [201, robotId]);
    assert.equal((await activate(await codeOf(), 'z-phone', { robotId })).status, 409);
  });

  it('renews a token, and takes a refresh token whose successor was used as stolen', async () => {
    const { refreshToken } = (await activate(await codeOf(), 'renewing')).body.data;
    const renewed = await app.http.post('/api/robot/refresh-token', { refreshToken });
    assert.equal(renewed.status, 200);
    assert.deepEqual([renewed.body.code, renewed.body.message], [0, 'success']);
    assert.match(renewed.body.data.expiresAt, ISO_MS);
    assert.equal((await app.http.bearer(renewed.body.data.token).get('/api/robot/commands')).status, 200);
    const next = await app.http.post('/api/robot/refresh-token', { refreshToken: renewed.body.data.refreshToken });
    assert.equal(next.status, 200);
    assert.equal((await app.http.post('/api/robot/refresh-token', { refreshToken })).status, 401);
    assert.equal((await app.http.bearer(next.body.data.token).get('/api/robot/commands')).status, 401);
  });

  it('lets one go on of two who have renewed by the same token, however often it was used', async () => {
    const { refreshToken } = (await activate(await codeOf(), 'renewing twice')).body.data;
    const renew = (token: string) => app.http.post('/api/robot/refresh-token', { refreshToken: token });
    const [stolen, own] = [await renew(refreshToken), await renew(refreshToken)];
    const next = await renew(own.body.data.refreshToken);
    assert.equal(next.status, 200);
    assert.equal((await renew(stolen.body.data.refreshToken)).status, 401);
    for (let times = 0; times < 20; times++) {
      await app.clock.advance(1);
      assert.equal((await renew(next.body.data.refreshToken)).status, 200);
    }
    const newest = await renew(next.body.data.refreshToken);
    assert.equal((await renew(newest.body.data.refreshToken)).status, 200);
    const rows = await app.services.db.read('robots_refresh_tokens');
    for (const tokens of Map.groupBy(rows, ({ robot }) => robot).values()) assert.ok(tokens.length <= 10);
  });

  it('tells a phone whether it could activate, and nothing of the robots of others', async () => {
    const verify = async (code: string, deviceId: string) => {
      const { status, body } = await app.http.post('/api/robot-ids/verify', { code, deviceId });
      assert.equal(status, 200);
      return body.data;
    };
    const code = await codeOf();
    const free = { valid: true, status: 'unused', robotId: null, canActivate: true };
    assert.deepEqual(await verify(code.toLowerCase(), 'mine'), free);
    const { robotId } = (await activate(code, 'mine')).body.data;
    assert.deepEqual(await verify(code, 'mine'), { ...free, status: 'used', robotId });
    assert.deepEqual(await verify(code, 'other'), { ...free, status: 'used', canActivate: false });
    assert.deepEqual(await verify('NOTHERE2', 'mine'), {
      valid: false,
      status: null,
      robotId: null,
      canActivate: false,
    });
  });

  it('lists codes as documented, by status', async () => {
    const code = await codeOf();
    await activate(code);
    const { body } = await admin.http.get('/api/admin/activation-codes?page=1&pageSize=1&status=used');
    assert.deepEqual(Object.keys(body.data), ['total', 'list']);
    assert.ok(body.data.total >= 1);
    const [item] = body.data.list;
    assert.equal(body.data.list.length, 1);
    assert.match(item.firstActivatedAt, ISO);
    assert.deepEqual(
      [item.code, item.status, item.validityPeriod, item.price, item.boundUser.userId, item.boundUser.phone],
      [code, 'used', 30, 50, ownerKey, null],
    );
    assert.deepEqual(item.deviceInfo, { deviceId: DEVICE.deviceId, brand: 'Xiaomi', model: 'Mi 10' });
  });

  // The clock goes on for a day, so nobody is signed in after it.
  it('refuses unknown, disabled and expired codes, and bodies that are none', async () => {
    const refused = async (code: string) => {
      const { status, body } = await activate(code);
      assert.equal(body.code, status);
      return [status, body.message];
    };
    assert.deepEqual(await refused('NOTHERE2'), [404, '激活码不存在']);
    const dead = await codeOf();
    await admin.http.post(`/api/admin/activation-codes/${dead}/disable`);
    assert.deepEqual(await refused(dead), [403, '激活码已被禁用']);
    const short = await codeOf({ validityPeriod: 1 });
    const { token } = (await activate(short)).body.data;
    await app.clock.advance(DAY_MS - 1_000);
    assert.equal((await activate(short)).status, 200);
    await app.clock.advance(2_000);
    assert.deepEqual(await refused(short), [403, '激活码已过期']);
    await app.services.robotCodes.expireSome(10);
    assert.equal((await app.http.bearer(token).get('/api/robot/commands')).status, 401);
    assert.equal((await app.http.post('/api/robot-ids/activate', { code: dead })).status, 400);
  });

  it('limits guessing for an address, and lets who is right come in again and again', async () => {
    const limited = await startRobots({
      plugins: { auth: { admin: ADMIN } },
      config: { http: { rateLimit: { enabled: true } } },
    });
    try {
      const boss = await signInAdmin(limited);
      const made = await boss.http.post('/api/admin/activation-codes', { count: 1 });
      const body = { code: made.body.data.codes[0].code, deviceInfo: DEVICE };
      for (let count = 0; count < 25; count++)
        assert.ok((await limited.http.post('/api/robot-ids/activate', body)).status < 300);
      const guess = () => limited.http.post('/api/robot-ids/verify', { code: 'NOTHERE2', deviceId: 'x' });
      for (let count = 0; count < 20; count++) assert.equal((await guess()).status, 200);
      const { status, body: refusal, headers } = await guess();
      assert.equal(status, 429);
      const { retryAfter } = refusal.data;
      assert.ok(Number.isInteger(retryAfter) && retryAfter > 0);
      assert.equal(headers.get('retry-after'), String(retryAfter));
      assert.deepEqual(refusal, { code: 429, message: '请求过于频繁，请稍后重试', data: { retryAfter } });
    } finally {
      await limited.stop();
    }
  });

  async function historyOf(code: string) {
    const { db } = app.services;
    const row = await db.read('robots_codes').where({ code }).first();
    return db.read('robots_code_history').where({ code: row!.id }).orderBy('id');
  }
});
