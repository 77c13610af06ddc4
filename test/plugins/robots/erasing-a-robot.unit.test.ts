/** A robot that was deleted leaves nothing of what it was, heard and sent, once its days are over. */
import assert from 'node:assert/strict';
import { authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { tracesOf } from '#test/support/traces.ts';
import { type RobotsPlatform, startRobots } from './support.ts';

const BASE = '/api/platform/robots';
const MARK = 'zaffre';
const DAY_MS = 24 * 3600_000;

describe('a robot that was deleted', () => {
  let app: RobotsPlatform;
  let owner: Person;
  before(async () => {
    const auth = { ...authConfig, registration: 'open', accessTokenMinutes: 1_440 };
    app = await startRobots({ plugins: { auth }, config: { http: { rateLimit: { enabled: false } } } });
    owner = await register(app);
  });
  after(() => app.stop());

  it('leaves nothing after its days, and what it was to send has failed', async () => {
    const ok = async (answer: ReturnType<typeof owner.http.get>) => {
      const { status, text, body } = await answer;
      assert.ok(status < 300, `${status}: ${text}`);
      return body;
    };
    const admin = await signInAdmin(app);
    const user = await app.services.people.userByUuid(owner.id);
    const wish = { count: 1, validityPeriod: 30, boundUserId: user!.id };
    const { code } = (await ok(admin.http.post('/api/admin/activation-codes', wish))).data.codes[0];
    const deviceInfo = { deviceId: `phone ${MARK}`, brand: MARK };
    const { data } = await ok(app.http.post('/api/robot-ids/activate', { code, deviceInfo }));
    const { robotId, token } = data;
    const robot = await app.services.robots.byRobotId(robotId);
    const { http } = owner;
    await ok(http.put(`/api/robots/${robotId}`, { name: MARK, aiScenario: MARK }));
    const fileBase64 = Buffer.from(`${MARK} `.repeat(30_000)).toString('base64');
    const message = { robotId, spoken: MARK, receivedName: MARK, groupName: MARK, fileBase64 };
    await ok(app.http.bearer(token).post('/api/robot/messages', message));
    const text = { robotId, type: 'text', titleList: [MARK], content: MARK };
    await ok(http.post('/api/robot/send-message', text));
    const url = `https://93.184.216.34/${MARK}`;
    const callback = { robotId, messageCallbackUrl: url, secretKey: `secret ${MARK}` };
    await ok(http.post('/api/robot/third-party/config', callback));
    const later = { robot_id: robotId, names: [MARK], content: MARK, at: '2099-01-01T09:00' };
    await ok(http.post(`${BASE}/scheduled-messages`, later));
    const audience = { names: ['Ada', 'Bob'] };
    const body = { name: 'News', content: 'News', robots: [robotId], audience };
    const { id } = await ok(http.post(`${BASE}/broadcasts`, body));
    await ok(http.post(`${BASE}/broadcasts/${id}/start`, {}));
    await app.services.jobs.idle();

    await ok(http.delete(`/api/robots/${robotId}`));
    await app.clock.advance(3_000);
    await app.services.jobs.idle();
    const underWay = await ok(http.get(`${BASE}/broadcasts/${id}`));
    assert.deepEqual([underWay.sent, underWay.failed], [1, 1]);
    assert.equal((await app.http.post('/api/robot-ids/activate', { code, deviceInfo })).status, 403);

    await app.clock.advance(31 * DAY_MS);
    await app.platform.cron.runDue();
    await app.services.jobs.idle();
    await app.services.robotErasure.eraseDeleted();
    assert.equal(
      await app.services.db
        .read('robots_robots')
        .where({ id: robot?.id ?? 0 })
        .first(),
      undefined,
    );
    await app.clock.advance(2 * 3600_000);
    await app.services.blobs.sweep();
    assert.deepEqual(await tracesOf(app, { texts: [MARK] }), []);
    const ended = await app.services.db.read('robots_broadcasts').where({ uuid: id }).first();
    assert.deepEqual([ended?.state, ended?.sent], ['finished', 0]);
  });
});
