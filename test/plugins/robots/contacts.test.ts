/** Contacts, what workflows do with conversations, and how long messages are kept. */
import assert from 'node:assert/strict';
import type { Principal } from '#core/plugin.ts';
import { addMember, type Person, register } from '#test/support/accounts.ts';
import { walkList } from '#test/support/lists.ts';
import {
  ownerOf,
  poll,
  type RobotsPlatform,
  robotOf,
  sendText,
  startRobots,
  type TestRobot,
  upload,
} from './support.ts';

const PATH = '/api/platform/robots/contacts';

describe('contacts of robots', () => {
  let app: RobotsPlatform;
  before(async () => {
    const auth = { registration: 'open', accessTokenMinutes: 1_440 };
    app = await startRobots({ plugins: { auth, robots: { requestsPerMinute: 0, accessTokenHours: 2_000 } } });
  });
  after(() => app.stop());

  it('are listed and found by words of names, notes and fields', async () => {
    const { robot, owner } = await tenant();
    for (const receivedName of ['王小明', '李雷', 'Ada Lovelace']) {
      await upload(robot, { receivedName });
      await app.clock.advance(1_000);
    }
    await walkList({ client: owner.http, path: PATH, rows: 3, sorts: ['last_seen_at'] });
    const [ada] = await list(owner);
    const change = { fields: { city: '上海市', orders: 3 }, notes: '老客户', consent: 'given' };
    const changed = await owner.http.patch(`${PATH}/${ada.id}`, change);
    assert.deepEqual([changed.body.fields, changed.body.consent], [change.fields, 'given']);
    for (const words of ['lovel', '上海', '客户'])
      assert.deepEqual(
        (await list(owner, `search=${encodeURIComponent(words)}`)).map(({ id }) => id),
        [ada.id],
        words,
      );
    const less = await owner.http.patch(`${PATH}/${ada.id}`, { fields: { orders: null } });
    assert.deepEqual(less.body.fields, { city: '上海市' });
    const late = await owner.http.send(
      'PATCH',
      `${PATH}/${ada.id}`,
      { notes: 'x' },
      { 'if-match': `"${changed.body.version}"` },
    );
    assert.equal(late.status, 412);
  });

  it('are seen by who may see a robot that they have spoken with', async () => {
    const { robot, owner } = await tenant();
    await upload(robot, {});
    const [{ id }] = await list(owner);
    const member = await addMember(app, owner, 'member');
    assert.deepEqual(await list(member), []);
    assert.equal((await member.http.get(`${PATH}/${id}`)).status, 404);
    await upload(await robotOf(app, member), {});
    const [own] = await list(member);
    assert.equal((await member.http.get(`${PATH}/${own.id}`)).status, 200);
    assert.equal((await member.http.delete(`${PATH}/${own.id}`)).status, 403);
    assert.equal((await member.http.get(`${PATH}/${id}`)).status, 404);
    const stranger = await tenant();
    assert.equal((await stranger.owner.http.get(`${PATH}/${id}`)).status, 404);
  });

  it('become one, with their conversations and what comes later', async () => {
    const { robot, owner } = await tenant();
    await upload(robot, { receivedName: 'Ada', groupName: '群' });
    await upload(robot, { receivedName: 'Ada L.' });
    const found = await list(owner);
    const [ada, other] = ['Ada', 'Ada L.'].map((name) => found.find((one) => one.name === name));
    await owner.http.patch(`${PATH}/${other.id}`, { opted_out: true, fields: { a: 1, b: 2 } });
    await owner.http.patch(`${PATH}/${ada.id}`, { fields: { a: 'kept' } });
    const merge = (one: string, two: string) => owner.http.post(`${PATH}/${one}/merge`, { contact: two });
    const merged = await merge(ada.id, other.id);
    assert.equal(merged.status, 200, merged.text);
    assert.deepEqual([merged.body.opted_out, merged.body.fields], [true, { a: 'kept', b: 2 }]);
    assert.deepEqual(
      (await list(owner)).map(({ id }) => id),
      [ada.id],
    );
    await upload(robot, { receivedName: 'Ada L.', spoken: 'again' });
    // In the group it may be anybody who is called so.
    await upload(robot, { receivedName: 'Ada L.', groupName: '群' });
    const [inGroup] = (await list(owner)).filter(({ id }) => id !== ada.id);
    assert.deepEqual([inGroup.name, inGroup.room, inGroup.is_proved], ['Ada L.', '群', false]);
    assert.equal((await merge(ada.id, inGroup.id)).status, 200);
    const talks = (await owner.http.get(`/api/platform/robots/conversations?contact=nobody,${ada.id}`)).body.items;
    assert.equal(talks.length, 3);
    assert.deepEqual([(await merge(ada.id, ada.id)).status, (await merge(ada.id, other.id)).status], [409, 404]);
  });

  it('are given out and erased with everything that was said', async () => {
    const { robot, owner } = await tenant();
    await upload(robot, { spoken: 'my secret', fileBase64: Buffer.from('a file').toString('base64') });
    await upload(robot, { spoken: 'of somebody else', receivedName: '李四' });
    const [{ id }] = await list(owner, `name=${encodeURIComponent('张三')}`);
    const talk = (await owner.http.get(`/api/platform/robots/conversations?contact=${id}`)).body.items[0];
    await owner.http.post(`/api/platform/robots/conversations/${talk.id}/answers`, { text: 'an answer to it' });
    const [command] = await poll(robot);
    await robot.http.post('/api/robot/command-result', { commandId: command.commandId, errorCode: 0 });
    const given = await owner.http.get(`${PATH}/${id}/export`);
    assert.equal(given.body.contact.id, id);
    assert.deepEqual(
      given.body.conversations[0].messages.map(({ text }: any) => text),
      ['my secret', 'an answer to it'],
    );
    const secret = await app.services.db.read('robots_messages').where({ spoken: 'my secret' }).first();
    assert.ok(secret?.blob);
    assert.equal((await owner.http.delete(`${PATH}/${id}`)).status, 204);
    const { db } = app.services;
    assert.equal((await db.read('robots_messages').where({ robot: robot.key })).length, 1);
    assert.equal((await db.read('robots_commands').where({ robot: robot.key })).length, 0);
    assert.equal((await db.read('core_blobs').where({ id: secret?.blob ?? -1 })).length, 0);
    assert.equal((await db.read('robots_counts').where({ robot: robot.key, kind: 'contact', name: '张三' })).length, 0);
    assert.deepEqual(
      (await list(owner)).map(({ name }) => name),
      ['李四'],
    );
    const search = await owner.http.get('/api/platform/robots/conversations?search=secret');
    assert.deepEqual(search.body.items, []);
  });

  it('are spoken to, assigned, handed over and noted about by workflows, once for each key', async () => {
    const { robot, owner } = await another();
    await upload(robot, { spoken: 'hello' });
    const [contact] = await list(owner);
    const talk = (await owner.http.get('/api/platform/robots/conversations')).body.items[0];
    const call = await callerOf(owner);
    const input = { robot_id: robot.robotId, to: '张三', text: '**你好**', format: 'markdown' };
    const first = await call('robots.send', input, 'k');
    assert.deepEqual(await call('robots.send', input, 'k'), first);
    const said = await poll(robot);
    assert.deepEqual(
      said.map(({ commandParams }) => commandParams.content),
      ['你好'],
    );
    await call('conversations.assign', { conversation_id: talk.id, assignee: owner.id }, 'a');
    assert.deepEqual(await call('conversations.handOver', { conversation_id: talk.id }, 'h'), {
      handed_over: true,
    });
    assert.deepEqual(await call('conversations.handOver', { conversation_id: talk.id }, 'i'), {
      handed_over: false,
    });
    const { assignee, state } = (await owner.http.get(`/api/platform/robots/conversations/${talk.id}`)).body;
    assert.deepEqual([assignee.id, state], [owner.id, 'pending']);
    await call('contacts.update', { contact_id: contact.id, opted_out: true }, 'u');
    await assert.rejects(call('robots.send', input, 'other'), { code: 'CONTACT_OPTED_OUT' });
    const stranger = await callerOf((await tenant()).owner);
    await assert.rejects(stranger('contacts.update', { contact_id: contact.id, notes: 'x' }, 'x'), {
      code: 'CONTACT_NOT_FOUND',
    });
    await assert.rejects(stranger('robots.send', input, 'x'), { code: 'ROBOT_NOT_FOUND' });
  });

  it('are answered with quick replies, whose variables are known', async () => {
    const { robot, owner } = await another();
    await upload(robot, {});
    const [contact] = await list(owner);
    await owner.http.patch(`${PATH}/${contact.id}`, { fields: { city: '上海' } });
    const path = '/api/platform/robots/quick-replies';
    const wish = {
      shortcut: 'hi',
      text: '{{contact.name}}@{{ contact.fields.city }}{{contact.fields.none}}: {{robot.name}}',
    };
    const made = await owner.http.post(path, wish);
    assert.equal(made.status, 201, made.text);
    assert.equal((await owner.http.post(path, wish)).status, 409);
    for (const text of ['{{contact.secret}}', '{{}}', '{{contact.fields.__proto__ x}}'])
      assert.equal((await owner.http.post(path, { shortcut: 'x', text })).body.code, 'UNKNOWN_VARIABLE', text);
    const talk = (await owner.http.get('/api/platform/robots/conversations')).body.items[0];
    const filled = await owner.http.get(`${path}/${made.body.id}/text?conversation=${talk.id}`);
    assert.deepEqual(filled.body, { text: '张三@上海: Robot' });
    const preview = (text: string, by: Pick<Person, 'http'> = owner) =>
      by.http.post(`${path}/preview`, { text, conversation: talk.id });
    assert.deepEqual((await preview('{{contact.name}}!')).body, { text: '张三!' });
    assert.equal((await preview('{{contact.secret}}')).body.code, 'UNKNOWN_VARIABLE');
    assert.equal((await preview('x', robot)).status, 403);
    const change = (text: string) =>
      owner.http.send('PATCH', `${path}/${made.body.id}`, { text }, { 'if-match': `"${made.body.version}"` });
    assert.deepEqual([(await change('hello')).status, (await change('hallo')).status], [200, 412]);
    assert.equal((await owner.http.delete(`${path}/${made.body.id}`)).status, 204);
    assert.deepEqual((await owner.http.get(path)).body.items, []);
  });

  it('are asked for a rating when the tenant wants that, and thanked once', async () => {
    const { robot, owner } = await tenant();
    const rating = { question: 'How was it, 1 to 5?', thanks: 'Thank you!' };
    await owner.http.patch('/api/v2/tenant/settings', { robots_rating: rating });
    await upload(robot, { spoken: '3' });
    const talk = (await owner.http.get('/api/platform/robots/conversations')).body.items[0];
    const at = `/api/platform/robots/conversations/${talk.id}`;
    await owner.http.patch(at, { state: 'closed' });
    assert.deepEqual(await contents(robot), [rating.question]);
    await Promise.all([upload(robot, { spoken: ' 5 ' }), upload(robot, { spoken: '5' })]);
    const rated = (await owner.http.get(at)).body;
    assert.equal(rated.rating, 5);
    assert.equal((await contents(robot)).filter((text) => text === rating.thanks).length, 1);
    const figures = await app.services.db.read('robots_counts').where({ robot: robot.key, kind: 'rating' });
    assert.deepEqual(
      figures.map(({ name, value }) => [name, Number(value)]),
      [['5', 1]],
    );
    const { ratings, average } = (await owner.http.get('/api/platform/robots/ratings')).body;
    assert.deepEqual([ratings[4], average], [{ rating: 5, count: 1 }, 5]);
    await owner.http.patch(at, { state: 'open' });
    await owner.http.patch(at, { state: 'closed' });
    await app.clock.advance(25 * 3600_000);
    await upload(robot, { spoken: '1' });
    const late = await app.services.db.read('robots_conversations').where({ uuid: talk.id }).first();
    assert.deepEqual([late?.rating, late?.state], [5, 'open']);
  });

  it('are kept no longer than their tenant wants', async () => {
    const { robot, owner } = await tenant();
    const other = await tenant();
    for (const one of [robot, other.robot]) await upload(one, { spoken: 'old', fileBase64: 'aGk=' });
    // In no conversation, since nobody of this name has been heard.
    for (const one of [robot, other.robot]) {
      const commandId = await sendText(one, 'old', { titleList: ['Zoe'] });
      await poll(one);
      await one.http.post('/api/robot/command-result', { commandId, errorCode: 0 });
    }
    await owner.http.patch('/api/v2/tenant/settings', { robots_message_days: 7 });
    await app.clock.advance(6 * 24 * 3600_000);
    await upload(robot, { spoken: 'new' });
    assert.equal(await app.services.inboxRetention.sweep(10), 0);
    await app.clock.advance(24 * 3600_000 + 1);
    // Its hour has come meanwhile: it may be done, or under way.
    await app.platform.cron.runDue();
    await app.services.inboxRetention.sweep(10);
    const talks = app.services.db.read('robots_conversations').whereIn('robot', [robot.key, other.robot.key]);
    assert.deepEqual((await talks).map(({ last_text }) => last_text).sort(), ['new', 'old']);
    const left = await app.services.db.read('robots_messages').whereIn('robot', [robot.key, other.robot.key]);
    assert.deepEqual(left.map(({ spoken }) => spoken).sort(), ['new', 'old']);
    const commands = await app.services.db.read('robots_commands').where({ recipient: 'Zoe' });
    assert.deepEqual(
      commands.map((command) => command.robot),
      [other.robot.key],
    );
  });

  /** What the robot is told to say, which it does. */
  async function contents(robot: TestRobot): Promise<string[]> {
    const commands = await poll(robot);
    for (const { commandId } of commands)
      await robot.http.post('/api/robot/command-result', { robotId: robot.robotId, commandId, errorCode: 0 });
    return commands.map(({ commandParams }) => commandParams.content);
  }

  async function callerOf({ id, tenantId }: Person) {
    const user = await app.services.people.userByUuid(id);
    const principal: Principal = {
      kind: 'user',
      id,
      userId: user?.id ?? null,
      tenantId,
      roles: ['owner'],
      scopes: null,
    };
    return (name: string, input: object, idempotencyKey: string) =>
      app.services.functions.call(name, input, { principal, idempotencyKey });
  }

  async function tenant(): Promise<{ robot: TestRobot; owner: Person }> {
    const owner = await register(app);
    return { robot: await robotOf(app, owner), owner };
  }

  /** In the tenant of one person: strangers may register so many a minute. */
  async function another(): Promise<{ robot: TestRobot; owner: Person }> {
    const owner = await ownerOf(app);
    return { robot: await robotOf(app, owner), owner };
  }

  async function list(person: Person, query = ''): Promise<any[]> {
    const answer = await person.http.get(`${PATH}?${query}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.items;
  }
});
