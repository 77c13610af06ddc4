/** Two processes on one PostgreSQL: one code, one device, one account, whichever is asked. */
import assert from 'node:assert/strict';
import { authConfig, signInAdmin } from '#test/support/accounts.ts';
import { connected, type RobotsPlatform, startRobots, type TestRobot } from './support.ts';

describe('activation with two replicas', () => {
  let a: RobotsPlatform;
  let b: RobotsPlatform;
  before(async () => {
    const plugins = { auth: { ...authConfig, registration: 'open' } };
    a = await startRobots({ plugins });
    const { database } = a.services.coreConfig;
    b = await startRobots({ database, plugins, dataDir: a.dataDir, clock: a.clock });
  });
  after(async () => {
    await b.platform.stop();
    await a.stop();
  });

  async function newCode(): Promise<string> {
    const answer = await (await signInAdmin(a)).http.post('/api/admin/activation-codes', { count: 1 });
    return answer.body.data.codes[0].code;
  }

  it('lets one of two phones win that come with one code at once', async () => {
    for (let round = 0; round < 5; round++) {
      const code = await newCode();
      const activate = (on: RobotsPlatform, deviceId: string) =>
        on.http.post('/api/robot-ids/activate', { code, deviceInfo: { deviceId } });
      const answers = await Promise.all([activate(a, 'one'), activate(b, 'two')]);
      assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
      const [won, lost] = answers.sort((one, other) => one.status - other.status);
      assert.equal(lost?.body.data.existingRobotId, won?.body.data.robotId);
    }
    assert.equal((await a.services.db.read('robots_robots')).length, 5);
  });

  it('ends the socket at the other when a device is unbound', async () => {
    const code = await newCode();
    const answer = await a.http.post('/api/robot-ids/activate', { code, deviceInfo: { deviceId: 'phone' } });
    const line = await connected(b, answer.body.data as TestRobot);
    const unbound = await (await signInAdmin(a)).http.post('/api/admin/unbind-device', { code });
    assert.equal(unbound.status, 200, unbound.text);
    assert.equal(await line.closed, 1008);
  });

  it('makes one account of a phone that signs in at both at once, and sends one code', async () => {
    const phone = '13800000000';
    const asked = await Promise.all([a, b].map((on) => on.http.post('/api/user/send-sms', { phone })));
    assert.deepEqual(asked.map(({ status }) => status).sort(), [200, 429]);
    const { db, phoneCodes } = a.services;
    await a.clock.advance(60_000);
    const code = await db.transaction((trx) => phoneCodes.make(trx, phone));
    const signedIn = await Promise.all([a, b].map((on) => on.http.post('/api/user/login', { phone, code })));
    assert.deepEqual(signedIn.map(({ status }) => status).sort(), [200, 400]);
    assert.equal((await db.read('auth_users').where({ phone })).length, 1);
  });
});
