/**
 * The bare limit of robots: HTTP POST, an insert that shares its transaction with what waits at that moment
 * (`synchronous=FULL`), the answer, and a push over `ws`. No accounts, no checks, no second table.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import knex from 'knex';
import { type WebSocket, WebSocketServer } from 'ws';

const [filename = ':memory:'] = process.argv.slice(2);
const db = knex({ client: 'sqlite3', connection: { filename }, useNullAsDefault: true, pool: { min: 1, max: 1 } });
await db.raw('pragma journal_mode = wal');
await db.raw('pragma synchronous = full');
await db.schema.createTable('rows', (table) => {
  table.increments('id');
  table.string('robot');
  table.text('body');
});

const sockets = new Map<string, WebSocket>();
let waiting: { robot: string; body: string; done(): void }[] = [];
let isWriting = false;

async function write(): Promise<void> {
  isWriting = true;
  while (waiting.length > 0) {
    const group = waiting.splice(0, 500);
    const places = group.map(() => '(?, ?)').join(', ');
    await db.raw(
      `insert into rows (robot, body) values ${places}`,
      group.flatMap(({ robot, body }) => [robot, body]),
    );
    for (const { done } of group) done();
  }
  isWriting = false;
}

function stored(robot: string, body: string): Promise<void> {
  return new Promise((done) => {
    waiting = [...waiting, { robot, body, done }];
    if (!isWriting) void write();
  });
}

let count = 0;
const server = createServer(async (request, response) => {
  const body = (await json(request)) as { robotId: string };
  const commandId = `cmd_${++count}`;
  await stored(body.robotId, JSON.stringify(body));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ code: 0, message: 'ok', data: { commandId, messageId: commandId } }));
  sockets.get(body.robotId)?.send(JSON.stringify({ type: 'command', data: { commandId, commandParams: body } }));
});
const webSockets = new WebSocketServer({ server });
webSockets.on('connection', (socket, request) => {
  const robot = new URL(request.url ?? '/', 'http://localhost').searchParams.get('robotId') ?? '';
  sockets.set(robot, socket);
  socket.on('message', () => socket.send(JSON.stringify({ type: 'pong' })));
});
// As the platform does: what rests between two commands is not closed while the next is sent.
server.keepAliveTimeout = 65_000;
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ http: (server.address() as AddressInfo).port })));
process.once('SIGTERM', () => process.exit(0));
