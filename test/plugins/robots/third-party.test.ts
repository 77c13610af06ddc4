/** Third parties: configured by the document, called back with what their documents promise, and answered for. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { CALLBACK_JOB } from '#plugins/robots/callbacks/callbacks.ts';
import { register } from '#test/support/accounts.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import {
  authenticated,
  isCommand,
  poll,
  type RobotsPlatform,
  robotOf,
  sendText,
  startRobots,
  type TestRobot,
} from './support.ts';

const CONFIG = '/api/robot/third-party/config';
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('third parties of robots', () => {
  let app: RobotsPlatform;
  let receiver: Receiver;
  before(async () => {
    receiver = await startReceiver();
    app = await startRobots({ config: { http: { outbound: { allow: ['127.0.0.1'] } } } });
  });
  after(async () => {
    await app.stop();
    await receiver.stop();
  });
  beforeEach(() => {
    receiver.calls.length = 0;
    receiver.answers({});
  });

  async function configured(wish: object, robot?: TestRobot): Promise<TestRobot> {
    const own = robot ?? (await robotOf(app));
    const answer = await own.owner.http.post(CONFIG, { robotId: own.robotId, ...wish });
    assert.deepEqual(answer.body, { code: 0, message: '配置成功', data: null }, answer.text);
    return own;
  }

  async function hear(robot: TestRobot, message: object = {}): Promise<string> {
    const { robotId } = robot;
    const body = {
      robotId,
      spoken: '你好',
      rawSpoken: '@机器人 你好',
      receivedName: '张三',
      groupName: '测试群1',
      ...message,
    };
    const answer = await robot.http.post('/api/robot/messages', body);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.data.messageId;
  }

  async function carryOut(robot: TestRobot, commandId: string, result: object = {}): Promise<void> {
    const { robotId } = robot;
    const answer = await robot.http.post('/api/robot/command-result', { robotId, commandId, errorCode: 0, ...result });
    assert.equal(answer.status, 200, answer.text);
  }

  describe('are configured', () => {
    it('as the document has it, and the secret is shown to nobody', async () => {
      const secretKey = 'a secret that nobody sees';
      const robot = await configured({
        messageCallbackUrl: 'https://93.184.215.14/callback',
        resultCallbackUrl: 'https://93.184.215.14/result',
        enableSignature: 'true',
        secretKey,
      });
      const path = `${CONFIG}/${robot.robotId}`;
      const shown = await robot.owner.http.get(path);
      assert.deepEqual(shown.body.data, {
        robotId: robot.robotId,
        messageCallbackUrl: 'https://93.184.215.14/callback',
        resultCallbackUrl: 'https://93.184.215.14/result',
        statusCallbackUrl: null,
        qrcodeCallbackUrl: null,
        enableSignature: true,
        isActive: true,
      });
      const stored = await app.services.db.read('robots_callbacks').where({ robot: robot.key }).first();
      assert.doesNotMatch(JSON.stringify(stored), new RegExp(secretKey));
      await configured({ resultCallbackUrl: null, isActive: 0 }, robot);
      const { data } = (await robot.owner.http.get(path)).body;
      assert.deepEqual(
        [data.messageCallbackUrl, data.resultCallbackUrl, data.enableSignature, data.isActive],
        ['https://93.184.215.14/callback', null, true, false],
      );
    });

    it('show that nothing was set', async () => {
      const robot = await robotOf(app);
      const { data } = (await robot.owner.http.get(`${CONFIG}/${robot.robotId}`)).body;
      assert.deepEqual([data.messageCallbackUrl, data.enableSignature, data.isActive], [null, false, false]);
    });

    it('nowhere inside, by whatever name, and only over HTTP', async () => {
      const robot = await robotOf(app);
      const inside = ['http://10.0.0.1/', 'http://169.254.169.254/latest', 'http://[::1]:5000/', 'http://0x0a000001/'];
      for (const url of [...inside, 'ftp://example.com/', 'https://me:you@example.com/', 'x'])
        for (const field of ['messageCallbackUrl', 'resultCallbackUrl', 'statusCallbackUrl', 'qrcodeCallbackUrl']) {
          const answer = await robot.owner.http.post(CONFIG, { robotId: robot.robotId, [field]: url });
          assert.deepEqual([answer.status, answer.body.message], [400, '回调地址不可用'], `${field} ${url}`);
        }
      assert.equal(await app.services.robotCallbackSettings.of(robot.key), null);
    });

    it('with a signature only when there is a secret', async () => {
      const robot = await robotOf(app);
      const answer = await robot.owner.http.post(CONFIG, { robotId: robot.robotId, enableSignature: true });
      assert.deepEqual([answer.status, answer.body.code], [400, 400]);
      assert.equal(await app.services.robotCallbackSettings.of(robot.key), null);
    });

    it('by those who may see the robot alone', async () => {
      const robot = await robotOf(app);
      const stranger = await register(app);
      const wish = { robotId: robot.robotId, messageCallbackUrl: receiver.url };
      assert.equal((await stranger.http.post(CONFIG, wish)).status, 404);
      assert.equal((await stranger.http.get(`${CONFIG}/${robot.robotId}`)).status, 404);
      assert.equal((await robot.http.post(CONFIG, wish)).status, 403);
      assert.equal((await app.http.post(CONFIG, wish)).status, 401);
    });
  });

  describe('are told', () => {
    it('a message as it was uploaded, with the robot’s uuid and our id, signed in both ways over its very bytes', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url, enableSignature: true, secretKey: 'hush' });
      const messageId = await hear(robot, {
        groupRemark: '备注',
        roomType: 1,
        atMe: 'true',
        textType: 1,
        timestamp: '2024-12-01T10:30:00Z',
      });
      const [call] = await receiver.until(1);
      const { robotUuid, receivedAt, ...rest } = call!.body;
      assert.deepEqual(rest, {
        robotId: robot.robotId,
        messageId,
        spoken: '你好',
        rawSpoken: '@机器人 你好',
        receivedName: '张三',
        groupName: '测试群1',
        groupRemark: '备注',
        roomType: 1,
        atMe: true,
        textType: 1,
        timestamp: '2024-12-01T10:30:00Z',
      });
      const row = await app.services.db.read('robots_robots').where({ id: robot.key }).first();
      assert.equal(robotUuid, row?.uuid);
      assert.equal(receivedAt, new Date(app.clock.now()).toISOString());
      const { headers, bytes } = call!;
      const timestamp = headers['x-patchbay-timestamp'];
      assert.equal(timestamp, String(Math.floor(app.clock.now() / 1000)));
      assert.equal(headers['x-signature'], createHmac('sha256', 'hush').update(bytes).digest('hex'));
      const ours = createHmac('sha256', 'hush').update(`${timestamp}.`).update(bytes).digest('hex');
      assert.equal(headers['x-patchbay-signature'], `sha256=${ours}`);
    });

    it('without a signature when none was asked for, also where there is a secret', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url, enableSignature: false, secretKey: 'hush' });
      await hear(robot);
      const [call] = await receiver.until(1);
      assert.deepEqual(
        Object.keys(call!.headers).filter((name) => name.startsWith('x-')),
        [],
      );
    });

    it('pictures with their bytes, and other files without', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url });
      await hear(robot, { textType: 2, fileBase64: PNG });
      const [picture] = await receiver.until(1);
      assert.equal(picture!.body.fileBase64, PNG);
      await hear(robot, { textType: 9, fileBase64: PNG });
      const [, file] = await receiver.until(2);
      assert.equal('fileBase64' in file!.body, false);
    });

    it('a result whole, under both names of the command', async () => {
      const robot = await configured({ resultCallbackUrl: receiver.url });
      const commandId = await sendText(robot, '你好~', { atList: ['李四'] });
      const result = { errorCode: '201102', errorReason: '发送消息失败', executionTimeMs: 2500 };
      await carryOut(robot, commandId, { ...result, successList: ['李四'], failList: ['张三'] });
      const [call] = await receiver.until(1);
      const { robotUuid, rawMsg, ...rest } = call!.body;
      assert.match(robotUuid, /^[0-9a-f-]{36}$/);
      assert.deepEqual(JSON.parse(rawMsg), {
        type: 203,
        titleList: ['张三'],
        receivedContent: '你好~',
        atList: ['李四'],
      });
      assert.deepEqual(rest, {
        robotId: robot.robotId,
        commandId,
        messageId: commandId,
        commandType: 203,
        type: 203,
        status: 'failed',
        errorCode: 201102,
        errorReason: '发送消息失败',
        runTime: app.clock.now() - 2500,
        timeCost: 2.5,
        successList: ['李四'],
        failList: ['张三'],
      });
    });

    it('the result of a favourite as its document says', async () => {
      const robot = await configured({ resultCallbackUrl: receiver.url });
      const commandData = { targetChat: '工作群', locatorType: 'INDEX', index: 0 };
      const body = { robotId: robot.robotId, commandType: 900, commandData };
      const { commandId } = (await robot.owner.http.post('/api/robot/send-message', body)).body.data;
      await carryOut(robot, commandId, { executionTimeMs: 3500, successList: ['工作群'] });
      const [call] = await receiver.until(1);
      const { robotId, commandType, errorCode, errorReason, timeCost, successList, failList } = call!.body;
      assert.deepEqual(
        { robotId, commandType, errorCode, errorReason, timeCost, successList, failList },
        {
          robotId: robot.robotId,
          commandType: 900,
          errorCode: 0,
          errorReason: '',
          timeCost: 3.5,
          successList: ['工作群'],
          failList: [],
        },
      );
      assert.equal(call!.body.commandId, commandId);
    });

    it('a group’s QR code, and that the robot has come online and gone', async () => {
      const [qrcodeCallbackUrl, statusCallbackUrl] = [`${receiver.url}/qrcode`, `${receiver.url}/status`];
      const robot = await configured({ qrcodeCallbackUrl, statusCallbackUrl });
      const line = await authenticated(app, robot);
      const [online] = await receiver.until(1);
      assert.deepEqual(
        [online!.path, online!.body.robotId, online!.body.status, online!.body.type],
        ['/status', robot.robotId, 'online', 5],
      );
      const body = { robotId: robot.robotId, commandType: 504, commandData: { groupName: '测试群1' } };
      const { commandId } = (await robot.owner.http.post('/api/robot/send-message', body)).body.data;
      await line.next(isCommand);
      line.send({ type: 'result', data: { commandId, status: 'success', result: 'https://work.example/qr/1' } });
      const [, code] = await receiver.until(2);
      const { robotUuid, ...rest } = code!.body;
      assert.equal(code!.path, '/qrcode');
      assert.deepEqual(rest, {
        robotId: robot.robotId,
        commandId,
        messageId: commandId,
        type: 0,
        groupName: '测试群1',
        qrcode: 'https://work.example/qr/1',
      });
      line.socket.close();
      const [, , offline] = await receiver.until(3);
      assert.deepEqual([offline!.body.status, offline!.body.type, offline!.body.robotUuid], ['offline', 6, robotUuid]);
    });

    it('nothing once they are switched off, nor of what was heard before', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url, isActive: false });
      await hear(robot);
      await configured({ isActive: true }, robot);
      const messageId = await hear(robot, { spoken: 'second' });
      const calls = await receiver.until(1);
      assert.deepEqual(
        calls.map(({ body }) => body.messageId),
        [messageId],
      );
    });
  });

  describe('that do not take it', () => {
    it('are called again after 1, 3 and 5 s, then with backoff, eight times in all, with the same id', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url });
      receiver.answers({ status: 500 });
      const messageId = await hear(robot);
      const waits: number[] = [];
      for (let tries = 1; tries < 8; tries++) {
        await receiver.until(tries);
        const wait = await nextTryIn(robot);
        waits.push(wait);
        await app.clock.advance(wait - 1);
        assert.equal(receiver.calls.length, tries);
        await app.clock.advance(1);
      }
      await receiver.until(8);
      assert.deepEqual(waits.slice(0, 3), [1_000, 3_000, 5_000]);
      assert.ok(
        waits.slice(3).every((wait, index) => Math.abs(wait / (8_000 * 2 ** index) - 1) <= 0.2),
        String(waits),
      );
      assert.deepEqual(new Set(receiver.calls.map(({ body }) => body.messageId)), new Set([messageId]));
      assert.equal(await stateOf(robot, 8), 'dead');
    });

    it('are not followed to where they send us, and read by nobody', async () => {
      const robot = await configured({ messageCallbackUrl: `${receiver.url}/away` });
      receiver.answers(({ path }) =>
        path === '/away' ? { status: 307, headers: { location: `${receiver.url}/inside` } } : { body: { reply: 'no' } },
      );
      await hear(robot);
      await receiver.until(1);
      assert.equal(await stateOf(robot, 1), 'ready');
      assert.deepEqual(
        receiver.calls.map(({ path }) => path),
        ['/away'],
      );
      assert.deepEqual(await poll(robot), []);
    });

    it('delay nobody else, when they do not answer at all', async () => {
      const silent = await startReceiver();
      silent.answers(null);
      const held = await configured({ messageCallbackUrl: silent.url });
      const other = await configured({ messageCallbackUrl: receiver.url }, await robotOf(app, held.owner));
      for (let count = 0; count < 10; count++) await hear(held, { spoken: `${count}` });
      await silent.until(1);
      await hear(other);
      // Behind the others it would come after half a minute, which nobody waits here.
      await receiver.until(1);
      assert.equal(silent.mostAtOnce(), 1, 'one at a time for a robot, in their order');
      await app.services.db.write('core_jobs').where({ name: 'robots.callback', state: 'ready' }).delete();
      await silent.stop();
    });

    it('hear what came first before what came later', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url });
      const ids: string[] = [];
      for (let count = 0; count < 10; count++) ids.push(await hear(robot, { spoken: `${count}` }));
      const calls = await receiver.until(10);
      assert.deepEqual(
        calls.map(({ body }) => body.messageId),
        ids,
      );
    });
  });

  describe('answer with a reply', () => {
    it('that is sent to the room, a group or a person', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url });
      receiver.answers({ body: { reply: '你好！', atList: ['张三'] } });
      await hear(robot);
      await hear(robot, { groupName: '', receivedName: '李四' });
      await receiver.until(2);
      const commands = await untilPolled(robot, 2);
      assert.deepEqual(
        commands.map(({ commandType, commandParams }) => [commandType, commandParams]),
        [
          ['send_message', { type: 'text', titleList: ['测试群1'], content: '你好！', atList: ['张三'] }],
          ['send_message', { type: 'text', titleList: ['李四'], content: '你好！', atList: ['张三'] }],
        ],
      );
    });

    it('in as many messages as a phone takes, in their order, and says when it is longer than any answer', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url });
      const sentences = Array.from({ length: 3_000 }, (_, number) => `Sentence ${number}.`);
      receiver.answers({ body: { reply: sentences.slice(0, 300).join(' ') } });
      await hear(robot);
      await receiver.until(1);
      await untilPolled(robot, 1);
      const { db, jobs, robotLogs } = app.services;
      await jobs.idle();
      const said = async () => {
        const rows = await db.read('robots_commands').where({ robot: robot.key }).orderBy('id');
        return rows.map(({ params }) => JSON.parse(params).content);
      };
      const parts = await said();
      assert.equal(parts.join(' '), sentences.slice(0, 300).join(' '));
      assert.ok(parts.every((part) => Buffer.byteLength(part) <= 2_048));
      receiver.answers({ body: { reply: sentences.join(' ') } });
      await hear(robot);
      await receiver.until(2);
      await jobs.idle();
      await robotLogs.written();
      const logs = await db.read('robots_logs').where({ tenant_id: robot.owner.tenantId, level: 'warn' });
      assert.equal(logs.filter(({ message }) => /too long/.test(message)).length, 1);
    });

    it('once, also when the message is told twice', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url });
      receiver.answers({ body: { reply: 'once' } });
      const messageId = await hear(robot);
      await receiver.until(1);
      await untilPolled(robot, 1);
      receiver.answers({ body: { reply: 'twice' } });
      const { db, jobs } = app.services;
      const job = { robot: robot.key, kind: 'message', subject: messageId, at: 0 };
      await db.transaction((trx) => jobs.enqueue(trx, CALLBACK_JOB, job));
      await receiver.until(2);
      await app.services.jobs.idle();
      const { total } = (await db.read('robots_commands').where({ robot: robot.key }).count({ total: '*' }).first())!;
      assert.equal(Number(total), 1);
    });

    it('that is not sent when a person has taken the conversation over', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url });
      receiver.answers({ status: 503 });
      await hear(robot);
      await receiver.until(1);
      const paused_until = app.clock.now() + 3600_000;
      await app.services.db.write('robots_conversations').where({ robot: robot.key }).update({ paused_until });
      receiver.answers({ body: { reply: 'over your head' } });
      assert.equal(await stateOf(robot, 1), 'ready');
      await app.clock.advance(1_000);
      await receiver.until(2);
      await app.services.jobs.idle();
      assert.deepEqual(await poll(robot), []);
    });

    it('that is not sent when a person takes over while it is thought about, nor to who wants to hear no more', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url });
      receiver.answers(async () => {
        const paused_until = app.clock.now() + 3600_000;
        await app.services.db.write('robots_conversations').where({ robot: robot.key }).update({ paused_until });
        return { body: { reply: 'over your head' } };
      });
      await hear(robot);
      await receiver.until(1);
      await app.services.jobs.idle();
      receiver.answers({ body: { reply: 'do stay' } });
      await hear(robot, { groupName: '', receivedName: '王五', spoken: '退订' });
      await receiver.until(2);
      await app.services.jobs.idle();
      assert.deepEqual(await poll(robot), []);
    });

    it('until it is a loop, whoever it mentions', async () => {
      for (const atList of [[], ['@all'], ['Eve']]) {
        const robot = await configured({ messageCallbackUrl: receiver.url });
        receiver.answers(({ body }) => ({ body: { reply: `You said: ${body.spoken}`, atList } }));
        await hear(robot, { receivedName: 'Eve', spoken: 'Hello' });
        await app.services.jobs.idle();
        for (let time = 0; time < 31; time++) {
          await hear(robot, { receivedName: 'Machine', spoken: `different ${time}` });
          await app.services.jobs.idle();
        }
        const looped = await app.services.db
          .read('robots_conversations')
          .where({ robot: robot.key })
          .whereNotNull('looped_at');
        assert.deepEqual(
          looped.map(({ person }) => person),
          ['Machine'],
        );
      }
    });

    it('and with anything else without one', async () => {
      const robot = await configured({ messageCallbackUrl: receiver.url });
      const odd = ['', 'plain', '[]', 'null', '{"reply":""}', '{"reply":{"a":1}}', '{"__proto__":{"reply":"x"}}'];
      for (const [index, body] of odd.entries()) {
        receiver.answers({ body });
        await hear(robot);
        await receiver.until(index + 1);
      }
      await app.services.jobs.idle();
      assert.deepEqual(await poll(robot), []);
    });
  });

  // Last: time moves by a day, and tokens end.
  describe('are told at last', () => {
    it('that a command has expired, which is no success', async () => {
      const robot = await configured({ resultCallbackUrl: receiver.url });
      const commandId = await sendText(robot, 'too late');
      await app.clock.advance(24 * 3600_000 + 1_000);
      await app.services.robotResults.expire();
      const calls = await receiver.until(1);
      const { status, errorCode, errorReason, failList } = calls.find(({ body }) => body.commandId === commandId)!.body;
      assert.deepEqual([status, errorCode, errorReason, failList], ['expired', 501_000, 'expired', ['张三']]);
    });
  });

  /** Asked until a job has stored what it was answered with. */
  async function untilPolled(robot: TestRobot, count: number): Promise<any[]> {
    const found: any[] = [];
    for (let tries = 0; found.length < count && tries < 4_000; tries++) {
      await app.services.jobs.idle();
      found.push(...(await poll(robot)));
    }
    return found;
  }

  /** The state of the robot's only callback once it was tried so often. */
  async function stateOf(robot: TestRobot, attempts: number): Promise<string> {
    return (await triedJob(robot, attempts)).state;
  }

  async function nextTryIn(robot: TestRobot): Promise<number> {
    return (await triedJob(robot, receiver.calls.length)).run_at - app.clock.now();
  }

  async function triedJob(robot: TestRobot, attempts: number) {
    for (let tries = 0; tries < 2_000; tries++) {
      await app.services.jobs.idle();
      const rows = await app.services.db.read('core_jobs').where({ name: 'robots.callback', attempts });
      const row = rows.find(({ payload, state }) => JSON.parse(payload).robot === robot.key && state !== 'running');
      if (row) return row;
      await new Promise(setImmediate);
    }
    throw new Error(`No callback was tried ${attempts} times`);
  }
});
