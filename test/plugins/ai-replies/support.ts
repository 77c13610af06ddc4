/** What the tests of AI replies do again and again: models that others have faked, and servers that misbehave. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LLMock } from '@copilotkit/aimock';
import type { Asker, ModelRequest } from '#plugins/ai-replies/models/types.ts';
import { ADMIN } from '#test/support/accounts.ts';
import { startPlatform, type TestOptions, type TestPlatform } from '#test/support/harness.ts';

/** A server that speaks the protocols of model providers, on a free port. */
export async function fakeModels(): Promise<LLMock> {
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  await mock.start();
  return mock;
}

/** A platform that may call this machine. Providers by name, in their order. */
export function startAi(
  providers: Record<string, object>,
  options: TestOptions & { ai?: object; plugins?: object } = {},
): Promise<TestPlatform> {
  const { ai = {}, plugins = {}, ...rest } = options;
  return startPlatform({
    config: { http: { outbound: { allow: ['127.0.0.1'] } } },
    plugins: {
      auth: { registration: 'open', admin: ADMIN },
      robots: { requestsPerMinute: 0 },
      'ai-replies': { providers, ...ai },
      ...plugins,
    },
    ...rest,
  });
}

/** The tenant of who runs the server: providers of the configuration are for it alone. */
export async function operatorOf(app: TestPlatform): Promise<string> {
  const tenantId = await app.services.operatorTenant.id();
  assert.ok(tenantId);
  return tenantId;
}

/** The simplest question. */
export function question(
  tenantId: string,
  text: string,
  more: Omit<Partial<ModelRequest>, 'asker'> & { asker?: Partial<Asker> } = {},
): ModelRequest {
  const { asker, ...rest } = more;
  return {
    instructions: 'You are a shop.',
    messages: [{ role: 'user', text }],
    ...rest,
    asker: { tenantId, purpose: 'generate', ...asker },
  };
}

export interface BadServer {
  url: string;
  /** Bodies of the requests that have come. */
  requests: string[];
  /** What the next requests are answered with. */
  answer(how: (response: ServerResponse, request: IncomingMessage) => void): void;
  stop(): Promise<void>;
}

/** A server that answers as it is told. */
export async function badServer(): Promise<BadServer> {
  let how: (response: ServerResponse, request: IncomingMessage) => void = (response) => response.writeHead(500).end();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push(Buffer.concat(chunks).toString('utf8'));
      how(response, request);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(given) {
      how = given;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A stream of one answer as OpenAI sends it, in these pieces; `ending` false cuts it before its end, and may be another reason to end. */
export function openAiStream(
  response: ServerResponse,
  text: string | readonly string[],
  ending: boolean | string = true,
): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (delta: object, finish: string | null) =>
    response.write(
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
    );
  for (const content of [text].flat()) chunk({ role: 'assistant', content }, null);
  if (ending === false) return;
  chunk({}, ending === true ? 'stop' : ending);
  response.write(
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 } })}\n\n`,
  );
  response.end('data: [DONE]\n\n');
}
