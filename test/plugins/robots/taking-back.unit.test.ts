/** What was stored for a robot that is away: held back, taken back, given up in time, and never said twice. */
import assert from 'node:assert/strict';
import { addMember, authConfig, type Person, register, signInAdmin } from '#test/support/accounts.ts';
import { poll, type RobotsPlatform, robotOf, sendText, startRobots, type TestRobot, upload } from './support.ts';

const BROADCASTS = '/api/platform/robots/broadcasts';
const SCHEDULED = '/api/platform/robots/scheduled-messages';
const BEAT_MS = 3_000;
const HOUR_MS = 3_600_000;

describe('what waits for a robot that is away', () => {
  let app: RobotsPlatform;
  let admin: Person;
  before(async () => {
    const auth = { ...authConfig, registration: 'open', accessTokenMinutes: 1440 };
    app = await startRobots({ plugins: { auth } });
    admin = await signInAdmin(app);
  });
  after(() => app.stop());

  it('is held back while its broadcast is paused, and taken back when that is cancelled', async () => {
    const robot = await robotOf(app);
    const id = await started(robot, ['Ada', 'Bob', 'Cy']);
    await beats(2);
    await take(robot, id, 'pause');
    assert.deepEqual(await told(robot), []);
    await take(robot, id, 'resume');
    await sendText(robot, 'how are you?', { titleList: ['Ada'] });
    assert.deepEqual(await told(robot), ['Ada', 'Ada', 'Bob', 'Cy']);
    const other = await started(robot, ['Dee', 'Eve']);
    await beats(1);
    await take(robot, other, 'cancel');
    await app.services.jobs.idle();
    await app.clock.advance(HOUR_MS);
    assert.deepEqual((await told(robot)).includes('Dee'), false);
    const { state, sent, skipped, total } = await show(robot, other);
    assert.deepEqual({ state, sent, skipped, total }, { state: 'cancelled', sent: 0, skipped: 2, total: 2 });
  });

  it('does not reach who has opted out before the robot was there', async () => {
    const robot = await robotOf(app);
    for (const receivedName of ['Ada', 'Bob', 'Cy']) await upload(robot, { receivedName, spoken: 'hello' });
    const id = await started(robot, ['Ada', 'Bob', 'Cy']);
    await beats(2);
    await upload(robot, { receivedName: 'Bob', spoken: 'STOP' });
    const { items } = (await robot.owner.http.get('/api/platform/robots/contacts?search=Cy')).body;
    const mine = items.find(({ robot_id }: any) => robot_id === undefined || robot_id === robot.robotId) ?? items[0];
    const contact = await robot.owner.http.get(`/api/platform/robots/contacts/${mine.id}`);
    const refused = await robot.owner.http.patch(`/api/platform/robots/contacts/${mine.id}`, { consent: 'refused' });
    assert.equal(refused.status, 200, `${contact.text} ${refused.text}`);
    await app.services.jobs.idle();
    const rows = (await robot.owner.http.get(`${BROADCASTS}/${id}/recipients`)).body.items;
    const bob = rows.find(({ name }: any) => name === 'Bob');
    assert.deepEqual([bob.state, bob.reason], ['skipped', 'opted_out']);
    assert.ok(!(await told(robot)).includes('Bob'));
  });

  it('is withdrawn by a person, as long as the robot was not told of it', async () => {
    const robot = await robotOf(app);
    const path = `/api/platform/robots/robots/${robot.robotId}/commands`;
    const wrong = await sendText(robot, 'for somebody else');
    const right = await sendText(robot, 'for you', { titleList: ['Bob'] });
    const { items } = (await robot.owner.http.get(path)).body;
    assert.deepEqual(
      items.map(({ withdrawable }: any) => withdrawable),
      [true, true],
    );
    const finished = await app.record(/^robot\.command\.finished$/);
    assert.equal((await robot.owner.http.post(`${path}/${wrong}/withdraw`, {})).status, 204);
    assert.equal((await finished.all())[0]?.data.error_reason, 'withdrawn');
    const commands = await poll(robot);
    assert.deepEqual(
      commands.map(({ commandId }) => commandId),
      [right],
    );
    assert.equal((await robot.owner.http.post(`${path}/${right}/withdraw`, {})).status, 409);
    assert.equal((await robot.owner.http.post(`${path}/${wrong}/withdraw`, {})).status, 409);
    assert.equal((await robot.owner.http.post(`${path}/cmd_none/withdraw`, {})).status, 404);
    const stranger = await register(app);
    assert.equal((await stranger.http.post(`${path}/${right}/withdraw`, {})).status, 404);
  });

  it('is stored for some minutes of a broadcast alone; the rest follows when the robot is there', async () => {
    const robot = await robotOf(app);
    const names = Array.from({ length: 40 }, (_, place) => `n${place}`);
    const id = await started(robot, names, { per_minute: 2 });
    for (let beat = 0; beat < 30; beat++) await beats(1, 30_000);
    assert.equal((await show(robot, id)).sent, 10);
    assert.equal((await poll(robot)).length, 10);
    await app.services.broadcastPacing.resumeLost();
    await beats(2, 30_000);
    assert.ok((await show(robot, id)).sent > 10);
    await take(robot, id, 'cancel');
  });

  it('of a scheduled message gives way to the next one, and is given up when it is late', async () => {
    const robot = await robotOf(app);
    const body = { robot_id: robot.robotId, names: ['Ada'], content: 'The shop opens soon', cron: '50 * * * *' };
    const made = await robot.owner.http.post(SCHEDULED, body);
    assert.equal(made.status, 201, made.text);
    for (let hour = 0; hour < 12; hour++) {
      await app.clock.advance(HOUR_MS);
      await app.services.scheduledMessages.sendDue();
    }
    assert.deepEqual(await told(robot), ['Ada']);
    await robot.owner.http.post(`${SCHEDULED}/${made.body.id}/cancel`, {});
    const at = new Date(app.clock.now() + HOUR_MS).toISOString();
    await robot.owner.http.post(SCHEDULED, { ...body, cron: undefined, names: ['Bob'], at });
    await app.clock.advance(HOUR_MS);
    await app.services.scheduledMessages.sendDue();
    await app.clock.advance(61 * 60_000);
    assert.ok(!(await told(robot)).includes('Bob'));
  });

  it('and was told without a result is sent again only when somebody says so', async () => {
    const robot = await robotOf(app);
    const id = await started(robot, ['Ada', 'Bob']);
    await beats(0);
    assert.deepEqual(await told(robot), ['Ada']);
    await beats(1);
    const over = { expires_at: app.clock.now() };
    await app.services.db.write('robots_commands').where({ robot: robot.key }).update(over);
    while ((await app.services.robotResults.expire()) > 0);
    const view = await show(robot, id);
    const { state, failed, unknown } = view;
    assert.deepEqual({ state, failed, unknown }, { state: 'finished', failed: 1, unknown: 1 });
    await take(robot, id, 'retry');
    await beats(1);
    assert.deepEqual(await told(robot), ['Bob']);
    assert.equal((await robot.owner.http.post(`${BROADCASTS}/${id}/retry?unknown=true`)).status, 200);
    await beats(1);
    assert.ok((await told(robot)).includes('Ada'));
  });

  it('is not sent in the name of somebody who may not any more', async () => {
    const owner = await register(app);
    const robot = await robotOf(app, owner);
    const colleague = await addMember(app, owner, 'admin');
    const as = { ...robot, owner: { ...owner, http: colleague.http } };
    const body = { robot_id: robot.robotId, names: ['Ada'], content: 'Good morning', cron: '*/10 * * * *' };
    const made = await colleague.http.post(SCHEDULED, body);
    assert.equal(made.status, 201, made.text);
    const id = await started(as, ['a', 'b', 'c', 'd']);
    await beats(0);
    assert.deepEqual(await told(robot), ['a']);
    const suspended = await admin.http.patch(`/api/v2/admin/users/${colleague.id}`, { status: 'suspended' });
    assert.equal(suspended.status, 200, suspended.text);
    await beats(2);
    await app.clock.advance(10 * 60_000);
    await app.services.scheduledMessages.sendDue();
    assert.deepEqual(
      (await told(robot)).filter((name) => name !== 'a'),
      [],
    );
    const schedule = (await owner.http.get(`${SCHEDULED}/${made.body.id}`)).body;
    assert.deepEqual(
      [schedule.state, schedule.last_outcome, schedule.last_reason],
      ['active', 'failed', 'sender_refused'],
    );
    const paused = await show(robot, id);
    assert.deepEqual([paused.state, paused.reason, paused.waiting], ['paused', 'sender_refused', 3]);
    await take(robot, id, 'resume');
    await beats(1);
    assert.equal((await show(robot, id)).state, 'running');
  });

  async function started(robot: TestRobot, names: string[], more: object = {}): Promise<string> {
    const body = { name: 'News', content: 'Half price', robots: [robot.robotId], audience: { names }, ...more };
    const made = await robot.owner.http.post(BROADCASTS, body);
    assert.equal(made.status, 201, made.text);
    await take(robot, made.body.id, 'start');
    return made.body.id;
  }

  async function take(robot: TestRobot, id: string, step: string): Promise<void> {
    const answer = await robot.owner.http.post(`${BROADCASTS}/${id}/${step}`, {});
    assert.equal(answer.status, 200, answer.text);
  }

  async function show(robot: TestRobot, id: string): Promise<any> {
    return (await robot.owner.http.get(`${BROADCASTS}/${id}`)).body;
  }

  async function beats(count: number, ms = BEAT_MS): Promise<void> {
    await app.services.jobs.idle();
    for (let beat = 0; beat < count; beat++) {
      await app.clock.advance(ms);
      await app.services.jobs.idle();
    }
  }

  async function told(robot: TestRobot): Promise<string[]> {
    const commands = await poll(robot);
    return commands.map(({ commandParams }) => commandParams.titleList[0]).sort();
  }
});
