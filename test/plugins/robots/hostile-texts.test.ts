/** Texts that somebody made up to break something: NUL, halves of characters, line breaks, look-alikes, very long ones. */
import assert from 'node:assert/strict';
import type { Answer } from '#test/support/client.ts';
import { type RobotsPlatform, robotOf, startRobots, type TestRobot, upload } from './support.ts';

const BASE = '/api/platform/robots';
const TEXTS: Record<string, string> = {
  NUL: 'a\u0000b',
  'a high half': 'a\ud83d',
  'a low half': '\ude00b',
  'control characters': 'a\u0001\u0007\u001b[31m\u007f\u0085b',
  'line breaks': 'a\nb\r\nc\u2028d',
  'a turned direction': 'a\u202egpj.exe',
  'no width': 'a\u200b\u2060\ufeffb',
  'a quote': `a'";--%_\\`,
  'a template': '{{contact.name}}$&$1',
  JSON: '{"a":[1]}',
  'only spaces': ' \t\u3000 ',
  'marks upon marks': `a${'\u0301'.repeat(90)}`,
};

describe('hostile texts', () => {
  let app: RobotsPlatform;
  let robot: TestRobot;
  /** Each list with each parameter that takes words, and with one that it does not know. */
  let searches: [path: string, query: string][];
  before(async () => {
    app = await startRobots({ config: { http: { rateLimit: { enabled: false } } } });
    robot = await robotOf(app);
    const { paths } = (await app.http.get('/openapi.json')).body;
    searches = ['conversations', 'contacts', 'robots', 'logs', 'labels', 'quick-replies'].flatMap((path) => {
      const parameters: { in: string; name: string; schema: { type?: string } }[] =
        paths[`${BASE}/${path}`].get.parameters;
      const words = parameters.filter((one) => one.in === 'query' && one.schema.type === 'string');
      const names = words.map(({ name }) => name).filter((name) => !/_(?:from|to)$/.test(name));
      return [...names, 'unknown'].map((name): [string, string] => [path, name]);
    });
    assert.ok(searches.length > 20, `${searches.length}`);
  });
  after(() => app.stop());

  function isAnswered(about: string, { status, text }: Answer): void {
    assert.ok(status < 500, `${about}: ${status} ${text}`);
  }

  for (const [what, text] of Object.entries(TEXTS))
    it(`${what}: is taken or refused wherever it stands`, async () => {
      const { http, owner } = robot;
      const post = (path: string, body: object) => owner.http.post(path, body);
      const base = { robotId: robot.robotId, receivedName: 'n', groupName: '', spoken: 's' };
      const uploads = [
        'receivedName',
        'groupName',
        'groupRemark',
        'spoken',
        'rawSpoken',
        'timestamp',
        'messageId',
        'robotId',
      ];
      for (const field of uploads) {
        const answer = await http.post('/api/robot/messages', { ...base, [field]: text });
        isAnswered(`upload ${field}`, answer);
      }
      isAnswered(
        'both names',
        await http.post('/api/robot/messages', { ...base, receivedName: text, groupName: text }),
      );
      const { robotId } = robot;
      const command = { robotId, type: 'text', titleList: ['n'], content: 'c' };
      for (const more of [{ titleList: [text] }, { content: text }, { atList: [text] }, { robotId: text }])
        isAnswered(`send ${Object.keys(more)}`, await post('/api/robot/send-message', { ...command, ...more }));
      isAnswered(
        'raw',
        await post('/api/robot/send-message', {
          robotId,
          commandType: 203,
          commandData: { titleList: [text], receivedContent: text, [text]: text },
        }),
      );
      const { body } = await owner.http.get(`${BASE}/conversations`);
      const [{ id, contact_id }] = body.items;
      isAnswered('answer', await post(`${BASE}/conversations/${id}/answers`, { text }));
      const file = { url: 'https://example.com/a', type: 'file', name: text };
      isAnswered('file', await post(`${BASE}/conversations/${id}/answers`, { file }));
      isAnswered('note', await post(`${BASE}/conversations/${id}/notes`, { text }));
      isAnswered('labels', await owner.http.patch(`${BASE}/conversations/${id}`, { labels: [text] }));
      isAnswered('hand over', await post(`${BASE}/conversations/${id}/hand-over`, { reason: text }));
      for (const change of [{ notes: text }, { fields: { [text]: 'x' } }, { fields: { x: text } }])
        isAnswered(
          `contact ${JSON.stringify(change)}`,
          await owner.http.patch(`${BASE}/contacts/${contact_id}`, change),
        );
      isAnswered('quick reply', await post(`${BASE}/quick-replies`, { shortcut: text, text }));
      isAnswered('team', await post(`${BASE}/teams`, { name: text }));
      isAnswered('robot', await post(`${BASE}/robots`, { name: text }));
      isAnswered('robot of the document', await post('/api/robots', { name: text, aiScenario: text }));
      for (const [path, query] of searches) {
        const value = encodeURIComponent(text.toWellFormed());
        isAnswered(`${path}?${query}`, await owner.http.get(`${BASE}/${path}?${query}=${value}`));
      }
      for (const path of ['robots', 'conversations', 'contacts', 'broadcasts'])
        isAnswered(path, await owner.http.get(`${BASE}/${path}/${encodeURIComponent(text.toWellFormed())}`));
      const device = { deviceId: 'd', brand: text, model: text };
      isAnswered('activation', await app.http.post('/api/robot-ids/activate', { code: text, deviceInfo: device }));
      isAnswered('verify', await app.http.post('/api/robot-ids/verify', { code: text, deviceId: text }));
      isAnswered('refresh', await app.http.post('/api/robot/refresh-token', { refreshToken: text }));
      isAnswered('result', await http.post('/api/robot/command-result', { commandId: text, errorCode: 0 }));
      const commandId = (await post('/api/robot/send-message', command)).body.data.commandId;
      const result = { commandId, errorCode: 1, errorReason: text, successList: [text], failList: [text] };
      isAnswered('a result', await http.post('/api/robot/command-result', result));
      const callback = { robotId, messageCallbackUrl: `https://93.184.216.34/${text}`, secretKey: `${text}12345678` };
      isAnswered('callback', await post('/api/robot/third-party/config', callback));
    });

  for (const [what, text] of Object.entries(TEXTS).slice(0, 2))
    it(`${what}: in a broadcast and in a scheduled message holds up nothing else`, async () => {
      const { http } = robot.owner;
      const at = new Date(app.clock.now() + 60_000).toISOString();
      const wish = { robot_id: robot.robotId, names: [text], content: 'x', at };
      for (const more of [{}, { names: ['x'], content: `x${text}` }])
        isAnswered('schedule', await http.post(`${BASE}/scheduled-messages`, { ...wish, ...more }));
      const good = await http.post(`${BASE}/scheduled-messages`, { ...wish, names: ['good'], content: 'good' });
      assert.equal(good.status, 201, good.text);
      const body = { name: 'x', content: 'x', robots: [robot.robotId], audience: { names: [text, 'good'] } };
      const started: string[] = [];
      for (const more of [
        { excluded: [text] },
        {},
        { content: `x${text}` },
        { audience: { fields: { [text]: text }, names: ['good', 'more'] } },
      ]) {
        const made = await http.post(`${BASE}/broadcasts`, { ...body, ...more });
        isAnswered(`broadcast ${JSON.stringify(more)}`, made);
        if (made.status !== 201) continue;
        assert.equal((await http.post(`${BASE}/broadcasts/${made.body.id}/start`, {})).status, 200);
        started.push(made.body.id);
      }
      await app.clock.advance(61_000);
      await app.services.scheduledMessages.sendDue();
      const { items } = (await http.get(`${BASE}/scheduled-messages?state=active`)).body;
      assert.deepEqual(items, []);
      for (let beat = 0; beat < 8; beat++) {
        await app.services.jobs.idle();
        await app.clock.advance(3_000);
      }
      await app.services.jobs.idle();
      for (const id of started) {
        const { body: after } = await http.get(`${BASE}/broadcasts/${id}`);
        assert.deepEqual([after.total, after.waiting], [2, 0], JSON.stringify(after));
      }
    }).timeout(60_000);

  it('keeps conversations apart whose names are alike but for where they begin', async () => {
    const own = await robotOf(app);
    const places = [
      ['a\nb', 'c'],
      ['a', 'b\nc'],
    ];
    const messages = await Promise.all(
      places.map(([groupName, receivedName]) => upload(own, { groupName, receivedName, spoken: `${groupName}` })),
    );
    const { items } = (await own.owner.http.get(`${BASE}/conversations?robot=${own.robotId}`)).body;
    assert.equal(items.length, 2);
    assert.equal(new Set(messages).size, 2);
  });
});
