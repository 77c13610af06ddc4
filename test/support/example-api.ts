/** The made-up API behind https://api.example.com in the guide of workflows. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export const EXAMPLE_HOST = 'https://api.example.com';

export interface ExampleApi {
  url: string;
  /** Requests so far, newest last. */
  requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[];
  stop(): Promise<void>;
}

interface Reply {
  status?: number;
  body: unknown;
}

const OPENAPI = {
  openapi: '3.1.0',
  info: { title: 'Pets', version: '1.0.0' },
  servers: [{ url: '/' }],
  paths: {
    '/pets/{petId}': {
      get: {
        operationId: 'getPetById',
        parameters: [{ name: 'petId', in: 'path', required: true, schema: { type: 'integer' } }],
        responses: { 200: { description: 'The pet' } },
      },
    },
  },
};

export async function startExampleApi(): Promise<ExampleApi> {
  const requests: ExampleApi['requests'] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const path = request.url ?? '/';
    requests.push({ method: request.method ?? '', path, headers: request.headers, body });
    const { status = 200, body: answer } = replyTo(`${request.method} ${path}`, request, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let busy = 2;

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function replyTo(what: string, { headers }: IncomingMessage, body: string): Reply {
    const pet = /^GET \/pets\/(\d+)$/.exec(what)?.[1];
    if (pet) return { body: { id: Number(pet), name: 'Milou', status: 'available' } };
    if (what === 'POST /orders') return { status: 201, body: { order: 'o-1', ...JSON.parse(body) } };
    if (what === 'GET /me') {
      return headers.authorization ? { body: { name: 'Ada' } } : { status: 401, body: { message: 'Who are you?' } };
    }
    if (what === 'POST /token') return { body: { access_token: 'granted', expires_in: 3600 } };
    if (what === 'GET /openapi.json') return { body: OPENAPI };
    if (what === 'GET /busy') return busy-- > 0 ? { status: 503, body: {} } : { body: { done: true } };
    if (what === 'POST /mcp') return { body: mcp(JSON.parse(body)) };
    return { status: 404, body: { message: 'There is nothing here' } };
  }
}

function mcp({ id, method, params }: { id?: number; method: string; params: any }): object {
  if (method === 'initialize') {
    const serverInfo = { name: 'calculator', version: '1.0.0' };
    return { jsonrpc: '2.0', id, result: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo } };
  }
  if (method !== 'tools/call') return { jsonrpc: '2.0', id, result: {} };
  const { a, b } = params.arguments;
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text: String(a + b) }] } };
}
