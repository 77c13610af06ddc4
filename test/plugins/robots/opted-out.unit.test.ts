/** Who wants to hear no more, or is not there any more, is written to by no program, whichever way it would be sent. */
import assert from 'node:assert/strict';
import { poll, type RobotsPlatform, robotOf, startRobots, type TestRobot, upload } from './support.ts';

const BASE = '/api/platform/robots';
const BEAT_MS = 3_000;

describe('who wants to hear no more', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({ config: { http: { rateLimit: { enabled: false } } } });
  });
  after(() => app.stop());

  it('hears nothing under the name that was merged into another contact’s either', async () => {
    const robot = await robotOf(app);
    const { http } = robot.owner;
    await upload(robot, { receivedName: 'Ada', spoken: 'hello' });
    await upload(robot, { receivedName: 'Ada at work', spoken: 'hello' });
    const id = await broadcast(robot, ['Ada at work', 'Bob']);
    const scheduled = await schedule(robot, ['Ada at work', 'Bob']);
    const [ada, alias] = [await contactOf(robot, 'Ada'), await contactOf(robot, 'Ada at work')];
    assert.equal((await http.post(`${BASE}/contacts/${ada}/merge`, { contact: alias })).status, 200);
    await upload(robot, { receivedName: 'Ada', spoken: 'STOP' });
    const input = { robot_id: robot.robotId, to: 'Ada at work', text: 'x' };
    const call = await http.post('/api/platform/functions/robots.send', { input });
    assert.deepEqual([call.status, call.body.code], [409, 'CONTACT_OPTED_OUT'], call.text);
    assert.equal((await http.post(`${BASE}/broadcasts/${id}/resume`, {})).status, 200);
    await beats(3);
    await app.clock.advance(60_000);
    await app.services.scheduledMessages.sendDue();
    assert.equal((await http.get(`${BASE}/scheduled-messages/${scheduled}`)).body.last_outcome, 'sent');
    assert.deepEqual(await sentTo(robot), ['Bob', 'Bob']);
  });

  it('is not written to by functions when they have refused consent', async () => {
    const robot = await robotOf(app);
    const { http } = robot.owner;
    await upload(robot, { receivedName: 'Cy', spoken: 'hello' });
    const contact = await contactOf(robot, 'Cy');
    await http.patch(`${BASE}/contacts/${contact}`, { consent: 'refused' });
    const input = { robot_id: robot.robotId, to: 'Cy', text: 'x' };
    const call = await http.post('/api/platform/functions/robots.send', { input });
    assert.deepEqual([call.status, call.body.code], [409, 'CONTACT_OPTED_OUT'], call.text);
  });

  it('is left out of what was frozen, and who is erased of what is counted', async () => {
    const robot = await robotOf(app);
    const { http } = robot.owner;
    for (const receivedName of ['Eve', 'Fay', 'Guy']) await upload(robot, { receivedName, spoken: 'hello' });
    const id = await broadcast(robot, ['Eve', 'Fay', 'Guy', 'Hal']);
    const eve = await contactOf(robot, 'Eve');
    // One is on its way, and one waits.
    await http.post(`${BASE}/broadcasts/${id}/resume`, {});
    await beats(0);
    await http.post(`${BASE}/broadcasts/${id}/pause`, {});
    assert.deepEqual(await sentTo(robot), ['Eve']);
    for (const contact of [eve, await contactOf(robot, 'Guy')])
      assert.equal((await http.delete(`${BASE}/contacts/${contact}`)).status, 204);
    await http.post(`${BASE}/broadcasts/${id}/resume`, {});
    await beats(3);
    for (const { commandId } of await poll(robot))
      await robot.http.post('/api/robot/command-result', { commandId, errorCode: 0 });
    const { state, total, waiting, sent, succeeded } = (await http.get(`${BASE}/broadcasts/${id}`)).body;
    assert.deepEqual(
      { state, total, waiting, sent, succeeded },
      { state: 'finished', total: 2, waiting: 0, sent: 0, succeeded: 2 },
    );
  });

  /** Started, with its audience frozen, and paused before anything was sent. */
  async function broadcast(robot: TestRobot, names: string[]): Promise<string> {
    const { http } = robot.owner;
    // The pace lets nothing go at once.
    const body = { name: 'x', content: 'x', robots: [robot.robotId], audience: { names } };
    const { id } = (await http.post(`${BASE}/broadcasts`, body)).body;
    const { db } = app.services;
    const pace = { robot: robot.key, next_at: app.clock.now() + 100, step: 0, broadcast: 0 };
    await db.write('robots_paces').insert(pace);
    await http.post(`${BASE}/broadcasts/${id}/start`, {});
    await app.services.jobs.idle();
    await http.post(`${BASE}/broadcasts/${id}/pause`, {});
    await app.clock.advance(200);
    assert.equal((await http.get(`${BASE}/broadcasts/${id}`)).body.waiting, names.length);
    return id;
  }

  async function schedule(robot: TestRobot, names: string[]): Promise<string> {
    const at = new Date(app.clock.now() + 60_000).toISOString();
    const wish = { robot_id: robot.robotId, names, content: 'x', at };
    const answer = await robot.owner.http.post(`${BASE}/scheduled-messages`, wish);
    assert.equal(answer.status, 201, answer.text);
    return answer.body.id;
  }

  async function contactOf(robot: TestRobot, name: string): Promise<string> {
    const { items } = (await robot.owner.http.get(`${BASE}/contacts?name=${encodeURIComponent(name)}`)).body;
    return items[0].id;
  }

  async function beats(count: number): Promise<void> {
    await app.services.jobs.idle();
    for (let beat = 0; beat < count; beat++) {
      await app.clock.advance(BEAT_MS);
      await app.services.jobs.idle();
    }
  }

  async function sentTo(robot: TestRobot): Promise<string[]> {
    const rows = await app.services.db.write('robots_commands').where({ robot: robot.key }).orderBy('id');
    return rows.map(({ recipient }) => recipient);
  }
});
