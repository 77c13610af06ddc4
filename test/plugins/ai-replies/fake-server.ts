/** What fakes of assistants have in common: JSON comes in, with a key. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeServer {
  url: string;
  key: string;
  stop(): Promise<void>;
}

export async function fakeServer(
  path: string,
  key: string,
  answer: (request: IncomingMessage, response: ServerResponse, body: unknown) => void,
): Promise<FakeServer> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.headers.authorization !== `Bearer ${key}`)
      return void response.writeHead(401, { 'content-type': 'application/json' }).end('{"code":"unauthorized"}');
    const text = Buffer.concat(chunks).toString('utf8');
    answer(request, response, text === '' ? {} : JSON.parse(text));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    key,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
