/**
 * A thousand robots of the newer dialect lose their server at one moment and come back at one moment, five seconds later:
 * all are served, each is given what waits for it, and none anything twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { adminOf, type MadeRobot, makeRobots, postJson } from '../bench/robots/fleet.ts';
import { kill } from './kill.ts';

const ROBOTS = 1_000;
const RECONNECT_MS = 5_000;
const PATIENCE_MS = 60_000;
const AT_ONCE = 50;

/** Gives how many were not served, or were given something twice. */
export async function drillReturn(): Promise<number> {
  const folder = temporaryFolder();
  let platform = await startPlatformProcess(folder.path);
  const admin = await adminOf(platform);
  const robots = await makeRobots(platform, admin, ROBOTS);
  const come: string[] = [];
  const acknowledged = new Set<string>();
  let isOver = false;
  let welcomes = 0;
  for (const robot of robots) connect(robot, 1);
  await until(() => welcomes >= ROBOTS);

  await kill(platform);
  platform = await startPlatformProcess(folder.path);
  const begunAt = performance.now();
  const commands = await sendAll(platform, await adminOf(platform), robots);
  const isServed = await until(() => acknowledged.size >= ROBOTS);
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(1);
  isOver = true;
  await platform.stop();
  folder.remove();
  const missing = commands.filter((id) => !acknowledged.has(id)).length;
  const twice = come.length - new Set(come).size;
  console.log(`${ROBOTS - missing} of ${ROBOTS} served ${seconds} s after the restart; ${twice} commands came twice`);
  return isServed ? missing + twice : missing + twice + 1;

  function connect({ robotId, token }: MadeRobot, attempt: number): void {
    const socket = new WebSocket(`ws://127.0.0.1:${platform.ready.http}/ws`);
    const send = (type: string, data: object) => socket.send(JSON.stringify({ type, data, timestamp: Date.now() }));
    let attempts = attempt;
    socket.on('error', () => {});
    socket.on('open', () => send('authenticate', { robotId, token }));
    socket.on('message', (text) => {
      const { type, data } = JSON.parse(String(text));
      if (type === 'authenticated') {
        attempts = 1;
        welcomes++;
      }
      if (type === 'result_ack') acknowledged.add(data.commandId);
      if (type !== 'command_push') return;
      come.push(data.commandId);
      send('result', { commandId: data.commandId, status: 'success' });
    });
    socket.on('close', (code) => {
      if (code === 1000 || isOver) return;
      setTimeout(() => !isOver && connect({ robotId, token }, attempts + 1), RECONNECT_MS * attempts);
    });
  }
}

async function sendAll(platform: Running, admin: string, robots: readonly MadeRobot[]): Promise<string[]> {
  const ids: string[] = [];
  for (let start = 0; start < robots.length; start += AT_ONCE) {
    const sent = robots.slice(start, start + AT_ONCE).map(async ({ robotId }) => {
      const body = { robotId, type: 'text', titleList: ['drill'], content: 'welcome back' };
      return (await postJson(platform, '/api/robot/send-message', admin, body)).data.commandId;
    });
    ids.push(...(await Promise.all(sent)));
  }
  return ids;
}

async function until(isDone: () => boolean): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS;
  while (!isDone() && performance.now() < end) await sleep(50);
  return isDone();
}
