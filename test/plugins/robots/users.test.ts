/** People sign in with their phone: the codes, the answers, and what bounds who asks for them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterUnfelt, authConfig, keyOf, register, signInAdmin } from '#test/support/accounts.ts';
import { type RobotsPlatform, startRobots } from './support.ts';

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const MINUTE_MS = 60_000;

describe('people with a phone', () => {
  let app: RobotsPlatform;
  let gateway: Server;
  let url: string;
  const sent: { phone: string; code: string; text: string }[] = [];
  const waiting: (() => void)[] = [];
  before(async () => {
    gateway = createServer((request, response) => {
      let text = '';
      request.on('data', (part) => (text += part));
      request.on('end', () => {
        sent.push(JSON.parse(text));
        response.end('{}');
        for (const go of waiting.splice(0)) go();
      });
    }).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/send`;
    app = await start({});
  });
  after(async () => {
    await app.stop();
    gateway.close();
  });

  function start(auth: object): Promise<RobotsPlatform> {
    const sms = { transport: 'webhook', webhook: { url } };
    return startRobots({
      plugins: { auth: { ...authConfig, registration: 'open', sms, ...auth } },
      config: { http: { outbound: { allow: ['127.0.0.1/32'] }, rateLimit: { enabled: false } } },
    });
  }

  const ask = (phone: string, on = app) => on.http.post('/api/user/send-sms', { phone });
  const login = (phone: string, code: string, on = app) => on.http.post('/api/user/login', { phone, code });
  /** The next message to a phone; those to others may still be on their way. */
  async function codeFor(phone: string, on = app): Promise<string> {
    const mine = () => sent.filter((one) => one.phone === phone);
    const known = mine().length;
    const answer = await ask(phone, on);
    assert.equal(answer.status, 200, answer.text);
    await afterUnfelt(on);
    while (mine().length === known) await new Promise<void>((resolve) => waiting.push(resolve));
    return mine().at(-1)?.code ?? '';
  }

  it('get a code, an account and a pair of tokens, in the fields of the document', async () => {
    const asked = await ask('13800000000');
    assert.deepEqual(asked.body, { code: 0, message: '验证码已发送', data: { expiresIn: 300 } });
    const code = await codeFor('13800000001');
    assert.match(code, /^\d{6}$/);
    assert.ok(sent.some(({ text }) => text.includes(code)));
    const { status, body } = await login('+86 138 0000 0001', code);
    assert.equal(status, 200);
    assert.deepEqual([body.code, body.message], [0, '登录成功']);
    const { userId, token, refreshToken, ...rest } = body.data;
    assert.ok(Number.isInteger(userId) && refreshToken.length > 20);
    const person = { nickname: '13800000001', avatar: null, phone: '13800000001', role: 'user' };
    assert.deepEqual(rest, person);
    const info = await app.http.bearer(token).get('/api/user/info');
    assert.match(info.body.data.createdAt, ISO);
    const data = { userId, ...person, createdAt: info.body.data.createdAt };
    assert.deepEqual(info.body, { code: 0, message: 'success', data });
    assert.equal((await login('13800000001', code)).status, 400, 'a code is good once');
    await app.clock.advance(MINUTE_MS);
    const again = await login('13800000001', await codeFor('13800000001'));
    assert.equal(again.body.data.userId, userId);
    assert.equal((await app.http.post('/api/v2/auth/refresh', { refresh_token: refreshToken })).status, 200);
  });

  it('are told the same for a wrong code and for one that is over, and have five tries', async () => {
    const wrong = { code: 400, message: '验证码错误或已过期', data: null };
    const late = await codeFor('13800000002');
    await app.clock.advance(5 * MINUTE_MS);
    assert.deepEqual((await login('13800000002', late)).body, wrong);
    const code = await codeFor('13800000002');
    const other = code === '000000' ? '111111' : '000000';
    for (let tries = 0; tries < 5; tries++) assert.deepEqual((await login('13800000002', other)).body, wrong);
    assert.deepEqual((await login('13800000002', code)).body, wrong);
    assert.deepEqual((await login('13899999999', code)).body, wrong);
    assert.equal((await ask('not a phone')).status, 400);
  });

  it('get one code a minute and ten a day, whoever asks', async () => {
    const phone = '13800000003';
    for (let count = 0; count < 10; count++) {
      assert.equal((await ask(phone)).status, 200);
      const { status, body, headers } = await ask(phone);
      assert.deepEqual([status, body.code, body.data], [429, 429, { retryAfter: 60 }]);
      assert.equal(headers.get('retry-after'), '60');
      await app.clock.advance(MINUTE_MS);
    }
    assert.equal((await ask(phone)).status, 429);
    await app.clock.advance(24 * 60 * MINUTE_MS);
    assert.equal((await ask(phone)).status, 200);
  });

  it('of whom two sign in at once with a new phone, become one account', async () => {
    const phone = '13800000004';
    const code = await codeFor(phone);
    const answers = await Promise.all([login(phone, code), login(phone, code), login(phone, code)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400]);
  });

  it('who are suspended stay out', async () => {
    const phone = '13800000005';
    const { userId } = (await login(phone, await codeFor(phone))).body.data;
    const admin = await signInAdmin(app);
    const disabled = await admin.http.post(`/api/admin/users/${userId}/disable`);
    assert.deepEqual([disabled.status, disabled.body], [200, { code: 0, message: '禁用成功', data: null }]);
    await app.clock.advance(MINUTE_MS);
    const { status, body } = await login(phone, await codeFor(phone));
    assert.deepEqual([status, body], [403, { code: 403, message: '账号已被禁用', data: null }]);
    assert.equal((await admin.http.post('/api/admin/users/999999/disable')).status, 404);
    const list = await admin.http.get('/api/admin/users?page=1&pageSize=5&role=user');
    const person = list.body.data.list.find((one: { userId: number }) => one.userId === userId);
    assert.deepEqual(Object.keys(person), [
      'userId',
      'nickname',
      'avatar',
      'phone',
      'role',
      'status',
      'robotCount',
      'totalActivationCodes',
      'createdAt',
      'lastLoginAt',
    ]);
    assert.deepEqual([person.status, person.robotCount, person.totalActivationCodes], ['suspended', 0, 0]);
    const admins = (await admin.http.get('/api/admin/users?role=admin')).body.data;
    assert.deepEqual([admins.total, admins.list[0].role, admins.list[0].nickname], [1, 'admin', 'admin']);
  });

  it('make no account where registration is closed, and no message is paid for', async () => {
    const closed = await start({ registration: 'closed' });
    try {
      assert.equal((await ask('13800000006', closed)).status, 200);
      const owner = await signInAdmin(closed);
      const { db, registration, people } = closed.services;
      const tenant = await people.tenantByUuid(owner.tenantId);
      await db.transaction((trx) => registration.create(trx, { phone: '13800000007', tenantId: tenant!.id }));
      const code = await codeFor('13800000007', closed);
      assert.equal((await login('13800000007', code, closed)).status, 200);
      assert.ok(!sent.some(({ phone }) => phone === '13800000006'));
    } finally {
      await closed.stop();
    }
  });

  it('see who they are with a key that may', async () => {
    const person = await register(app);
    const statusOf = async (scopes: string[]) =>
      (await app.http.with(await keyOf(person, scopes)).get('/api/user/info')).status;
    assert.deepEqual([await statusOf(['account:read']), await statusOf(['robots:read'])], [200, 403]);
  });
});
