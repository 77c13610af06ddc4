/** Broadcasts: whom they reach, at which pace, once each, and what people do with them meanwhile. */
import assert from 'node:assert/strict';
import { addMember, register } from '#test/support/accounts.ts';
import { ownerOf, poll, type RobotsPlatform, robotOf, startRobots, type TestRobot, upload } from './support.ts';

const PATH = '/api/platform/robots/broadcasts';
/** Between two messages at the usual 20 a minute. */
const BEAT_MS = 3_000;

describe('broadcasts', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots();
  });
  after(() => app.stop());

  it('reach contacts by label and by field, and names; not who is excluded or has opted out', async () => {
    const robot = await robotOf(app);
    for (const name of ['Ada', 'Bob', 'Cy', 'Dee', 'Eve']) await upload(robot, { receivedName: name, spoken: 'hello' });
    await upload(robot, { receivedName: 'Dee', spoken: 'STOP' });
    await label(robot, ['Ada', 'Bob', 'Dee'], 'vip');
    await setFields(robot, 'Ada', { city: 'Xi’an' });
    const id = await draft(robot, {
      audience: { labels: ['vip'], names: ['Zoe', 'Cy'] },
      excluded: ['Bob'],
      content: 'Hello {{contact.name}} of {{contact.fields.city}}, I am {{robot.name}}',
    });
    await take(robot, id, 'start');
    await beats(3);
    const recipients = await recipientsOf(robot, id);
    assert.deepEqual(states(recipients), {
      Ada: 'sent',
      Bob: 'skipped excluded',
      Cy: 'sent',
      Dee: 'skipped opted_out',
      Zoe: 'sent',
    });
    const texts = (await poll(robot)).map(({ commandParams }) => commandParams.content);
    assert.deepEqual(texts, [
      'Hello Ada of Xi’an, I am Robot',
      'Hello Zoe of , I am Robot',
      'Hello Cy of , I am Robot',
    ]);
    const view = await show(robot, id);
    assert.deepEqual(countsOf(view), { total: 5, waiting: 0, sent: 3, succeeded: 0, failed: 0, skipped: 2 });
  });

  it('reach contacts by group, by field and by when they were heard last, as they were counted before', async () => {
    const robot = await robotOf(app, await register(app));
    const hear = (receivedName: string, groupName = '') => upload(robot, { receivedName, groupName, spoken: 'hello' });
    for (const name of ['Ada', 'Bob', 'Cy']) await hear(name);
    for (const name of ['Ada', 'Bob', 'Only in the group']) await hear(name, 'club');
    await setFields(robot, 'Ada', { city: 'Xi’an', level: 2 });
    const daysAgo = app.clock.now() - 3 * 24 * 3600_000;
    const contacts = app.services.db.write('robots_contacts').where({ tenant_id: robot.owner.tenantId });
    await contacts.whereIn('name', ['Ada', 'Bob']).update({ last_seen_at: daysAgo });
    const reached: [object, string[]][] = [
      [{ groups: ['club'] }, ['Ada', 'Bob']],
      [{ groups: ['club'], fields: { city: 'Xi’an', level: '2' } }, ['Ada']],
      [{ seen_within_days: 2 }, ['Cy']],
      [{ unseen_for_days: 2, groups: ['club'] }, ['Ada', 'Bob']],
      [{ everybody: true, seen_within_days: 30, names: ['Zoe', 'Ada'] }, ['Ada', 'Bob', 'Cy', 'Zoe']],
    ];
    for (const [audience, names] of reached) {
      const wish = { robots: [robot.robotId], audience, excluded: ['Bob'] };
      const counted = await robot.owner.http.post(`${PATH}/audience`, wish);
      const out = names.filter((name) => name === 'Bob').length;
      const size = { recipients: names.length - out, skipped: out, is_complete: true };
      assert.deepEqual([counted.status, counted.body], [200, size], JSON.stringify(audience));
      const id = await draft(robot, wish);
      await take(robot, id, 'start');
      await app.services.jobs.idle();
      const recipients = await recipientsOf(robot, id);
      assert.deepEqual(recipients.map(({ name }) => name).sort(), names, JSON.stringify(audience));
      await take(robot, id, 'cancel');
    }
    const stranger = await register(app);
    const wish = { robots: [robot.robotId], audience: { everybody: true } };
    assert.equal((await stranger.http.post(`${PATH}/audience`, wish)).status, 404);
    assert.equal((await robot.owner.http.post(`${PATH}/audience`, { ...wish, audience: {} })).status, 422);
  });

  it('keep the pace of the robot, also when two of them share it, and take turns', async () => {
    const robot = await robotOf(app);
    const one = await draft(robot, { audience: { names: ['a1', 'a2'] } });
    const other = await draft(robot, { audience: { names: ['b1', 'b2'] } });
    await take(robot, one, 'start');
    await take(robot, other, 'start');
    await beats(0);
    assert.deepEqual(await sentNames(robot), ['a1']);
    await app.clock.advance(BEAT_MS - 100);
    await app.services.jobs.idle();
    assert.deepEqual(await sentNames(robot), ['a1']);
    await beats(3);
    assert.deepEqual(await sentNames(robot), ['a1', 'b1', 'a2', 'b2']);
  });

  it('end when everybody has an outcome; those that failed, and they alone, are sent again', async () => {
    const robot = await robotOf(app);
    const told = await app.record(/^broadcast\./);
    const id = await draft(robot, { audience: { names: ['Ada', 'Bob', 'Cy'] } });
    await take(robot, id, 'start');
    await beats(2);
    await report(robot, { Ada: 0, Bob: 201102, Cy: 0 });
    const ended = await show(robot, id);
    assert.equal(ended.state, 'finished');
    assert.deepEqual(countsOf(ended), { total: 3, waiting: 0, sent: 0, succeeded: 2, failed: 1, skipped: 0 });
    assert.equal((await told.all()).at(-1)?.data.state, 'finished');
    const [failed] = (await recipientsOf(robot, id)).filter(({ state }) => state === 'failed');
    assert.deepEqual([failed.name, failed.reason, failed.error_code], ['Bob', 'no such chat', 201102]);
    await take(robot, id, 'retry');
    await beats(1);
    await report(robot, { Bob: 0 });
    const again = await show(robot, id);
    assert.deepEqual([again.state, again.succeeded, again.failed], ['finished', 3, 0]);
    assert.equal((await sentNames(robot)).length, 4);
    await take(robot, id, 'retry', 409);
  });

  it('send nothing while they are paused, go on, and skip the rest when they are cancelled', async () => {
    const robot = await robotOf(app);
    const id = await draft(robot, { audience: { names: ['a', 'b', 'c', 'd'] } });
    await take(robot, id, 'pause', 409);
    await take(robot, id, 'start');
    await beats(0);
    await take(robot, id, 'pause');
    await beats(3);
    assert.deepEqual(await sentNames(robot), ['a']);
    await take(robot, id, 'resume');
    await beats(1);
    assert.equal((await sentNames(robot)).length, 3, 'one at once, for the pace allows it, and one a beat later');
    assert.equal((await poll(robot)).length, 3);
    await beats(1);
    assert.equal((await sentNames(robot)).length, 4);
    await take(robot, id, 'cancel');
    await beats(2);
    assert.equal((await sentNames(robot)).length, 3, 'what no robot was told is taken back');
    const view = await show(robot, id);
    assert.deepEqual([view.state, view.waiting, view.sent, view.skipped], ['cancelled', 0, 3, 1]);
    await take(robot, id, 'resume', 409);
  });

  it('leave out who opts out while they are under way, and end when their robot is deleted', async () => {
    const robot = await robotOf(app);
    for (const name of ['a', 'b', 'c', 'd', 'e']) await upload(robot, { receivedName: name, spoken: 'hello' });
    const id = await draft(robot, { audience: { everybody: true } });
    await take(robot, id, 'start');
    await beats(0);
    await upload(robot, { receivedName: 'c', spoken: '退订' });
    await beats(2);
    const gone = await robot.owner.http.delete(`/api/robots/${robot.robotId}`);
    assert.equal(gone.status, 200, gone.text);
    await beats(3);
    const rows = await recipientsOf(robot, id);
    const expected = { a: 'sent', b: 'sent', c: 'skipped opted_out', d: 'sent', e: 'failed robot_deleted' };
    assert.deepEqual(states(rows), expected);
  });

  it('go on where they were after the process has died, and nobody gets it twice', async () => {
    const own = await startRobots();
    let now = own;
    try {
      const robot = await robotOf(own);
      const id = await draft(robot, { audience: { names: ['a', 'b', 'c', 'd', 'e'] } });
      await take(robot, id, 'start');
      await beats(1, own);
      now = await own.restart();
      const fresh = { ...robot, owner: { ...robot.owner, http: now.http.bearer(robot.owner.accessToken) } };
      await beats(4, now);
      assert.deepEqual(await sentNames(fresh, now), ['a', 'b', 'c', 'd', 'e']);
      assert.equal((await show(fresh, id)).sent, 5);
    } finally {
      await now.stop();
    }
  });

  it('are edited while they are drafts, by who knows their version', async () => {
    const robot = await robotOf(app);
    const id = await draft(robot, { audience: { names: ['a'] } });
    const http = robot.owner.http;
    const version = (await show(robot, id)).version;
    const change = (ifMatch: string) => http.patch(`${PATH}/${id}`, { name: 'Spring' }, { 'if-match': `"${ifMatch}"` });
    assert.equal((await change(version)).status, 200);
    assert.equal((await change(version)).status, 412);
    const wrong = await http.patch(`${PATH}/${id}`, { content: 'Dear {{contact.nam}}' });
    assert.deepEqual([wrong.status, wrong.body.code, wrong.body.variable], [422, 'UNKNOWN_VARIABLE', 'contact.nam']);
    const long = await http.patch(`${PATH}/${id}`, { content: '长'.repeat(700) });
    assert.deepEqual([long.status, long.body.code], [422, 'TEXT_TOO_LONG']);
    assert.equal((await http.patch(`${PATH}/${id}`, { audience: {} })).status, 422);
    await take(robot, id, 'start');
    assert.equal((await http.patch(`${PATH}/${id}`, { name: 'Late' })).status, 409);
    assert.equal((await http.delete(`${PATH}/${id}`)).status, 409);
    await take(robot, id, 'cancel');
    assert.equal((await http.delete(`${PATH}/${id}`)).status, 204);
    assert.equal((await http.get(`${PATH}/${id}`)).status, 404);
  });

  it('belong to their tenant, and send through its robots alone', async () => {
    const robot = await robotOf(app);
    const id = await draft(robot, { audience: { names: ['a'] } });
    const { http } = await register(app);
    assert.equal((await http.get(`${PATH}/${id}`)).status, 404);
    assert.equal((await http.get(`${PATH}/${id}/recipients`)).status, 404);
    assert.equal((await http.post(`${PATH}/${id}/start`, {})).status, 404);
    assert.deepEqual((await http.get(PATH)).body.items, []);
    const body = { name: 'x', content: 'x', robots: [robot.robotId], audience: { names: ['a'] } };
    assert.equal((await http.post(PATH, body)).status, 404);
  });

  it('send no more through robots that who made them may not see any more', async () => {
    const owner = await register(app);
    const robot = await robotOf(app, owner);
    const { id, http } = await addMember(app, owner, 'admin');
    const asAdmin = { ...robot, owner: { ...owner, http } };
    const [waiting, paused] = [
      await draft(asAdmin, { audience: { names: ['a'] } }),
      await draft(asAdmin, { audience: { names: ['b', 'c'] } }),
    ];
    await take(asAdmin, paused, 'start');
    await take(asAdmin, paused, 'pause');
    await beats(1);
    const before = await sentNames(robot);
    const { db, people } = app.services;
    const user = await people.userByUuid(id);
    await db.transaction((trx) => people.updateUser(trx, user!.id, { role: 'member' }));
    assert.equal((await http.post(`${PATH}/${waiting}/start`, {})).status, 404);
    assert.equal((await http.post(`${PATH}/${paused}/resume`, {})).status, 404);
    await take(asAdmin, paused, 'cancel');
    await beats(2);
    assert.deepEqual(await sentNames(robot), before);
    await take(robot, waiting, 'start');
  });

  it('start once by a function, however often the same call comes', async () => {
    const robot = await robotOf(app);
    const person = await ownerOf(app);
    const user = await app.services.people.userByUuid(person.id);
    const principal = {
      kind: 'user' as const,
      id: person.id,
      userId: user?.id ?? null,
      tenantId: person.tenantId,
      roles: ['owner'],
      scopes: null,
    };
    const input = { name: 'f', content: 'x', robots: [robot.robotId], audience: { names: ['a'] } };
    const call = () => app.services.functions.call('robots.broadcast', input, { principal, idempotencyKey: 'k1' });
    assert.deepEqual(await call(), await call());
    await beats(1);
    assert.deepEqual(await sentNames(robot), ['a']);
  });

  async function draft(robot: TestRobot, wish: object): Promise<string> {
    const body = { name: 'News', content: 'News', robots: [robot.robotId], ...wish };
    const answer = await robot.owner.http.post(PATH, body);
    assert.equal(answer.status, 201, answer.text);
    return answer.body.id;
  }

  async function take(robot: TestRobot, id: string, step: string, status = 200): Promise<void> {
    const answer = await robot.owner.http.post(`${PATH}/${id}/${step}`, {});
    assert.equal(answer.status, status, answer.text);
  }

  async function show(robot: TestRobot, id: string): Promise<any> {
    return (await robot.owner.http.get(`${PATH}/${id}`)).body;
  }

  async function recipientsOf(robot: TestRobot, id: string): Promise<any[]> {
    return (await robot.owner.http.get(`${PATH}/${id}/recipients`)).body.items;
  }

  /** What is due happens, and then what comes due with each further message. */
  async function beats(count: number, on = app): Promise<void> {
    await on.services.jobs.idle();
    for (let beat = 0; beat < count; beat++) {
      await on.clock.advance(BEAT_MS);
      await on.services.jobs.idle();
    }
  }

  async function sentNames(robot: TestRobot, on = app): Promise<string[]> {
    const rows = await on.services.db.write('robots_commands').where({ robot: robot.key }).orderBy('id');
    return rows.map(({ recipient }) => recipient);
  }

  /** The robot says what has become of its commands, by whom they went to. */
  async function report(robot: TestRobot, codes: Record<string, number>): Promise<void> {
    for (const { commandId, commandParams } of await poll(robot)) {
      const errorCode = codes[commandParams.titleList[0]] ?? 0;
      const body = { robotId: robot.robotId, commandId, errorCode, errorReason: errorCode ? 'no such chat' : '' };
      assert.equal((await robot.http.post('/api/robot/command-result', body)).status, 200);
    }
  }

  async function label(robot: TestRobot, names: string[], name: string): Promise<void> {
    const { db } = app.services;
    const [row] = await db.write('robots_labels').insert({ tenant_id: robot.owner.tenantId, name }).returning('id');
    const rows = await db.write('robots_conversations').where({ robot: robot.key }).whereIn('person', names);
    for (const { id } of rows)
      await db.write('robots_conversation_labels').insert({ label: row!.id, conversation: id });
  }

  async function setFields(robot: TestRobot, name: string, fields: object): Promise<void> {
    const { db } = app.services;
    await db
      .write('robots_contacts')
      .where({ tenant_id: robot.owner.tenantId, name })
      .update({ fields: JSON.stringify(fields) });
  }
});

function states(rows: { name: string; state: string; reason: string }[]): Record<string, string> {
  return Object.fromEntries(rows.map(({ name, state, reason }) => [name, `${state} ${reason}`.trim()]));
}

function countsOf({ total, waiting, sent, succeeded, failed, skipped }: any): object {
  return { total, waiting, sent, succeeded, failed, skipped };
}
