/** Messages that are sent later: once in a time zone, by a cron expression, late within a bound, or not at all. */
import assert from 'node:assert/strict';
import { register } from '#test/support/accounts.ts';
import { poll, type RobotsPlatform, robotOf, startRobots, type TestRobot, upload } from './support.ts';

const PATH = '/api/platform/robots/scheduled-messages';
const HOUR_MS = 3_600_000;

describe('scheduled messages', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({ plugins: { auth: { registration: 'open', accessTokenMinutes: 1440 } } });
  });
  after(() => app.stop());

  it('are sent once at their time, which is one of their zone', async () => {
    const robot = await robotOf(app);
    const [utc, shown] = [2, 10].map((hours) => new Date(app.clock.now() + hours * HOUR_MS).toISOString().slice(0, 16));
    const { id, next_at } = await schedule(robot, { at: shown, zone: 'Asia/Shanghai' });
    assert.equal(next_at, `${utc}:00Z`);
    await until(Date.parse(next_at) - 60_000);
    assert.deepEqual(await sent(robot), []);
    await until(Date.parse(next_at));
    await Promise.all([app.services.scheduledMessages.sendDue(), app.services.scheduledMessages.sendDue()]);
    assert.deepEqual(await sent(robot), ['Good morning 张三']);
    const view = await show(robot, id);
    assert.deepEqual([view.state, view.next_at, view.last_outcome], ['done', null, 'sent']);
  });

  it('come again by a cron expression until they are cancelled; what a pause missed is made up for once', async () => {
    const robot = await robotOf(app);
    const { id, next_at } = await schedule(robot, { cron: '*/10 * * * *' });
    await until(Date.parse(next_at) + 25 * 60_000);
    assert.equal((await sent(robot)).length, 1);
    assert.equal((await poll(robot)).length, 1);
    const after = await show(robot, id);
    assert.equal(Date.parse(after.next_at), Date.parse(next_at) + 30 * 60_000);
    await until(Date.parse(after.next_at));
    assert.equal((await sent(robot)).length, 2);
    const cancelled = await robot.owner.http.post(`${PATH}/${id}/cancel`, {});
    assert.deepEqual([cancelled.status, cancelled.body.state, cancelled.body.next_at], [200, 'cancelled', null]);
    await until(app.clock.now() + HOUR_MS);
    assert.equal((await sent(robot)).length, 2);
    assert.equal((await robot.owner.http.post(`${PATH}/${id}/cancel`, {})).status, 409);
  });

  it('that are too late are not sent, and say so', async () => {
    const robot = await robotOf(app);
    const at = new Date(app.clock.now() + HOUR_MS).toISOString().replace(/\.\d+Z$/, 'Z');
    const { id } = await schedule(robot, { at });
    await until(Date.parse(at) + 61 * 60_000);
    assert.deepEqual(await sent(robot), []);
    const view = await show(robot, id);
    assert.deepEqual([view.state, view.last_outcome], ['missed', 'missed']);
  });

  it('at a time that a zone has twice come the first time', async () => {
    const robot = await robotOf(app);
    const made = await schedule(robot, { at: '2030-10-27T02:30', zone: 'Europe/Berlin' });
    assert.equal(made.next_at, '2030-10-27T00:30:00Z');
    const gap = await schedule(robot, { at: '2031-03-30T02:30', zone: 'Europe/Berlin' });
    assert.equal(gap.next_at, '2031-03-30T01:30:00Z');
  });

  it('hold up nobody else when one of them cannot be sent', async () => {
    const robot = await robotOf(app);
    const at = new Date(app.clock.now() + HOUR_MS).toISOString();
    const broken = await schedule(robot, { at });
    const good = await schedule(robot, { at });
    await app.services.db.write('robots_scheduled_messages').where({ uuid: broken.id }).update({ names: '{' });
    await until(Date.parse(at));
    assert.deepEqual([(await show(robot, good.id)).last_outcome, await sent(robot)], ['sent', ['Good morning 张三']]);
    const row = await app.services.db.write('robots_scheduled_messages').where({ uuid: broken.id }).first();
    assert.deepEqual([row?.state, row?.last_outcome, row?.last_reason], ['done', 'failed', 'error']);
  });

  it('are not sent to who has opted out', async () => {
    const robot = await robotOf(app);
    await upload(robot, { receivedName: '李四', spoken: '退订' });
    const { id, next_at } = await schedule(robot, { cron: '0 * * * *', names: ['李四'] });
    await until(Date.parse(next_at));
    assert.deepEqual(await sent(robot), []);
    const view = await show(robot, id);
    assert.deepEqual([view.state, view.last_outcome, view.last_reason], ['active', 'failed', 'opted_out']);
  });

  it('are refused with times, expressions and zones that mean nothing, and for robots of others', async () => {
    const robot = await robotOf(app);
    const wrong = [
      {},
      { at: '2020-01-01T00:00' },
      { at: 'tomorrow' },
      { at: '2031-13-01T00:00' },
      { at: '2031-02-30T10:00' },
      { at: '2031-02-30T10:00Z' },
      { cron: 'H H * * *' },
      { cron: '0 0 ? * 1#2' },
      { cron: '* * * * * *' },
      { cron: '0 0 30 2 *' },
      { cron: 'x' },
      { cron: '0 9 * * *', zone: 'Mars/Olympus' },
      { cron: '0 9 * * *', at: '2031-01-01T00:00' },
    ];
    for (const when of wrong) {
      const answer = await robot.owner.http.post(PATH, body(robot, when));
      assert.deepEqual([answer.status, answer.body.code], [422, 'SCHEDULE_INVALID'], JSON.stringify(when));
    }
    const { id } = await schedule(robot, { cron: '0 9 * * *' });
    const other = await register(app);
    assert.equal((await other.http.get(`${PATH}/${id}`)).status, 404);
    assert.equal((await other.http.post(`${PATH}/${id}/cancel`, {})).status, 404);
    assert.equal((await other.http.post(PATH, body(robot, { cron: '0 9 * * *' }))).status, 404);
    assert.deepEqual((await other.http.get(PATH)).body.items, []);
  });

  function body({ robotId }: TestRobot, wish: object): object {
    return { robot_id: robotId, names: ['张三'], content: 'Good morning {{contact.name}}', ...wish };
  }

  async function schedule(robot: TestRobot, wish: object): Promise<any> {
    const answer = await robot.owner.http.post(PATH, body(robot, wish), { 'idempotency-key': crypto.randomUUID() });
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }

  async function show(robot: TestRobot, id: string): Promise<any> {
    return (await robot.owner.http.get(`${PATH}/${id}`)).body;
  }

  async function until(time: number): Promise<void> {
    await app.clock.advance(time - app.clock.now());
    await app.services.scheduledMessages.sendDue();
  }

  async function sent(robot: TestRobot): Promise<unknown[]> {
    const rows = await app.services.db.write('robots_commands').where({ robot: robot.key }).orderBy('id');
    return rows.map(({ params }) => JSON.parse(params).content);
  }
});
