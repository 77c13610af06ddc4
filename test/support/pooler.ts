/**
 * A proxy that does two things to PostgreSQL's protocol as PgBouncer does them: it refuses parameters in the packet that begins
 * a session which it does not know, and gives each client a number of its own in place of the server's process id.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Pooler {
  /** The URL of the database through it. */
  connection: string;
  stop(): Promise<void>;
}

/** What PgBouncer knows without being told: https://www.pgbouncer.org/config.html, `ignore_startup_parameters`. */
const KNOWN = new Set([
  'user',
  'database',
  'client_encoding',
  'datestyle',
  'timezone',
  'standard_conforming_strings',
  'application_name',
]);
/** Length, version 3.0. */
const HEAD_BYTES = 8;

export async function startPooler(connection: string): Promise<Pooler> {
  const url = new URL(connection);
  const target = { host: url.hostname, port: Number(url.port || 5432) };
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connect(target);
    for (const [socket, peer] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        peer.destroy();
      });
    }
    client.once('data', (begin: Buffer) => {
      const unknown = parametersIn(begin).find((name) => !KNOWN.has(name.toLowerCase()));
      if (unknown !== undefined) return void client.end(errorOf(`unsupported startup parameter: ${unknown}`));
      server.write(begin);
      client.pipe(server);
    });
    renumbered(server, client);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  url.port = String((listener.address() as AddressInfo).port);
  return {
    connection: url.href,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}

function parametersIn(begin: Buffer): string[] {
  const words = begin.toString('utf8', HEAD_BYTES).split('\0');
  return words.filter((word, index) => index % 2 === 0 && word !== '');
}

function errorOf(text: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0M${text}\0\0`);
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}

/** Passes on what the server says; the first BackendKeyData (`K`) with another process id. */
function renumbered(server: Socket, client: Socket): void {
  let held = Buffer.alloc(0);
  const look = (chunk: Buffer): void => {
    held = Buffer.concat([held, chunk]);
    for (let at = 0; at + 5 <= held.length; at += 1 + held.readInt32BE(at + 1)) {
      if (held[at] !== 0x4b || at + 9 > held.length) continue;
      held.writeInt32BE(1_000_000 + sequence++, at + 5);
      server.off('data', look);
      client.write(held);
      server.pipe(client);
      return;
    }
    // Before it there are only questions and settings, of which none is looked at.
    const isAsked = held[0] === 0x52 && held.length >= 9 && held.readInt32BE(5) !== 0;
    if (!isAsked) return;
    client.write(held);
    held = Buffer.alloc(0);
  };
  server.on('data', look);
}

let sequence = 0;
