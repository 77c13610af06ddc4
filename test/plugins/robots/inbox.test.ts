/** The inbox of people: conversations found, answered, given to somebody, put off, closed. */
import assert from 'node:assert/strict';
import { addMember, keyOf, type Person, register } from '#test/support/accounts.ts';
import { walkList } from '#test/support/lists.ts';
import { ownerOf, poll, type RobotsPlatform, robotOf, startRobots, type TestRobot, upload } from './support.ts';

const PATH = '/api/platform/robots/conversations';

describe('the inbox', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({ plugins: { auth: { registration: 'open', accessTokenMinutes: 1_000 } } });
  });
  after(() => app.stop());

  it('lists conversations in pages, both ways, as JSON and as CSV', async () => {
    const { robot, owner } = await tenant();
    for (const name of ['甲', '乙', '丙', '丁']) {
      await upload(robot, { receivedName: name, spoken: name });
      await app.clock.advance(1_000);
    }
    await walkList({ client: owner.http, path: PATH, rows: 4, sorts: ['last_message_at'] });
  });

  it('filters by state, robot, person, team, label and what is unread', async () => {
    const { robot, owner } = await tenant();
    for (const name of ['甲', '乙']) await upload(robot, { receivedName: name, spoken: name });
    const [one, other] = await list(owner);
    const team = await created(owner, '/api/platform/robots/teams', { name: 'Sales', members: [owner.id] });
    assert.deepEqual(team.members, [{ id: owner.id, name: owner.email.split('@')[0] }]);
    const wish = { assignee: owner.id, team: team.id, labels: ['VIP', ' 退款 ', 'VIP'], state: 'pending' };
    const changed = await owner.http.patch(`${PATH}/${one.id}`, wish);
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual([changed.body.labels, changed.body.team.name], [['VIP', '退款'], 'Sales']);
    await owner.http.post(`${PATH}/${other.id}/read`);
    for (const query of [
      'state=pending',
      'state=pending,snoozed',
      `robot=${robot.robotId}&assignee=me`,
      `assignee=${owner.id}`,
      `team=${team.id}`,
      `label=${encodeURIComponent('退款')}`,
      'unread=true',
      `contact=${one.contact_id}`,
    ])
      assert.deepEqual(await ids(owner, query), [one.id], query);
    for (const query of ['state=open', 'assignee=none', 'unread=false'])
      assert.deepEqual(await ids(owner, query), [other.id], query);
    for (const query of ['state=closed', 'label=other', 'team=x', 'robot=x'])
      assert.deepEqual(await ids(owner, query), [], query);
    const counts = await owner.http.get('/api/platform/robots/inbox/counts');
    assert.deepEqual(counts.body, { open: 1, pending: 1, snoozed: 0, unread: 1, mine: 1 });
    assert.equal((await owner.http.delete(`/api/platform/robots/teams/${team.id}`)).status, 204);
    assert.equal((await owner.http.get(`${PATH}/${one.id}`)).body.team, null);
  });

  it('finds conversations by words, two Chinese characters too, of the own tenant alone', async () => {
    const { robot, owner } = await tenant();
    const stranger = await tenant();
    await upload(robot, { receivedName: '王小明', spoken: '请问怎么退款？Thanks' });
    await upload(robot, { receivedName: '李雷', spoken: 'something else', groupName: '退货群' });
    await upload(stranger.robot, { spoken: '我要退款' });
    const [, first] = await list(owner);
    for (const words of ['退款', '怎么退', 'than', '小明', '请问 thanks'])
      assert.deepEqual(await ids(owner, `search=${encodeURIComponent(words)}`), [first.id], words);
    assert.equal((await ids(owner, `search=${encodeURIComponent('退货')}`)).length, 1);
    assert.deepEqual(await ids(owner, `search=${encodeURIComponent('款退')}`), []);
    assert.equal((await owner.http.get(`${PATH}?search=%22'`)).status, 400);
  });

  it('shows each the conversations of the robots that they may see', async () => {
    const { robot, owner } = await tenant();
    const member = await addMember(app, owner, 'member');
    await upload(robot, {});
    const [{ id }] = await list(owner);
    assert.deepEqual(await ids(member, ''), []);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/messages'],
      ['GET', '/export'],
      ['POST', '/read'],
      ['POST', '/hand-over'],
    ] as const)
      assert.equal(
        (await member.http.send(method, `${PATH}/${id}${path}`, method === 'GET' ? undefined : {})).status,
        404,
      );
    await app.services.db.write('robots_robots').where({ id: robot.key }).update({ user_id: null });
    assert.deepEqual(await ids(member, ''), [id]);
    const reading = app.http.with(await keyOf(owner, ['robots:read']));
    assert.equal((await reading.post(`${PATH}/${id}/read`, {})).status, 403);
  });

  it('sends an answer once for its key, shows what became of it, and pauses automatic answers', async () => {
    const { robot, owner } = await tenant();
    await upload(robot, { spoken: 'hello', groupName: '群' });
    const [{ id }] = await list(owner);
    const answer = (text: string, key: string) =>
      owner.http.send('POST', `${PATH}/${id}/answers`, { text }, { 'idempotency-key': key });
    const [one, same] = await Promise.all([answer('How can I help?', 'a'), answer('How can I help?', 'a')]);
    assert.equal(one.status, 201, one.text);
    assert.deepEqual(same.body, one.body);
    assert.equal((await answer('Another text', 'a')).status, 422);
    const commands = await poll(robot);
    assert.deepEqual(
      commands.map(({ commandParams }) => commandParams),
      [{ type: 'text', titleList: ['群'], atList: ['张三'], content: 'How can I help?' }],
    );
    const [command] = commands;
    await robot.http.post('/api/robot/command-result', {
      commandId: command.commandId,
      errorCode: 201102,
      errorReason: 'No',
    });
    const { items } = (await owner.http.get(`${PATH}/${id}/messages`)).body;
    assert.deepEqual(
      items.map(({ author, text, command_status, error }: any) => [author, text, command_status, error]),
      [
        ['person', 'How can I help?', 'failed', 'No'],
        ['contact', 'hello', null, null],
      ],
    );
    assert.equal(items[0].author_name.length > 0, true);
    const { automatic, unread } = (await owner.http.get(`${PATH}/${id}`)).body;
    assert.deepEqual([automatic, unread], [false, 0]);
    await app.clock.advance(30 * 60_000 + 1);
    assert.equal((await owner.http.get(`${PATH}/${id}`)).body.automatic, true);
  });

  it('splits a long answer into messages in their order', async () => {
    const { robot, owner } = await tenant();
    await upload(robot, { spoken: 'tell me all' });
    const [{ id }] = await list(owner);
    const sentences = Array.from({ length: 100 }, (_, at) => `这是第${at}句话，它说明了一些事情。`);
    const { body } = await owner.http.post(`${PATH}/${id}/answers`, { text: sentences.join('') });
    assert.ok(body.commands.length > 1);
    const said = (await poll(robot)).map(({ commandParams }) => commandParams.content);
    assert.equal(said.join(''), sentences.join(''));
    for (const one of said) assert.ok(one.endsWith('。') && Buffer.byteLength(one) <= 2_048);
  });

  it('refuses a change of what somebody else has changed, and a message is no such change', async () => {
    const { robot, owner } = await tenant();
    await upload(robot, {});
    const [{ id }] = await list(owner);
    const { version } = (await owner.http.get(`${PATH}/${id}`)).body;
    await upload(robot, { spoken: 'meanwhile' });
    const change = (body: object) => owner.http.send('PATCH', `${PATH}/${id}`, body, { 'if-match': `"${version}"` });
    assert.equal((await change({ labels: ['a'] })).status, 200);
    assert.equal((await change({ labels: ['b'] })).status, 412);
    for (const wish of [{ assignee: 'nobody' }, { team: 'none' }])
      assert.equal((await owner.http.patch(`${PATH}/${id}`, wish)).status, 404);
    const stranger = await register(app);
    assert.equal((await owner.http.patch(`${PATH}/${id}`, { assignee: stranger.id })).status, 404);
    assert.equal((await owner.http.patch(`${PATH}/${id}`, { state: 'snoozed' })).status, 400);
  });

  it('puts off until a time or a message, and tells whom it was given to and that it was closed', async () => {
    const { robot, owner } = await another();
    await upload(robot, {});
    const [{ id }] = await list(owner);
    const events = await app.record(/^conversation\./);
    const until = new Date(app.clock.now() + 3600_000).toISOString();
    const snoozed = await owner.http.patch(`${PATH}/${id}`, {
      state: 'snoozed',
      snoozed_until: until,
      assignee: owner.id,
    });
    assert.deepEqual([snoozed.body.state, snoozed.body.snoozed_until], ['snoozed', until]);
    await app.services.conversationChanges.wake();
    assert.equal((await owner.http.get(`${PATH}/${id}`)).body.state, 'snoozed');
    await app.clock.advance(3600_000);
    await app.services.conversationChanges.wake();
    assert.equal((await owner.http.get(`${PATH}/${id}`)).body.state, 'open');
    await owner.http.patch(`${PATH}/${id}`, { state: 'closed' });
    await owner.http.patch(`${PATH}/${id}`, { state: 'closed' });
    const told = (await events.all()).map(({ type, data }) => [type, (data as any).assignee ?? null]);
    assert.deepEqual(told, [
      ['conversation.assigned', owner.id],
      ['conversation.opened', null],
      ['conversation.closed', null],
    ]);
  });

  it('keeps notes to colleagues, and exports everything', async () => {
    const { robot, owner } = await another();
    await upload(robot, { spoken: 'hello' });
    const [{ id }] = await list(owner);
    const note = await owner.http.post(`${PATH}/${id}/notes`, { text: '老客户' });
    assert.equal(note.status, 201, note.text);
    assert.deepEqual(await poll(robot), []);
    assert.equal((await list(owner))[0].last_text, 'hello');
    assert.deepEqual(await ids(owner, `search=${encodeURIComponent('客户')}`), [id]);
    const { body } = await owner.http.get(`${PATH}/${id}/export`);
    assert.equal(body.conversation.id, id);
    assert.deepEqual(
      body.messages.map(({ author, text }: any) => `${author} ${text}`),
      ['contact hello', 'note 老客户'],
    );
    const csv = await owner.http.get(`${PATH}/${id}/messages?format=csv&author=note`);
    assert.match(csv.text, /老客户/);
  });

  it('shows pictures and lets nothing else run', async () => {
    const { robot, owner } = await another();
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const picture = await upload(robot, { textType: 2, fileBase64: png });
    const page = await upload(robot, { textType: 9, fileBase64: Buffer.from('<script>1</script>').toString('base64') });
    const [{ id }] = await list(owner);
    const shown = await owner.http.get(`${PATH}/${id}/messages/${picture}/file`);
    assert.deepEqual(
      [shown.headers.get('content-type'), shown.headers.get('content-disposition')],
      ['image/png', 'inline'],
    );
    const saved = await owner.http.get(`${PATH}/${id}/messages/${page}/file`);
    assert.equal(saved.headers.get('content-type'), 'application/octet-stream');
    assert.equal(saved.headers.get('content-disposition'), 'attachment');
    assert.match(saved.headers.get('content-security-policy') ?? '', /sandbox/);
  });

  it('hands over and back by hand', async () => {
    const { robot, owner } = await another();
    await upload(robot, {});
    const [{ id }] = await list(owner);
    const handed = await owner.http.post(`${PATH}/${id}/hand-over`, {});
    assert.deepEqual([handed.body.state, handed.body.automatic], ['pending', false]);
    const back = await owner.http.post(`${PATH}/${id}/automatic`, { on: true });
    assert.equal(back.body.automatic, true);
  });

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

  async function ids(person: Person, query: string): Promise<string[]> {
    return (await list(person, query)).map(({ id }) => id);
  }

  async function created(person: Person, path: string, body: object): Promise<any> {
    const answer = await person.http.post(path, body);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }
});
