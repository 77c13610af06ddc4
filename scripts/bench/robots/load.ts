/**
 * Robots and their senders in a process of their own. `idle`: robots connect, and wait until they are told to go. `commands`:
 * so many commands a second to robots drawn at random, each measured from the moment it was due to its arrival; when all is
 * measured the robots report what became of them. `uploads`: each robot uploads one message after another.
 */
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { MadeRobot } from './fleet.ts';

export interface RobotLoad {
  mode: 'idle' | 'commands' | 'uploads';
  port: unknown;
  robots: MadeRobot[];
  /** Of who sends. */
  token: string;
  seconds: number;
  perSecond: number;
}

const { mode, port, robots, token, seconds, perSecond }: RobotLoad = JSON.parse(await text(process.stdin));
const agent = new http.Agent({ keepAlive: true, maxSockets: 100 });
/** When each command was due, by its id; those that arrived before their answer, by when. */
const due = new Map<string, number>();
const early = new Map<string, number>();
const latencies: number[] = [];
/** What each robot has to report, and how many reports have no answer yet. */
const carriedOut = new Map<WebSocket, string[]>();
let unanswered = 0;
/** What comes with a thousand robots that connect is another thing than serving them. */
const SETTLING_MS = 1_000;
let failures = 0;

if (mode === 'idle') await idle();
if (mode === 'commands') await commands();
if (mode === 'uploads') await uploads();
process.exit(0);

async function idle(): Promise<void> {
  await connectAll();
  console.log(JSON.stringify({ connected: robots.length }));
  await new Promise(() => setInterval(() => {}, 60_000));
}

async function commands(): Promise<void> {
  await connectAll();
  await sleep(SETTLING_MS);
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  const under: Promise<void>[] = [];
  for (let sent = 0; performance.now() < until; await sleep(1)) {
    const wanted = ((performance.now() - startedAt) / 1000) * perSecond;
    for (; sent < wanted; sent++) under.push(command(startedAt + (sent / perSecond) * 1000, sent));
  }
  await Promise.all(under);
  // A server that is late is slow; one that never sends has lost something.
  const patience = performance.now() + 10_000;
  while (due.size > 0 && performance.now() < patience) await sleep(50);
  report(latencies.length / seconds, due.size);
  await reportResults();
}

/** Commands without a result are offered again, which would be measured with the next ones. */
async function reportResults(): Promise<void> {
  for (const [socket, ids] of carriedOut)
    for (const commandId of ids) {
      unanswered++;
      socket.send(JSON.stringify({ type: 'result', data: { commandId, errorCode: 0 } }));
    }
  const patience = performance.now() + 10_000;
  while (unanswered > 0 && performance.now() < patience) await sleep(50);
}

/** Each for somebody else: what the robot of an earlier run has not answered holds nothing up. */
async function command(dueAt: number, number: number): Promise<void> {
  const { robotId } = robots[Math.floor(Math.random() * robots.length)] as MadeRobot;
  const body = {
    robotId,
    type: 'text',
    titleList: [`person ${process.pid} ${number}`],
    content: 'A text as people write them.',
  };
  const answer = await post('/api/robot/send-message', token, body);
  const commandId = answer?.data?.commandId;
  if (!commandId) return;
  const arrivedAt = early.get(commandId);
  if (arrivedAt === undefined) due.set(commandId, dueAt);
  else latencies.push(arrivedAt - dueAt);
  early.delete(commandId);
}

async function uploads(): Promise<void> {
  const until = performance.now() + seconds * 1000;
  let accepted = 0;
  await Promise.all(
    robots.map(async ({ robotId, token: own }, index) => {
      for (let number = 0; performance.now() < until; number++) {
        const began = performance.now();
        const person = { receivedName: `person ${number % 20}`, groupName: index % 2 ? 'group' : '' };
        const body = {
          robotId,
          spoken: '你好啊',
          rawSpoken: '@机器人 你好啊',
          ...person,
          roomType: 1,
          atMe: true,
          textType: 1,
        };
        if (!(await post('/api/robot/messages', own, body))) continue;
        accepted++;
        latencies.push(performance.now() - began);
      }
    }),
  );
  report(accepted / seconds, 0);
}

function report(rate: number, lost: number): void {
  latencies.sort((one, other) => one - other);
  const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  console.log(JSON.stringify({ perSecond: rate, p50: at(0.5), p99: at(0.99), failures, lost }));
}

/** Fifty at a time. */
async function connectAll(): Promise<void> {
  const waiting = [...robots];
  const connectNext = async (): Promise<void> => {
    for (let robot = waiting.pop(); robot; robot = waiting.pop()) await connected(robot);
  };
  await Promise.all(Array.from({ length: 50 }, connectNext));
}

function connected({ robotId, token: own }: MadeRobot): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws?robotId=${robotId}&token=${own}`, {
      perMessageDeflate: false,
    });
    socket.on('open', () => socket.send('{"type":"ping"}'));
    socket.on('error', reject);
    socket.on('message', (bytes) => {
      const now = performance.now();
      const { type, data } = JSON.parse(String(bytes));
      if (type !== 'command') {
        if (unanswered > 0) unanswered--;
        return resolve();
      }
      carriedOut.set(socket, [...(carriedOut.get(socket) ?? []), data.commandId]);
      const dueAt = due.get(data.commandId);
      if (dueAt === undefined) early.set(data.commandId, now);
      else latencies.push(now - dueAt);
      due.delete(data.commandId);
    });
  });
}

function post(path: string, bearer: string, body: object): Promise<any> {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${bearer}`,
    'content-length': Buffer.byteLength(text),
  };
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port: Number(port), path, method: 'POST', headers, agent },
      (response) => {
        let answer = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          answer += chunk;
        });
        response.on('end', () => {
          if (response.statusCode === 200) return resolve(JSON.parse(answer));
          failures++;
          resolve(null);
        });
      },
    );
    request.on('error', reject);
    request.end(text);
  });
}
