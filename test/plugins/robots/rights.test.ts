/** Every role and kind of credential at every endpoint of the WorkBot API: who gets in, and what the others are told. */
import assert from 'node:assert/strict';
import { addMember, authConfig, keyOf, ROOT_TOKEN, register, signInAdmin } from '#test/support/accounts.ts';
import type { Client } from '#test/support/client.ts';
import { lineTo, type RobotsPlatform, robotOf, startRobots, type TestRobot } from './support.ts';

const ROLES = [
  'nobody',
  'owner',
  'admin',
  'member',
  'companion',
  'stranger',
  'key',
  'keyWithout',
  'superadmin',
  'root',
  'robot',
  'otherRobot',
  'mailbox',
] as const;
type Role = (typeof ROLES)[number];
type Statuses = Record<Role, number>;
type Row = [method: string, path: string, body: object | undefined, statuses: Statuses];

/** `companion` is another member, `key` and `keyWithout` are of the member, with every scope and with one of none of it. */
function statuses(all: number, others: Partial<Statuses> = {}): Statuses {
  return { ...(Object.fromEntries(ROLES.map((role) => [role, all])) as Statuses), ...others };
}
const PROGRAMS: Partial<Statuses> = { robot: 403, otherRobot: 403, mailbox: 403 };
/** Something that each person has. */
const everyPerson = (status: number) => statuses(status, { ...PROGRAMS, nobody: 401, keyWithout: 403 });
/** The member's robot: its person, administrators of the tenant and of the platform; for others it is not there. */
const itsPeople = (status: number) => statuses(status, { ...everyPerson(status), companion: 404, stranger: 404 });
const superadmins = (status: number) => statuses(403, { nobody: 401, superadmin: status, root: status });
/** The robot itself; another one may not speak for it. */
const robotAlone = (status: number) => statuses(403, { nobody: 401, robot: status });
const open = (status: number) => statuses(status);

const TABLE: Row[] = [
  ['POST', '/api/user/send-sms', { phone: 'none' }, open(400)],
  ['POST', '/api/user/login', { phone: '13800000000', code: '000000' }, open(400)],
  ['GET', '/api/user/info', undefined, { ...everyPerson(200), root: 403 }],
  ['POST', '/api/robot-ids/activate', { code: 'NOTHERE2', deviceInfo: { deviceId: 'x' } }, open(404)],
  ['POST', '/api/robot-ids/verify', { code: 'NOTHERE2', deviceId: 'x' }, open(200)],
  ['POST', '/api/robot/refresh-token', { refreshToken: 'none' }, open(401)],
  ['GET', '/api/robots', undefined, everyPerson(200)],
  ['GET', '/api/robots/ROBOT', undefined, itsPeople(200)],
  ['POST', '/api/robots', { name: 'of ROLE' }, everyPerson(200)],
  ['PUT', '/api/robots/ROBOT', { name: 'by ROLE' }, itsPeople(200)],
  ['POST', '/api/robot/messages', { robotId: 'ROBOT', spoken: 'hello', receivedName: 'x' }, robotAlone(200)],
  [
    'POST',
    '/api/robot/send-message',
    { robotId: 'ROBOT', type: 'text', titleList: ['x'], content: 'hello' },
    { ...itsPeople(200), robot: 200 },
  ],
  ['GET', '/api/robot/commands?robotId=ROBOT', undefined, robotAlone(200)],
  ['POST', '/api/robot/command-result', { robotId: 'ROBOT', commandId: 'cmd_none', errorCode: 0 }, robotAlone(404)],
  [
    'POST',
    '/api/robot/third-party/config',
    { robotId: 'ROBOT', messageCallbackUrl: 'https://93.184.216.34/x', enableSignature: false },
    itsPeople(200),
  ],
  ['GET', '/api/robot/third-party/config/ROBOT', undefined, itsPeople(200)],
  ['GET', '/api/robots/ROBOT/statistics', undefined, itsPeople(200)],
  ['GET', '/api/user/statistics', undefined, everyPerson(200)],
  ['POST', '/api/admin/activation-codes', { count: 1, validityPeriod: 30 }, superadmins(200)],
  ['GET', '/api/admin/activation-codes', undefined, superadmins(200)],
  ['POST', '/api/admin/unbind-device', { code: 'NOTHERE2' }, superadmins(404)],
  ['POST', '/api/admin/activation-codes/NOTHERE2/disable', undefined, superadmins(404)],
  ['GET', '/api/admin/users', undefined, superadmins(200)],
  ['POST', '/api/admin/users/999999/disable', undefined, superadmins(404)],
  ['GET', '/api/admin/logs', undefined, superadmins(200)],
  // Ends what the others are about, so it comes last, and each role has one of the member's of its own.
  ['DELETE', '/api/robots/SPARE', undefined, itsPeople(200)],
];

describe('rights in the WorkBot API', () => {
  let app: RobotsPlatform;
  let robot: TestRobot;
  let otherRobot: TestRobot;
  const clients = {} as Record<Role, Client>;
  const spares = {} as Record<Role, string>;
  before(async () => {
    const mail = { mailboxTtl: 0, publicDomains: ['example.com'], smtp: { port: 0 } };
    app = await startRobots({
      plugins: { auth: { ...authConfig, registration: 'open' }, mail },
      config: { http: { rateLimit: { enabled: false } } },
    });
    const owner = await register(app);
    const member = await addMember(app, owner, 'member');
    const scopes = ['account:read', 'robots:manage', 'messages:send'];
    clients.nobody = app.http;
    clients.owner = owner.http;
    clients.admin = (await addMember(app, owner, 'admin')).http;
    clients.member = member.http;
    clients.companion = (await addMember(app, owner, 'member')).http;
    clients.stranger = (await register(app)).http;
    clients.key = app.http.with(await keyOf(member, scopes));
    clients.keyWithout = app.http.with(await keyOf(member, ['usage:read']));
    clients.superadmin = (await signInAdmin(app)).http;
    clients.root = app.http.bearer(ROOT_TOKEN);
    robot = await robotOf(app, member);
    otherRobot = await robotOf(app, member);
    clients.robot = robot.http;
    clients.otherRobot = otherRobot.http;
    clients.mailbox = await mailboxClient();
    for (const role of ROLES) spares[role] = (await robotOf(app, member)).robotId;
  });
  after(() => app.stop());

  async function mailboxClient(): Promise<Client> {
    const address = 'box@example.com';
    const root = app.http.bearer(ROOT_TOKEN);
    await root.post('/api/create', { local: 'box' });
    await root.post('/api/mailboxes/toggle-login', { address, can_login: true });
    await root.post('/api/mailboxes/change-password', { address, new_password: 'the box secret' });
    const answer = await app.http.post('/api/login', { username: address, password: 'the box secret' });
    assert.equal(answer.status, 200, answer.text);
    return app.http.with({ cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' });
  }

  for (const [method, path, body, expected] of TABLE) {
    it(`${method} ${path.split('?')[0]}`, async () => {
      const seen: Partial<Statuses> = {};
      for (const role of ROLES) {
        const fill = (text: string) =>
          text.replaceAll('ROBOT', robot.robotId).replaceAll('SPARE', spares[role]).replaceAll('ROLE', role);
        const given = body === undefined ? undefined : JSON.parse(fill(JSON.stringify(body)));
        const answer = await clients[role].send(method, fill(path), given);
        seen[role] = answer.status;
        if (answer.status < 400) assert.equal(answer.body.code, 0, `${role}: ${answer.text}`);
        else assert.deepEqual([answer.body.code, typeof answer.body.message], [answer.status, 'string'], role);
      }
      assert.deepEqual(seen, expected);
    });
  }

  it('has a row for every endpoint of the document', () => {
    const normal = (path: string) =>
      (path.split('?')[0] ?? '')
        .replace(/ROBOT|SPARE/, '{robotId}')
        .replace('NOTHERE2', '{code}')
        .replace('999999', '{userId}');
    const covered = new Set(TABLE.map(([method, path]) => `${method} ${normal(path)}`));
    const ours = app.platform.routes
      .filter(({ path }) => /^\/api\/(robot|robots|robot-ids|user|admin)\//.test(`${path}/`))
      .filter(({ path }) => path !== '/api/user/quota' && !path.startsWith('/api/v2'))
      .map(({ method, path }) => `${method} ${path}`);
    assert.ok(ours.length >= 26);
    assert.deepEqual(
      ours.filter((one) => !covered.has(one)),
      [],
    );
  });

  it('opens the socket of a robot for its own token alone', async () => {
    const tokens = { otherRobot: otherRobot.token, member: robot.owner.accessToken, root: ROOT_TOKEN, none: '' };
    for (const [role, token] of Object.entries(tokens)) {
      const line = lineTo(app, `?robotId=${robot.robotId}&token=${token}`);
      await assert.rejects(line.closed, /401/, role);
    }
  });
});
