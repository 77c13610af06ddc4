/**
 * A Coze bot as its API documents describe one (docs.coze.cn, "chat v3", "retrieve conversation", "delete conversation"): it answers in
 * a stream, and remembers conversations. Coze's own client speaks to it in assistant-sdks.unit.test.ts.
 */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type FakeServer, fakeServer } from './fake-server.ts';

export interface CozeRequest {
  bot_id: string;
  user_id: string;
  stream: boolean;
  auto_save_history?: boolean;
  custom_variables?: Record<string, string>;
  additional_messages: { role: string; content: string; content_type: string }[];
  /** From the address. */
  conversation: string | null;
}

export interface FakeCoze extends FakeServer {
  asked: CozeRequest[];
  /** What was asked in each conversation, by its id. */
  conversations: Map<string, string[]>;
  isDown: boolean;
}

const KEY = 'pat';
const NOT_THERE = { code: 4200, msg: 'The conversation does not exist' };

export async function fakeCoze(): Promise<FakeCoze> {
  const asked: CozeRequest[] = [];
  const conversations = new Map<string, string[]>();
  const server = await fakeServer('', KEY, (request, response, body) => {
    const url = new URL(request.url ?? '', 'http://coze');
    const id = url.searchParams.get('conversation_id');
    const [, removed] = /^\/v1\/conversations\/([^/]+)$/.exec(url.pathname) ?? [];
    if (fake.isDown) return void response.writeHead(503).end();
    if (request.method === 'POST' && url.pathname === '/v3/chat')
      return chat({ ...(body as CozeRequest), conversation: id }, response);
    if (url.pathname === '/v1/conversation/retrieve') {
      json(response, conversations.has(id ?? '') ? { code: 0, msg: '', data: { id } } : NOT_THERE);
      return;
    }
    if (request.method === 'DELETE' && removed) {
      json(response, conversations.delete(removed) ? { code: 0, msg: '' } : NOT_THERE);
      return;
    }
    response.writeHead(404).end();
  });
  const fake: FakeCoze = { ...server, asked, conversations, isDown: false };
  return fake;

  function chat(body: CozeRequest, response: ServerResponse): void {
    asked.push(body);
    if (body.conversation && !conversations.has(body.conversation)) {
      json(response, NOT_THERE);
      return;
    }
    const conversation_id = body.conversation ?? randomUUID();
    const queries = [...(conversations.get(conversation_id) ?? []), body.additional_messages.at(-1)?.content ?? ''];
    conversations.set(conversation_id, body.auto_save_history === false ? queries.slice(0, -1) : queries);
    const chat = { id: randomUUID(), conversation_id, bot_id: body.bot_id, created_at: 1 };
    const message = { ...chat, role: 'assistant', type: 'answer', content_type: 'text' };
    const text = `Heard: ${queries.join(' | ')}`;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (event: string, data: unknown) => response.write(`event:${event}\ndata:${JSON.stringify(data)}\n\n`);
    send('conversation.chat.created', { ...chat, status: 'created' });
    send('conversation.chat.in_progress', { ...chat, status: 'in_progress' });
    for (const content of text.match(/.{1,6}/gsu) ?? []) send('conversation.message.delta', { ...message, content });
    send('conversation.message.completed', { ...message, content: text });
    const usage = { token_count: 20, input_count: 12, output_count: 8 };
    send('conversation.chat.completed', { ...chat, status: 'completed', usage });
    response.end('event:done\ndata:"[DONE]"\n\n');
  }
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
