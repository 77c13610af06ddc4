/** What the tests of robots do again and again. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type Person, register } from '#test/support/accounts.ts';
import { startPlatform, type TestOptions, type TestPlatform } from '#test/support/harness.ts';

export type RobotsPlatform = TestPlatform;

export function startRobots({
  plugins = {},
  ...options
}: TestOptions & { plugins?: object } = {}): Promise<RobotsPlatform> {
  return startPlatform({
    plugins: { auth: { registration: 'open' }, robots: { requestsPerMinute: 0 }, ...plugins },
    ...options,
  });
}

export interface TestRobot {
  robotId: string;
  /** Integer key. */
  key: number;
  token: string;
  refreshToken: string;
  owner: Person;
  /** With its token. */
  http: TestPlatform['http'];
}

const owners = new WeakMap<RobotsPlatform, Promise<Person>>();

/** One person of each platform, for tests that ask for no certain one. */
export function ownerOf(app: RobotsPlatform): Promise<Person> {
  const known = owners.get(app) ?? register(app);
  owners.set(app, known);
  return known;
}

/** Of this process. The clock of a test stands: six random letters of a thousand robots were the same once in thirty times. */
let made = 0;

/** A robot with a device, as an activation makes it. */
export async function robotOf(app: RobotsPlatform, owner?: Person): Promise<TestRobot> {
  const person = owner ?? (await ownerOf(app));
  const { db, clock, robotTokens, people } = app.services;
  const user = await people.userByUuid(person.id);
  const now = clock.now();
  const pair = await db.transaction(async (trx) => {
    const robot = {
      robot_id: `robot_${now}_${(++made).toString(36).padStart(6, '0')}`,
      uuid: randomUUID(),
      tenant_id: person.tenantId,
      user_id: user?.id ?? null,
      name: 'Robot',
      device: '{}',
      device_id: randomUUID(),
      created_at: now,
      updated_at: now,
    };
    const [row] = await trx('robots_robots').insert(robot).returning('*');
    assert.ok(row);
    return { row, ...(await robotTokens.issue(trx, row)) };
  });
  const { row, token, refreshToken } = pair;
  return { robotId: row.robot_id, key: row.id, token, refreshToken, owner: person, http: app.http.bearer(token) };
}

/** A socket and what has come over it. */
export interface Line {
  socket: WebSocket;
  frames: any[];
  send(frame: unknown): void;
  /** The next frame that fits and nobody has waited for yet. */
  next(fits?: (frame: any) => boolean): Promise<any>;
  /** How the socket closed. */
  closed: Promise<number>;
  /** What went wrong with its connection: `ws` says 1006 to that, and no more. */
  fault(): string | null;
}

const PATIENCE_MS = 15_000;

export function lineTo(app: Pick<TestPlatform, 'url'>, query = ''): Line {
  const socket = new WebSocket(`${app.url.replace('http', 'ws')}/ws${query}`);
  const frames: any[] = [];
  const waiting: { fits(frame: any): boolean; resolve(frame: any): void }[] = [];
  const taken: any[] = [];
  let fault: string | null = null;
  socket.on('error', () => {});
  socket.on('upgrade', ({ socket: connection }) => {
    connection.once('error', ({ message }) => {
      fault = message;
    });
  });
  socket.on('message', (bytes) => {
    const frame = JSON.parse(String(bytes));
    frames.push(frame);
    const index = waiting.findIndex(({ fits }) => fits(frame));
    const waiter = waiting[index];
    if (!waiter) return void taken.push(frame);
    waiting.splice(index, 1);
    waiter.resolve(frame);
  });
  return {
    socket,
    frames,
    send: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    next(fits = () => true) {
      const index = taken.findIndex(fits);
      if (index !== -1) return Promise.resolve(taken.splice(index, 1)[0]);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`No such frame came; there came ${JSON.stringify(frames)}`)),
          PATIENCE_MS,
        );
        waiting.push({
          fits,
          resolve(frame) {
            clearTimeout(timer);
            resolve(frame);
          },
        });
      });
    },
    closed: once(socket, 'close').then(([code]) => Number(code)),
    fault: () => fault,
  };
}

/** The socket of a robot in the document's dialect, once it is there. */
export async function connected(
  app: Pick<TestPlatform, 'url'>,
  robot: Pick<TestRobot, 'robotId' | 'token'>,
): Promise<Line> {
  const line = lineTo(app, `?robotId=${robot.robotId}&token=${robot.token}`);
  await once(line.socket, 'open');
  line.send({ type: 'ping' });
  await line.next(({ type }) => type === 'pong');
  return line;
}

/** The same in the newer one. */
export async function authenticated(app: Pick<TestPlatform, 'url'>, robot: TestRobot): Promise<Line> {
  const line = lineTo(app);
  await once(line.socket, 'open');
  const { robotId, token } = robot;
  line.send({ type: 'authenticate', data: { robotId, token, timestamp: Date.now() }, timestamp: Date.now() });
  await line.next(({ type }) => type === 'authenticated');
  return line;
}

export function isCommand({ type }: { type: string }): boolean {
  return type === 'command' || type === 'command_push';
}

/** A text to somebody; gives the command's id. */
export async function sendText(robot: TestRobot, content: string, more: object = {}): Promise<string> {
  const body = { robotId: robot.robotId, type: 'text', titleList: ['张三'], content, ...more };
  const answer = await robot.owner.http.post('/api/robot/send-message', body);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data.commandId;
}

export async function poll(robot: TestRobot): Promise<any[]> {
  const answer = await robot.http.get(`/api/robot/commands?robotId=${robot.robotId}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data.commands;
}

/** What the robot hears, from 张三 unless it is from somebody else; gives the message's id. */
export async function upload(robot: TestRobot, message: object): Promise<string> {
  const answer = await robot.http.post('/api/robot/messages', {
    robotId: robot.robotId,
    receivedName: '张三',
    groupName: '',
    roomType: 2,
    textType: 1,
    ...message,
  });
  assert.equal(answer.status, 200, answer.text);
  return answer.body.data.messageId;
}
