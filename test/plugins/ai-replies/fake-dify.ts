/**
 * A Dify app as its API documents describe one (docs.dify.ai, "Send chat message", "Delete conversation"): it remembers conversations,
 * each of one user. Dify's own client speaks to it in assistant-sdks.unit.test.ts.
 */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type FakeServer, fakeServer } from './fake-server.ts';

export interface DifyRequest {
  query: string;
  inputs: Record<string, unknown>;
  user: string;
  response_mode: string;
  conversation_id?: string;
}

export interface FakeDify extends FakeServer {
  /** Questions, as they have come. */
  asked: DifyRequest[];
  /** What was asked in each conversation, by its id. */
  conversations: Map<string, { user: string; queries: string[] }>;
  /** From now on: an answer made of all that was asked in the conversation, or events instead of `message`. */
  says(answer: (queries: readonly string[]) => string | readonly object[]): void;
}

const KEY = 'app-key';

export async function fakeDify(): Promise<FakeDify> {
  const asked: DifyRequest[] = [];
  const conversations: FakeDify['conversations'] = new Map();
  let answer: (queries: readonly string[]) => string | readonly object[] = (queries) => `Heard: ${queries.join(' | ')}`;
  const server = await fakeServer('/v1', KEY, (request, response, body) => {
    const [, id] = /^\/v1\/conversations\/([^/?]+)$/.exec(request.url ?? '') ?? [];
    if (request.method === 'POST' && request.url === '/v1/chat-messages') return chat(body as DifyRequest, response);
    if (request.method === 'DELETE' && id) return remove(id, body as { user: string }, response);
    return refuse(response, 404, 'not_found', `Not found: ${request.method} ${request.url}`);
  });
  return {
    ...server,
    asked,
    conversations,
    says(made) {
      answer = made;
    },
  };

  async function chat(body: DifyRequest, response: ServerResponse): Promise<void> {
    if (!body.query || !body.user || typeof body.inputs !== 'object') {
      refuse(response, 400, 'invalid_param', 'query, user and inputs are required');
      return;
    }
    asked.push(body);
    const id = body.conversation_id || randomUUID();
    const known = conversations.get(id);
    if (body.conversation_id && known?.user !== body.user) {
      refuse(response, 404, 'not_found', 'Conversation Not Exists.');
      return;
    }
    const queries = [...(known?.queries ?? []), body.query];
    conversations.set(id, { user: body.user, queries });
    const made = answer(queries);
    const about = { conversation_id: id, message_id: randomUUID(), task_id: randomUUID(), created_at: 1 };
    const metadata = { usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 } };
    if (body.response_mode === 'blocking') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ event: 'message', mode: 'chat', ...about, answer: made, metadata }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const pieces = typeof made === 'string' ? (made.match(/.{1,5}/gsu) ?? []) : made;
    const events = pieces.map((piece) => (typeof piece === 'string' ? { event: 'message', answer: piece } : piece));
    response.write('event: ping\n\n');
    const send = (event: object) => response.write(`data: ${JSON.stringify({ ...about, ...event })}\n\n`);
    const [first, ...others] = events;
    if (first) send(first);
    // It writes for a while, and keeps what it has written in the conversation.
    await new Promise((resolve) => setTimeout(resolve, 10));
    const isThere = conversations.has(id);
    for (const event of others) send(event);
    send(
      isThere
        ? { event: 'message_end', metadata }
        : { event: 'error', status: 404, message: 'Conversation Not Exists.' },
    );
    response.end();
  }

  function remove(id: string, { user }: { user: string }, response: ServerResponse): void {
    if (conversations.get(id)?.user !== user) {
      refuse(response, 404, 'not_found', 'Conversation Not Exists.');
      return;
    }
    conversations.delete(id);
    response.writeHead(204).end();
  }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, message, status }));
}
