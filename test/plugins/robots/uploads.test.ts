/** Files that robots upload: large ones, many at once, and such as are not what they say. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { AppError } from '#core/plugin.ts';
import { register } from '#test/support/accounts.ts';
import { type RobotsPlatform, robotOf, startRobots, type TestRobot, upload } from './support.ts';

const BASE = '/api/platform/robots/conversations';
const LARGE = 'A'.repeat(13_000_000);
const base64 = (text: string) => Buffer.from(text).toString('base64');
/** What each shows itself to be; a browser would run some of them where it is shown them as such. */
const LIES: Record<string, string> = {
  HTML: '<!doctype html><script>alert(1)</script>',
  SVG: '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
  'SVG with a declaration': '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
  XHTML: '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><script>1</script></html>',
  PDF: '%PDF-1.7\n1 0 obj <</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>',
  'HTML behind the bytes of a picture': 'GIF89a/*<html><script>alert(1)</script>*/=1',
  'a script': 'alert(1)',
};
const PICTURES = /^image\/(png|jpeg|gif|webp|bmp|avif|heic|heif)$/;

describe('uploads of robots', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({ config: { http: { rateLimit: { enabled: false } } } });
  });
  after(() => app.stop());

  for (const [what, content] of Object.entries(LIES))
    it(`show ${what} as nothing that runs`, async () => {
      const robot = await robotOf(app);
      const { http } = robot.owner;
      const message = await upload(robot, { textType: 2, fileBase64: `data:image/png;base64,${base64(content)}` });
      const { items } = (await http.get(`${BASE}?robot=${robot.robotId}`)).body;
      const { headers } = await http.get(`${BASE}/${items[0].id}/messages/${message}/file`);
      const type = headers.get('content-type') ?? '';
      assert.ok(PICTURES.test(type) || headers.get('content-disposition')?.startsWith('attachment'), type);
      assert.ok(!/html|xml|script/.test(type), type);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.match(headers.get('content-security-policy') ?? '', /sandbox/);
    });

  it('name their robot, and are its activity', async () => {
    const robot = await robotOf(app);
    const message = { spoken: 'hello', receivedName: 'Ada', roomType: 2, textType: 1 };
    assert.equal((await robot.http.post('/api/robot/messages', message)).status, 400);
    const seen = async () => (await robot.owner.http.get(`/api/robots/${robot.robotId}`)).body.data.lastActiveAt;
    assert.equal(await seen(), null);
    await upload(robot, { spoken: 'hello' });
    assert.ok(Math.abs(Date.parse(await seen()) - app.clock.now()) < 5_000);
  });

  it('of one robot, a hundred at a moment, are all stored, each once', async () => {
    const robot = await robotOf(app);
    // More than a row of the database takes.
    const fileBase64 = base64('a file '.repeat(10_000));
    const ids = await Promise.all(
      Array.from({ length: 100 }, (_, n) => upload(robot, { messageId: `m${n % 50}`, textType: 2, fileBase64 })),
    );
    assert.equal(new Set(ids).size, 50);
    const rows = await app.services.db.read('robots_messages').where({ robot: robot.key });
    assert.equal(rows.length, 50);
    for (const { blob } of rows) assert.ok(blob);
  });

  it('are two messages when their ids differ in what no database keeps', async () => {
    const robot = await robotOf(app, await register(app));
    // As clients cut them: written out, since a half character is none that can be sent.
    const send = async (id: string) => {
      const body = `{"robotId":"${robot.robotId}","messageId":"${id}","spoken":"hi","receivedName":"Ada","roomType":2}`;
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${robot.token}` };
      const answer = await fetch(`${app.url}/api/robot/messages`, { method: 'POST', headers, body });
      return ((await answer.json()) as { data: { messageId: string } }).data.messageId;
    };
    const ids = ['a\\ud83d', 'a\\ud83e', 'a\\u0000b', 'ab'];
    const first = [];
    for (const id of ids) first.push(await send(id));
    assert.equal(new Set(first).size, ids.length);
    for (const [place, id] of ids.entries()) assert.equal(await send(id), first[place]);
  });

  it('that repeat one, or are over the limit, leave no file, and a repeat is answered beyond the limit too', async () => {
    const robot = await robotOf(app, await register(app));
    const files = async () =>
      (await readdir(join(app.dataDir, 'files'), { recursive: true, withFileTypes: true })).filter(
        (one) => one.isFile() && !one.parentPath.endsWith('segments'),
      ).length;
    const fileBase64 = base64('a file '.repeat(100_000));
    const message = { robotId: robot.robotId, messageId: 'one', textType: 2, fileBase64 };
    const before = await files();
    const id = await upload(robot, message);
    assert.equal(await upload(robot, message), id);
    assert.equal(await files(), before + 1);
    const { usage } = app.services;
    const { room, consume } = usage;
    const full = new AppError('limit_exceeded', 'No more', { status: 403 });
    Object.assign(usage, { room: () => 'none', consume: () => Promise.reject(full) });
    try {
      assert.equal(await upload(robot, message), id);
      const refused = await robot.http.post('/api/robot/messages', { ...message, messageId: 'two' });
      assert.equal(refused.status, 403, refused.text);
    } finally {
      Object.assign(usage, { room, consume });
    }
    assert.equal(await files(), before + 1);
  });

  it('that are large and never come hold up their tenant’s large ones alone, and those until they are gone', async () => {
    const [robot, stranger] = [await robotOf(app), await robotOf(app, await register(app))];
    const silent = await Promise.all(Array.from({ length: 10 }, () => neverSent(robot)));
    await upload(robot, { spoken: 'small' });
    await upload(stranger, { textType: 2, fileBase64: LARGE });
    let isServed = false;
    const own = upload(robot, { textType: 2, fileBase64: LARGE }).then(() => {
      isServed = true;
    });
    await upload(robot, { spoken: 'small again' });
    await upload(stranger, { textType: 2, fileBase64: LARGE });
    assert.equal(isServed, false);
    for (const socket of silent) socket.destroy();
    await own;
  });

  /** A request whose head has come, and whose body does not. */
  async function neverSent({ token }: TestRobot) {
    const socket = connect(app.port, '127.0.0.1');
    await once(socket, 'connect');
    const head = [
      'POST /api/robot/messages HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      `Authorization: Bearer ${token}`,
      'Content-Length: 15000000',
      'Expect: 100-continue',
      '',
      '',
    ];
    socket.on('error', () => {});
    socket.write(head.join('\r\n'));
    // The server asks for the body: the request is under way.
    await once(socket, 'data');
    return socket;
  }
});
