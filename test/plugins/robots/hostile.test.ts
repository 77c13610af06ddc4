/** Robots in bad hands: what strangers, other tenants and broken clients send is refused or bounded, and hurts nobody else. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeJwt, SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { register } from '#test/support/accounts.ts';
import {
  authenticated,
  connected,
  isCommand,
  type Line,
  lineTo,
  poll,
  type RobotsPlatform,
  robotOf,
  sendText,
  startRobots,
  type TestRobot,
} from './support.ts';

const KILOBYTE = 1024;
const YEARS_MS = 40 * 365 * 24 * 3600_000;

describe('sockets of robots in bad hands', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({
      plugins: { robots: { requestsPerMinute: 0, authenticateSeconds: 2, bareSockets: { total: 6, perAddress: 4 } } },
    });
  });
  after(() => app.stop());

  /** The status of a refused upgrade. */
  async function refusal(query: string, headers: Record<string, string> = {}): Promise<number> {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws${query}`, { headers });
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    response.destroy();
    return response.statusCode;
  }

  it('that read nothing for a minute are closed, whatever they say meanwhile', async () => {
    const robot = await robotOf(app);
    const line = await connected(app, robot);
    // A socket of `ws` reads from this one.
    const { _socket: raw } = line.socket as unknown as { _socket: import('node:net').Socket };
    raw.pause();
    const { connectedRobots } = app.services;
    // Known as soon as it was looked whether anything waits for it.
    const known = () => connectedRobots.straightSocketOf(robot.key, []);
    while (known() === null) await nextTurn();
    const socket = known() ?? '';
    const offer = { code: 203, type: 'send_message', params: { content: 'x'.repeat(250 * KILOBYTE) }, priority: 1 };
    const offers = Array.from({ length: 60 }, (_, id) => ({ ...offer, id, commandId: `cmd_${id}`, createdAt: 0 }));
    connectedRobots.push(robot.key, socket, offers);
    for (let seconds = 0; seconds < 75; seconds += 5) {
      line.send({ type: 'ping' });
      await app.clock.advance(5_000);
    }
    raw.resume();
    assert.notEqual(await line.closed, 1005);
    assert.equal(connectedRobots.straightSocketOf(robot.key, ['x']), null);
  });

  async function bare(): Promise<Line> {
    const line = lineTo(app);
    await once(line.socket, 'open');
    return line;
  }

  async function isServed(line: Line): Promise<void> {
    line.send({ type: 'ping' });
    await line.next(({ type }) => type === 'pong' || type === 'heartbeat_ack');
  }

  it('are refused at the upgrade with 401: wrong, missing, foreign and ended tokens, and those of people', async () => {
    const [robot, other] = [await robotOf(app), await robotOf(app)];
    const ended = await robotOf(app);
    await app.services.db.transaction((trx) => app.services.robotTokens.end(trx, ended.key));
    const queries = [
      `?robotId=${robot.robotId}`,
      `?robotId=${robot.robotId}&token=`,
      `?robotId=${robot.robotId}&token=nonsense`,
      `?robotId=${robot.robotId}&token=${other.token}`,
      `?robotId=${robot.robotId}&token=${robot.token.slice(0, -4)}AAAA`,
      `?robotId=${robot.robotId}&token=${robot.refreshToken}`,
      `?robotId=${robot.robotId}&token=${robot.owner.accessToken}`,
      `?robotId=&token=${robot.token}`,
      `?token=${robot.token}`,
      `?robotId=${robot.robotId}%00&token=${robot.token}`,
      `?robotId=${ended.robotId}&token=${ended.token}`,
    ];
    for (const query of queries) assert.equal(await refusal(query), 401, query);
    assert.equal(await refusal('', { authorization: 'Bearer nonsense' }), 401);
  });

  it('that come without a query and authenticate wrongly are closed with the code that says why', async () => {
    const [robot, other] = [await robotOf(app), await robotOf(app)];
    const { robotId, token } = robot;
    const tries: [first: unknown, code: number][] = [
      [{ type: 'authenticate', data: { robotId, token: 'nonsense' } }, 4010],
      [{ type: 'authenticate', data: { robotId, token: other.token } }, 4010],
      [{ type: 'authenticate', data: { robotId, token: robot.owner.accessToken } }, 4010],
      [{ type: 'authenticate', data: { robotId: [robotId], token } }, 4001],
      [{ type: 'authenticate', data: { token } }, 4001],
      [{ type: 'authenticate', data: null }, 4001],
      [{ type: 'authenticate', data: { ['__proto__']: { robotId, token } } }, 4001],
      [`{"type":"authenticate","data":{"__proto__":{"robotId":"${robotId}","token":"${token}"}}}`, 4001],
      [{ type: 'heartbeat' }, 4000],
      ['not JSON', 4000],
      ['['.repeat(100_000), 4000],
    ];
    for (const [first, code] of tries) {
      const line = await bare();
      line.send(first);
      assert.equal(
        (await line.next(({ type }) => type === 'error')).data.code,
        code,
        JSON.stringify(first).slice(0, 80),
      );
      assert.equal(await line.closed, code);
    }
    const binary = await bare();
    binary.socket.send(Buffer.from(JSON.stringify({ type: 'authenticate', data: { robotId, token } })));
    assert.equal(await binary.closed, 4000);
  });

  it('that never say who they are close with 4006, and only so many are open at once', async () => {
    const silent = [await bare(), await bare(), await bare(), await bare()];
    const fifth = await bare();
    assert.equal((await fifth.next()).data.code, 4029);
    assert.equal(await fifth.closed, 4029);
    const robot = await robotOf(app);
    const line = await connected(app, robot);
    await isServed(line);
    await app.clock.advance(2_000);
    assert.deepEqual(await Promise.all(silent.map(({ closed }) => closed)), [4006, 4006, 4006, 4006]);
    const again = await authenticated(app, await robotOf(app));
    await isServed(again);
    again.socket.close();
    line.socket.close();
  });

  it('that have not said whose they are, and ping instead, are closed with 4029', async () => {
    const line = await bare();
    for (let count = 0; count < 200 && line.socket.readyState === line.socket.OPEN; count += 20) {
      const answered = once(line.socket, 'pong');
      for (let one = 0; one < 20; one++) line.socket.ping();
      await Promise.race([answered, line.closed]);
    }
    assert.equal(await line.closed, 4029);
  });

  for (const [dialect, open] of Object.entries({ first: connected, second: authenticated })) {
    describe(`in the ${dialect} dialect`, () => {
      let robot: TestRobot;
      let line: Line;
      beforeEach(async () => {
        robot = await robotOf(app);
        line = await open(app, robot);
      });
      afterEach(() => line.socket.terminate());

      it('answer what is no frame with an error, and go on', async () => {
        const deep = `{"type":"result","data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
        const bad = [
          '',
          'x',
          '[]',
          'null',
          '7',
          '{"type":7}',
          '{}',
          deep,
          '{"type":"result","data":{"result":'.repeat(40),
        ];
        for (const text of [...bad, '{"type":"__proto__"}', '{"type":"constructor"}']) {
          line.send(text);
          const { type, code, data } = await line.next();
          assert.equal(type, 'error', text.slice(0, 60));
          assert.equal(code ?? data.code, dialect === 'first' ? 400 : 4000);
        }
        line.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
        assert.equal((await line.next()).type, 'error');
        await isServed(line);
      });

      it('are closed by a frame that is too large', async () => {
        line.send(JSON.stringify({ type: 'ping', data: { pad: 'x'.repeat(256 * KILOBYTE) } }));
        assert.equal(await line.closed, 1009);
      });

      it('are closed by thousands of frames, and what was said before counts', async () => {
        const commandId = await sendText(robot, 'before the flood');
        await line.next(isCommand);
        line.send({ type: 'result', data: { commandId, status: 'success', errorCode: 0 } });
        await line.next(({ type }) => type === 'result_ack');
        for (let count = 0; count < 3_000; count++) line.send('{"type":"ping"}');
        await isClosedWith(line, dialect === 'first' ? 1008 : 4029);
        assert.ok(line.frames.length < 1_300, String(line.frames.length));
        assert.equal((await commandOf(commandId))?.status, 'succeeded');
      });

      it('are closed by thousands of pings and pongs too, however evenly they come', async () => {
        for (let count = 0; count < 3_000 && line.socket.readyState === line.socket.OPEN; count += 50) {
          const answered = once(line.socket, 'pong');
          for (let one = 0; one < 25; one++) {
            line.socket.pong();
            line.socket.ping();
          }
          await Promise.race([answered, line.closed]);
        }
        await isClosedWith(line, dialect === 'first' ? 1008 : 4029);
      });

      it('are closed when the tokens of the robot have ended and nobody has told of it', async () => {
        await app.services.db.write('robots_robots').where({ id: robot.key }).increment('token_version', 1);
        await app.clock.advance(31_000);
        assert.equal(await line.closed, dialect === 'first' ? 1008 : 4010);
      });

      it('are closed when nobody is there any more, though TCP says nothing', async () => {
        // Half-open: no pong comes, and no leave is taken.
        const { robotId, token } = robot;
        const query = dialect === 'first' ? `?robotId=${robotId}&token=${token}` : '';
        const dead = new WebSocket(`${app.url.replace('http', 'ws')}/ws${query}`, { autoPong: false });
        await once(dead, 'open');
        if (dialect === 'second') dead.send(JSON.stringify({ type: 'authenticate', data: { robotId, token } }));
        await line.closed;
        let code: unknown = null;
        dead.once('close', (given) => {
          code = given;
        });
        // It may be watched a moment after the one before it is gone.
        while (code === null) {
          await app.clock.advance(dialect === 'first' ? 91_000 : 61_000);
          await app.http.get('/health/live');
        }
        assert.equal(code, dialect === 'first' ? 1001 : 1000);
      });

      it('are closed when their robot comes again and again, and others are served', async () => {
        const others = await open(app, await robotOf(app));
        const { robotId, token } = robot;
        for (let times = 1; times < 60; times++) (await open(app, robot)).socket.terminate();
        const again = lineTo(app, dialect === 'first' ? `?robotId=${robotId}&token=${token}` : '');
        await once(again.socket, 'open');
        if (dialect === 'second') again.send({ type: 'authenticate', data: { robotId, token } });
        assert.equal(await again.closed, dialect === 'first' ? 1008 : 4029);
        await isServed(others);
        others.socket.close();
        await app.clock.advance(60_000);
        const later = await open(app, robot);
        await isServed(later);
        later.socket.close();
      });

      it('are closed when the tokens of the robot end', async () => {
        await app.services.db.transaction((trx) => app.services.robotTokens.end(trx, robot.key));
        assert.equal(await line.closed, dialect === 'first' ? 1008 : 4010);
        if (dialect === 'second') assert.equal(line.frames.at(-1).data.code, 4010);
      });

      it('take results with numbers as texts, with odd fields, and of a phone whose clock is years off', async () => {
        const commandId = await sendText(robot, 'odd');
        await line.next(isCommand);
        const data = {
          commandId,
          status: 'failed',
          errorCode: '201101.9',
          errorReason: { toString: 7 },
          executionTimeMs: 1e300,
          successList: ['a', 7, null, { length: 1 }],
          failList: Array(50_000).fill('x'),
          timeCost: 'NaN',
          executedAt: Date.now() - YEARS_MS,
          ['__proto__']: { errorCode: 0 },
        };
        line.send({ type: 'result', data, timestamp: Date.now() + YEARS_MS });
        await line.next(({ type }) => type === 'result_ack');
        const row = await commandOf(commandId);
        assert.equal(row?.status, 'failed');
        const { runTime, failList, ...rest } = JSON.parse(row?.result ?? '{}');
        assert.deepEqual(rest, { errorCode: 201101, errorReason: '', executionTimeMs: 86_400_000, successList: ['a'] });
        assert.equal(failList.length, 1_000);
        assert.equal(runTime, app.clock.now() - 86_400_000);
      });

      it('report for no other robot, nor for what is no command', async () => {
        const foreign = await sendText(await robotOf(app), 'not yours');
        const ids = [foreign, 'cmd_1', '\u0000', 'x'.repeat(100_000), '', { a: 1 }, ["' or 1=1"], '__proto__'];
        for (const commandId of ids) {
          line.send({ type: 'result', data: { commandId, status: 'success' } });
          assert.equal((await line.next()).type, 'error', JSON.stringify(commandId).slice(0, 60));
        }
        assert.equal((await commandOf(foreign))?.status, 'pending');
      });
    });
  }

  // Last: the tokens of people end too.
  describe('a day later', () => {
    it('in the second dialect are closed with 4011 when their token ends', async () => {
      const robot = await robotOf(app);
      await app.clock.advance(24 * 3600_000 - 30_000);
      const line = await authenticated(app, robot);
      await app.clock.advance(31_000);
      assert.equal(await line.closed, 4011);
      assert.equal(line.frames.at(-1).data.code, 4011);
      const late = await bare();
      late.send({ type: 'authenticate', data: { robotId: robot.robotId, token: robot.token } });
      assert.equal(await late.closed, 4011);
    });
  });

  async function commandOf(commandId: string) {
    return app.services.db.read('robots_commands').where({ command_id: commandId }).first();
  }
});

describe('requests about robots in bad hands', () => {
  let app: RobotsPlatform;
  before(async () => {
    app = await startRobots({ plugins: { robots: { requestsPerMinute: 0, fileBytes: 64 * KILOBYTE } } });
  });
  after(() => app.stop());

  it('see nothing of another tenant’s robot, and a robot nothing of another', async () => {
    const [robot, stranger] = [await robotOf(app), await register(app)];
    const other = await robotOf(app, stranger);
    const { robotId } = robot;
    const text = { robotId, type: 'text', titleList: ['a'], content: 'x' };
    assert.equal((await stranger.http.post('/api/robot/send-message', text)).status, 404);
    assert.equal((await other.http.post('/api/robot/send-message', text)).status, 403);
    assert.equal((await other.http.get(`/api/robot/commands?robotId=${robotId}`)).status, 403);
    const message = { robotId, spoken: 'x', receivedName: 'a' };
    assert.equal((await other.http.post('/api/robot/messages', message)).status, 403);
    const commandId = await sendText(robot, 'mine');
    assert.equal((await other.http.post('/api/robot/command-result', { commandId, errorCode: 0 })).status, 403);
    assert.equal((await poll(robot)).length, 1);
  });

  it('are not taken with a robot’s token where people are asked for, nor the other way round', async () => {
    const robot = await robotOf(app);
    const { owner, robotId } = robot;
    for (const path of ['/api/user/statistics', `/api/robots/${robotId}/statistics`, '/api/platform/robots/statistics'])
      assert.equal((await robot.http.get(path)).status, 403, path);
    assert.equal((await robot.http.get(`/api/robot/third-party/config/${robotId}`)).status, 403);
    assert.equal((await owner.http.get(`/api/robot/commands?robotId=${robotId}`)).status, 403);
    assert.equal((await owner.http.post('/api/robot/messages', { robotId, spoken: 'x' })).status, 403);
    assert.equal((await owner.http.post('/api/robot/command-result', { commandId: 'x' })).status, 403);
  });

  it('with files that are none, or larger than they say, are refused, and hold up nobody', async () => {
    const robot = await robotOf(app);
    const upload = (fileBase64: unknown, textType = 2) =>
      robot.http.post('/api/robot/messages', { ...own(robot), textType, fileBase64 });
    const bomb = Buffer.alloc(64 * KILOBYTE + 3).toString('base64');
    assert.deepEqual(await status(upload(bomb)), [413, '文件过大']);
    assert.deepEqual(await status(upload('<script>')), [400, 'fileBase64格式错误']);
    assert.deepEqual(await status(upload(`${'A'.repeat(40)}=A`)), [400, 'fileBase64格式错误']);
    assert.deepEqual((await status(upload({ a: 1 })))[0], 400);
    assert.deepEqual((await status(upload('A'.repeat(17 * KILOBYTE * KILOBYTE))))[0], 413);
    assert.deepEqual((await status(upload(`data:image/png;base64,${'A'.repeat(400)}`)))[0], 200);
    const fake = Buffer.from('<html><script>alert(1)</script>').toString('base64');
    const { data } = (await upload(fake)).body;
    const row = await app.services.db.read('robots_messages').where({ message_id: data.messageId }).first();
    assert.equal(row?.media_type, 'application/octet-stream', 'what it shows itself to be, whatever it says it is');
  });

  it('with clocks that are years off, odd numbers and NUL are taken as they can be, or refused', async () => {
    const robot = await robotOf(app);
    const hear = (more: object) => robot.http.post('/api/robot/messages', { ...own(robot), groupName: 'g', ...more });
    for (const timestamp of ['1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z', -1, 8.64e15, 'soon']) {
      const { body } = await hear({ timestamp });
      const row = await app.services.db.read('robots_messages').where({ message_id: body.data.messageId }).first();
      assert.deepEqual([row?.phone_time, row?.created_at], [String(timestamp), app.clock.now()]);
    }
    for (const odd of [{ roomType: '3', textType: '18' }, { atMe: 'true' }, { roomType: 2.7 }, { textType: '1.0' }])
      assert.equal((await hear(odd)).status, 200, JSON.stringify(odd));
    for (const bad of [{ roomType: 'x' }, { textType: [] }, { atMe: 'maybe' }, { receivedName: 'x'.repeat(201) }])
      assert.equal((await hear(bad)).status, 400, JSON.stringify(bad));
    const nul = await hear({ spoken: 'a\u0000b', receivedName: 'n' });
    assert.ok([200, 400].includes(nul.status), nul.text);
    assert.equal((await hear({ ['__proto__']: { spoken: 'y' } })).status, 200);
  });

  it('come with no token that lacks a part, however well it is signed', async () => {
    const robot = await robotOf(app);
    const claims = decodeJwt(robot.token);
    const key = app.services.secrets.derive('robots.jwt');
    const status = async (odd: object) => {
      const token = await new SignJWT({ ...odd }).setProtectedHeader({ alg: 'HS256' }).sign(key);
      return (await app.http.bearer(token).get(`/api/robot/commands?robotId=${robot.robotId}`)).status;
    };
    assert.equal(await status(claims), 200);
    const { sub: _, ...nobody } = claims;
    const { exp: __, ...endless } = claims;
    for (const odd of [nobody, endless, { ...claims, ver: 'x' }]) assert.equal(await status(odd), 401);
  });

  it('cannot send to lists that are huge', async () => {
    const robot = await robotOf(app);
    const send = (body: object) =>
      robot.owner.http.post('/api/robot/send-message', { robotId: robot.robotId, ...body });
    const names = Array.from({ length: 201 }, (_, index) => `name ${index}`);
    assert.equal((await send({ type: 'text', content: 'x', titleList: names })).status, 400);
    assert.equal((await send({ commandType: 203, commandData: { titleList: names } })).status, 400);
    assert.equal((await send({ commandType: '203', commandData: { titleList: names.slice(1) } })).status, 200);
    const large = { titleList: ['a'], receivedContent: 'x'.repeat(256 * KILOBYTE) };
    assert.equal((await send({ commandType: 203, commandData: large })).status, 413);
    const deep = JSON.parse(`${'{"a":'.repeat(150)}1${'}'.repeat(150)}`);
    assert.equal((await send({ commandType: 203, commandData: deep })).status, 400);
  });

  it('for many recipients keep each one’s order, also behind what waits itself', async () => {
    const robot = await robotOf(app);
    const line = await connected(app, robot);
    await sendText(robot, 'under way', { titleList: ['a'] });
    await line.next(isCommand);
    line.socket.terminate();
    await line.closed;
    await sendText(robot, 'behind it', { titleList: ['a', 'b'] });
    await sendText(robot, 'behind that', { titleList: ['b', 'c'] });
    const free = await sendText(robot, 'free', { titleList: ['d'] });
    assert.deepEqual(
      (await poll(robot)).map(({ commandId }) => commandId),
      [free],
    );
  });

  async function status(answer: Promise<{ status: number; body: any }>): Promise<[number, string]> {
    const { status: code, body } = await answer;
    return [code, body.message];
  }
});

function own({ robotId }: TestRobot): object {
  return { robotId, spoken: 'x', receivedName: 'a' };
}

/** Of a socket that closed in another way it is said what became of its connection. */
async function isClosedWith(line: Line, code: number): Promise<void> {
  const found = await line.closed;
  assert.equal(found, code, `closed with ${found} instead of ${code}; the connection: ${line.fault() ?? 'no error'}`);
}
