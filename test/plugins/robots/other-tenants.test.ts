/**
 * What a tenant has of robots, asked for by ids through every route by who may not see it: people of another tenant, and a
 * member of the same one whose colleague the robot belongs to. Nothing is shown, and nothing is changed.
 */
import assert from 'node:assert/strict';
import { addMember, type Person, register } from '#test/support/accounts.ts';
import { type OpenStream, openStream } from '#test/support/streams.ts';
import { poll, type RobotsPlatform, robotOf, sendText, startRobots, type TestRobot, upload } from './support.ts';

/** Stands in everything that the tenant has. */
const MARK = 'zaffre';
const BASE = '/api/platform/robots';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** Where the mark stands. */
const MARKED = [
  ...([
    ['robots_robots', 'name'],
    ['robots_contacts', 'name'],
    ['robots_conversations', 'person'],
  ] as const),
  ...([
    ['robots_messages', 'spoken'],
    ['robots_commands', 'params'],
    ['robots_broadcasts', 'name'],
  ] as const),
  ...([
    ['robots_scheduled_messages', 'names'],
    ['robots_teams', 'name'],
    ['robots_quick_replies', 'text'],
  ] as const),
] as const;

describe('what a tenant has of robots', () => {
  let app: RobotsPlatform;
  let owner: Person;
  let robot: TestRobot;
  let ids: Record<string, string>;
  /** Who may not see it, each with a robot of their own. */
  let others: { who: string; person: Person; own: TestRobot }[];

  before(async () => {
    app = await startRobots({ config: { http: { rateLimit: { enabled: false } } } });
    owner = await register(app);
    const colleague = await addMember(app, owner, 'member');
    robot = await robotOf(app, colleague);
    const people = { stranger: await register(app), member: await addMember(app, owner, 'member') };
    others = [];
    for (const [who, person] of Object.entries(people)) others.push({ who, person, own: await robotOf(app, person) });
    ids = await everything();
  });
  after(() => app.stop());

  /** One of each; gives their ids by what paths call them. */
  async function everything(): Promise<Record<string, string>> {
    const made = async (path: string, body: object) => {
      const answer = await owner.http.post(`${BASE}/${path}`, body);
      assert.equal(answer.status, 201, answer.text);
      return answer.body.id;
    };
    await owner.http.patch(`${BASE}/robots/${robot.robotId}`, { name: `robot ${MARK}` });
    const message = await upload(robot, { receivedName: MARK, spoken: MARK, textType: 2, fileBase64: PNG });
    const [conversation] = (await owner.http.get(`${BASE}/conversations`)).body.items;
    await owner.http.patch(`${BASE}/conversations/${conversation.id}`, { labels: [MARK] });
    await owner.http.patch(`${BASE}/contacts/${conversation.contact_id}`, { notes: MARK, fields: { word: MARK } });
    await owner.http.post(`${BASE}/conversations/${conversation.id}/notes`, { text: MARK });
    const audience = { names: [MARK] };
    const url = `https://93.184.216.34/${MARK}`;
    const config = { robotId: robot.robotId, messageCallbackUrl: url, enableSignature: false };
    assert.equal((await owner.http.post('/api/robot/third-party/config', config)).status, 200);
    return {
      robot: robot.robotId,
      conversation: conversation.id,
      contact: conversation.contact_id,
      message,
      command: await sendText(robot, MARK, { titleList: [MARK] }),
      team: await made('teams', { name: MARK, members: [owner.id] }),
      reply: await made('quick-replies', { shortcut: MARK, text: MARK }),
      broadcast: await made('broadcasts', { name: MARK, content: MARK, robots: [robot.robotId], audience }),
      schedule: await made('scheduled-messages', {
        robot_id: robot.robotId,
        names: [MARK],
        content: MARK,
        at: '2099-01-01T09:00',
      }),
    };
  }

  /** Which id stands in the place of a path's parameters. */
  function filled(path: string): string | null {
    const kinds: [RegExp, string][] = [
      [/\/conversations\/\{id\}/, 'conversation'],
      [/\/contacts\/\{id\}/, 'contact'],
      [/\/teams\/\{id\}/, 'team'],
      [/\/quick-replies\/\{id\}/, 'reply'],
      [/\/broadcasts\/\{id\}/, 'broadcast'],
      [/\/scheduled-messages\/\{id\}/, 'schedule'],
      [/\/robots\/robots\/\{id\}|\/platform\/robots\/\{id\}/, 'robot'],
      [/\{robotId\}/, 'robot'],
    ];
    const [, kind] = kinds.find(([shape]) => shape.test(path)) ?? [];
    if (kind === undefined) return path.includes('{') ? null : path;
    return path.replace(/\{(id|robotId)\}/, ids[kind] ?? '').replace('{message}', ids.message ?? '');
  }

  function ours() {
    return app.platform.routes.filter(({ path }) =>
      /^\/api\/(platform\/robots|robots?|user\/statistics)(\/|$)/.test(path),
    );
  }

  /** Everything that is stored of it; what a member has of their own is in the tenant too. */
  async function stored(): Promise<string> {
    const { db } = app.services;
    const rows: unknown[] = [await db.read('robots_callbacks').where({ robot: robot.key })];
    for (const [table, column] of MARKED)
      rows.push(
        await db.read(table).where(column, 'like', `%${MARK}%`).where({ tenant_id: owner.tenantId }).orderBy('id'),
      );
    return JSON.stringify(rows);
  }

  it('is neither shown nor changed by its ids in paths', async () => {
    const before = await stored();
    let asked = 0;
    for (const { who, person } of others)
      for (const { method, path } of ours()) {
        const place = filled(path);
        if (place === null || place === path) continue;
        // Everybody of the tenant has its quick replies, and sees its teams.
        if (who === 'member' && /quick-replies|teams/.test(path)) continue;
        asked++;
        const body = method === 'GET' || method === 'DELETE' ? undefined : bodyFor(path);
        const query = path.endsWith('/text') ? `?conversation=${ids.conversation}` : '';
        const { status, text } = await person.http.send(method, place + query, body);
        const about = `${who}: ${method} ${path}: ${status} ${text}`;
        assert.ok(status === 404 || status === 403, about);
        assert.ok(!text.includes(MARK), about);
      }
    assert.ok(asked > 60, String(asked));
    assert.equal(await stored(), before);
  });

  /** What each route takes, so that nothing but the rights refuses it. */
  function bodyFor(path: string): object {
    if (path.endsWith('/answers') || path.endsWith('/notes')) return { text: 'x' };
    if (path.endsWith('/automatic')) return { on: true };
    if (path.endsWith('/presence')) return { doing: 'looking' };
    if (/\/(?:merge|separate)$/.test(path)) return { contact: ids.contact };
    if (path.endsWith('/config-push')) return { configType: 'risk_control', config: {} };
    return /conversations\/\{id\}$/.test(path) ? { labels: ['x'] } : {};
  }

  it('is neither shown nor used by its ids in bodies', async () => {
    const before = await stored();
    for (const { who, person, own } of others) {
      const heard = await upload(own, { receivedName: `of ${who}`, spoken: 'hello' });
      const { items } = (await person.http.get(`${BASE}/conversations?robot=${own.robotId}`)).body;
      const { id: conversation, contact_id: contact } = items[0];
      const audience = { names: ['x'] };
      const reply = (await person.http.post(`${BASE}/quick-replies`, { shortcut: `r ${who}`, text: 'x' })).body.id;
      const tries: [method: string, path: string, body?: object][] = [
        ['POST', '/api/robot/send-message', { robotId: ids.robot, type: 'text', titleList: ['x'], content: 'x' }],
        ['POST', '/api/robot/send-message', { robotId: ids.robot, commandType: 900, commandData: {} }],
        [
          'POST',
          '/api/robot/third-party/config',
          { robotId: ids.robot, messageCallbackUrl: 'https://93.184.216.34/x' },
        ],
        ['POST', `${BASE}/broadcasts`, { name: 'x', content: 'x', robots: [ids.robot], audience }],
        ['POST', `${BASE}/broadcasts`, { name: 'x', content: 'x', robots: [own.robotId, ids.robot], audience }],
        [
          'POST',
          `${BASE}/scheduled-messages`,
          { robot_id: ids.robot, names: ['x'], content: 'x', at: '2099-01-01T09:00' },
        ],
        ['POST', `${BASE}/contacts/${contact}/merge`, { contact: ids.contact }],
        ['GET', `${BASE}/quick-replies/${reply}/text?conversation=${ids.conversation}`],
        ['GET', `${BASE}/conversations/${conversation}/messages/${ids.message}/file`],
        ['GET', `${BASE}/conversations/${ids.conversation}/messages/${heard}/file`],
      ];
      if (who === 'stranger')
        tries.push(
          ['PATCH', `${BASE}/conversations/${conversation}`, { team: ids.team }],
          ['PATCH', `${BASE}/conversations/${conversation}`, { assignee: owner.id }],
          ['POST', `${BASE}/teams`, { name: 'x', members: [owner.id] }],
          ['GET', `${BASE}/quick-replies/${ids.reply}/text?conversation=${conversation}`],
        );
      for (const [method, path, body] of tries) {
        const { status, text } = await person.http.send(method, path, body);
        assert.ok(status === 404 || status === 403, `${who}: ${method} ${path}: ${status} ${text}`);
      }
    }
    assert.equal(await stored(), before);
  });

  it('is in no list, whatever it is filtered by, and in no table of one', async () => {
    const filters = [
      '',
      `robot=${ids.robot}`,
      `contact=${ids.contact}`,
      `team=${ids.team}`,
      `label=${MARK}`,
      `search=${MARK}`,
      `assignee=${owner.id}`,
      `name=${MARK}`,
      `id=${ids.robot}`,
      'format=csv',
      `format=csv&search=${MARK}`,
      'limit=200',
    ];
    let shown = 0;
    for (const { who, person } of others)
      for (const { method, path } of ours().filter(({ path }) => !path.includes('{')))
        for (const filter of method === 'GET' ? filters : []) {
          if (who === 'member' && /quick-replies|teams|labels/.test(path)) continue;
          const { status, text } = await person.http.get(`${path}?${filter}`);
          if (status === 200) shown++;
          // A refusal may say what it refuses.
          if (status < 300) assert.ok(!text.includes(MARK), `${who}: ${path}?${filter}: ${text}`);
        }
    assert.ok(shown > 60, String(shown));
  }).timeout(60_000);

  it('is not reached by functions, nor by tools of AI agents', async () => {
    const before = await stored();
    const calls: [name: string, input: object][] = [
      ['robots.send', { robot_id: ids.robot, to: 'x', text: 'x' }],
      ['robots.broadcast', { name: 'x', content: 'x', robots: [ids.robot], audience: { names: ['x'] } }],
      ['robots.schedule', { robot_id: ids.robot, names: ['x'], content: 'x', at: '2099-01-01T09:00' }],
      ['conversations.assign', { conversation_id: ids.conversation, assignee: null }],
      ['conversations.handOver', { conversation_id: ids.conversation }],
      ['contacts.update', { contact_id: ids.contact, notes: 'x' }],
    ];
    for (const { who, person } of others)
      for (const [name, input] of calls) {
        const user = await app.services.people.userByUuid(person.id);
        const principal = {
          kind: 'user' as const,
          id: person.id,
          userId: user?.id ?? null,
          tenantId: person.tenantId,
          roles: [who === 'member' ? 'member' : 'owner'],
          scopes: null,
        };
        const call = app.services.functions.call(name, input, { principal, idempotencyKey: `${who} ${name}` });
        await assert.rejects(Promise.resolve(call), { status: 404 }, `${who}: ${name}`);
      }
    assert.equal(await stored(), before);
  });

  it('is told live to nobody else', async () => {
    const topics = 'robot.message,robot.online,robot.offline,robot.command.finished,conversation.*,broadcast.changed';
    const follow = (person: Person) =>
      openStream(`${app.url}/api/platform/live?topics=${topics}`, { authorization: `Bearer ${person.accessToken}` });
    const streams: OpenStream[] = [];
    for (const { person } of others) streams.push(await follow(person));
    const its = await follow(owner);
    assert.equal(its.status, 200);
    await upload(robot, { receivedName: `live ${MARK}`, spoken: `live ${MARK}` });
    const [command] = await poll(robot);
    await robot.http.post('/api/robot/command-result', { commandId: command.commandId, errorCode: 0 });
    await its.until(3);
    for (const [place, { own, who }] of others.entries()) {
      const stream = streams[place]!;
      await upload(own, { receivedName: `own of ${who}`, spoken: 'to be seen' });
      await stream.until(2);
      assert.ok(!JSON.stringify(stream.data).includes(MARK), `${who}: ${JSON.stringify(stream.data)}`);
      assert.ok(!JSON.stringify(stream.data).includes(robot.robotId), `${who}: ${JSON.stringify(stream.data)}`);
    }
    for (const stream of [...streams, its]) stream.close();
  });
});
