/**
 * The bare limit of answers: what the platform promises of an answer, and nothing else. A message is durable before it is acknowledged,
 * a call before it is made, the answer and the robot's command together before it is pushed (`synchronous=FULL`, commits shared by what
 * waits at that moment). No accounts, rights, budgets, policies, knowledge, contacts, history or limits. Arguments: SQLite's file, the
 * model's address.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';
import { type WebSocket, WebSocketServer } from 'ws';
import { grouped, openDatabase } from '../cpu/bare-database.ts';

const [file = ':memory:', url = ''] = process.argv.slice(2);
const db = await openDatabase(file);
await db.exec(`create table messages (id integer primary key, body text, state text);
  create table calls (id integer primary key, message integer, answer text);
  create table commands (id integer primary key, robot text, body text)`);
const model = createOpenAICompatible({ name: 'fake', baseURL: `${url}/v1`, apiKey: 'k' })('m');
const sockets = new Map<string, WebSocket>();

interface Heard {
  robotId: string;
  spoken: string;
  receivedName: string;
}

interface Answer {
  heard: Heard;
  call: number;
  text: string;
}

/** Those of a group are one transaction: what is written is durable when it resolves. Gives the ids of new rows. */
const write = grouped(async (writes: (() => Promise<number>)[]) => {
  await db.exec('begin immediate');
  const ids = await Promise.all(writes.map((one) => one()));
  await db.exec('commit');
  return ids;
});

const keep = (heard: Heard) =>
  write(() => idOf(`insert into messages (body, state) values (?, 'waiting') returning id`, [JSON.stringify(heard)]));
const begin = (message: number) => write(() => idOf('insert into calls (message) values (?) returning id', [message]));
const settle = ({ heard, call, text }: Answer) =>
  write(async () => {
    await db.all('update calls set answer = ? where id = ?', [text, call]);
    return idOf('insert into commands (robot, body) values (?, ?) returning id', [heard.robotId, text]);
  });

async function idOf(sql: string, values: unknown[]): Promise<number> {
  const [row] = await db.all<{ id: number }>(sql, values);
  return row?.id ?? 0;
}

async function answer(heard: Heard, message: number): Promise<void> {
  const call = await begin(message);
  const { textStream } = streamText({ model, messages: [{ role: 'user', content: heard.spoken }] });
  let text = '';
  for await (const piece of textStream) text += piece;
  const id = await settle({ heard, call, text });
  const commandParams = { titleList: [heard.receivedName], content: text };
  sockets.get(heard.robotId)?.send(JSON.stringify({ type: 'command', data: { commandId: id, commandParams } }));
}

const server = createServer(async (request, response) => {
  const heard = (await json(request)) as Heard;
  const id = await keep(heard);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ code: 0, message: 'ok', data: { messageId: id } }));
  await answer(heard, id);
});
const webSockets = new WebSocketServer({ server });
webSockets.on('connection', (socket, request) => {
  sockets.set(new URL(request.url ?? '/', 'http://localhost').searchParams.get('robotId') ?? '', socket);
  socket.on('message', () => socket.send(JSON.stringify({ type: 'pong' })));
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ http: (server.address() as AddressInfo).port })));
process.once('SIGTERM', () => process.exit(0));
