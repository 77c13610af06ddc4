/**
 * Kills the process while robots are sent commands, report results and upload what they hear. A phone carries a command out
 * once, whatever comes again; what was acknowledged is there once, and reaches the phone in the end.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import { WebSocket } from 'ws';
import { type Running, startPlatformProcess, temporaryFolder } from '../bench/processes.ts';
import { adminOf, type MadeRobot, makeRobots, postJson } from '../bench/robots/fleet.ts';
import { areClocksWrong, kill } from './kill.ts';

const ROBOTS = 8;
const REPEAT_SECONDS = 5;
/** The last commands are offered again, over new sockets, and answered. */
const SETTLED_WITHIN_MS = 30_000;
const SETTINGS = { PATCHBAY_PLUGINS__ROBOTS__COMMANDS__REPEATSECONDS: String(REPEAT_SECONDS) };

interface Phone extends MadeRobot {
  /** Commands in the order in which they were accepted. */
  accepted: string[];
  /** What was shown in the room, in its order. */
  shown: string[];
  /** Results that the server has taken. */
  reported: Set<string>;
  dialect: number;
}

/** Gives how much of what was acknowledged is missing, or there twice. */
export async function drillRobots(rounds: number): Promise<number> {
  const folder = temporaryFolder();
  const commands = new Set<string>();
  const messages = new Map<string, string>();
  let phones: Phone[] = [];
  const start = () => startPlatformProcess(folder.path, SETTINGS);
  for (let round = 1; round <= rounds; round++) {
    const platform = await start();
    const admin = await adminOf(platform);
    if (phones.length === 0) {
      const made = await makeRobots(platform, admin, ROBOTS);
      phones = made.map((robot, index) => ({
        ...robot,
        accepted: [],
        shown: [],
        reported: new Set(),
        dialect: index % 2,
      }));
    }
    const load = phones.flatMap((phone) => [
      serve(platform, phone),
      send(platform, admin, phone),
      upload(platform, phone, round),
    ]);
    await sleep(500 + Math.random() * 1_500);
    await kill(platform);
    await Promise.all(load);
    console.log(`round ${round}: killed; ${commands.size} commands and ${messages.size} messages acknowledged so far`);
  }

  const last = await start();
  const serving = phones.map((phone) => serve(last, phone));
  const until = performance.now() + SETTLED_WITHIN_MS;
  while (performance.now() < until && commands.size > phones.reduce((sum, { reported }) => sum + reported.size, 0))
    await sleep(200);
  await last.stop();
  await Promise.all(serving);
  const problems = await check(`${folder.path}/patchbay.sqlite3`);
  for (const problem of problems.slice(0, 20)) console.log(problem);
  folder.remove();
  return problems.length;

  /** A phone of one of the dialects, until the socket is gone. */
  function serve(platform: Running, phone: Phone): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const address = `ws://127.0.0.1:${platform.ready.http}/ws`;
    const { robotId, token } = phone;
    const socket = new WebSocket(phone.dialect === 0 ? `${address}?robotId=${robotId}&token=${token}` : address);
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.on('open', () => {
      if (phone.dialect === 1) socket.send(JSON.stringify({ type: 'authenticate', data: { robotId, token } }));
    });
    socket.on('message', (text) => {
      const { type, data } = JSON.parse(String(text));
      if (type === 'result_ack') phone.reported.add(data.commandId);
      if (type !== 'command' && type !== 'command_push') return;
      if (!phone.shown.includes(data.commandId)) phone.shown.push(data.commandId);
      socket.send(
        JSON.stringify({ type: 'result', data: { commandId: data.commandId, status: 'success', errorCode: 0 } }),
      );
    });
    return promise;
  }

  async function send(platform: Running, admin: string, { robotId, accepted }: Phone): Promise<void> {
    for (;;) {
      const body = { robotId, type: 'text', titleList: ['drill'], content: 'text' };
      const answer = await postJson(platform, '/api/robot/send-message', admin, body).catch(() => null);
      if (!answer) return;
      commands.add(answer.data.commandId);
      accepted.push(answer.data.commandId);
    }
  }

  /** The same message twice, as clients do that heard no answer. */
  async function upload(platform: Running, { robotId, token }: Phone, round: number): Promise<void> {
    for (let number = 0; ; number++) {
      const messageId = `${round}-${number}`;
      const body = { robotId, messageId, spoken: 'text', receivedName: `person ${number % 10}`, roomType: 2 };
      for (let times = 0; times < 2; times++) {
        const answer = await postJson(platform, '/api/robot/messages', token, body).catch(() => null);
        if (!answer) return;
        messages.set(`${robotId} ${messageId}`, answer.data.messageId);
      }
    }
  }

  async function check(filename: string): Promise<string[]> {
    const db = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true });
    const stored = await db('robots_commands').select('command_id', 'status');
    const heard = await db('robots_messages').where({ direction: 'in' }).select('message_id', 'robot', 'client_id');
    const counted = await db('robots_counts')
      .whereIn('kind', ['messages', 'succeeded'])
      .groupBy('kind')
      .select('kind')
      .sum({ value: 'value' });
    await db.destroy();
    const status = new Map(stored.map((row) => [row.command_id, row.status]));
    const known = new Set(heard.map((row) => row.message_id));
    const shown = phones.flatMap((phone) => phone.shown);
    const succeeded = stored.filter((row) => row.status === 'succeeded').length;
    const figure = (kind: string) => Number(counted.find((row) => row.kind === kind)?.value ?? 0);
    return [
      ...[...commands].filter((id) => !status.has(id)).map((id) => `lost command: ${id}`),
      ...[...commands].filter((id) => !shown.includes(id)).map((id) => `never shown: ${id} (${status.get(id)})`),
      ...phones
        .flatMap(({ reported }) => [...reported])
        .filter((id) => status.get(id) !== 'succeeded')
        .map((id) => `lost result: ${id}`),
      // What looks expired to a clock that is a day ahead waits until it is right, and comes after what was said meanwhile.
      ...phones
        .filter((phone) => !areClocksWrong && isOutOfOrder(phone))
        .map(({ robotId }) => `out of order: ${robotId}`),
      ...[...messages].filter(([, id]) => !known.has(id)).map(([name]) => `lost message: ${name}`),
      ...(new Set(heard.map(({ robot, client_id }) => `${robot} ${client_id}`)).size === heard.length
        ? []
        : ['messages are there twice']),
      ...(figure('succeeded') === succeeded
        ? []
        : [`${succeeded} commands succeeded, ${figure('succeeded')} were counted`]),
      ...(figure('messages') === heard.length
        ? []
        : [`${heard.length} messages were heard, ${figure('messages')} were counted`]),
    ];
  }
}

function isOutOfOrder({ accepted, shown }: Phone): boolean {
  const places = accepted.map((id) => shown.indexOf(id)).filter((place) => place !== -1);
  return places.some((place, index) => index > 0 && place < (places[index - 1] ?? 0));
}
