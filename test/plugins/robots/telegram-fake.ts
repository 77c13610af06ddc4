/** A Bot API for tests: long polling with offsets, messages, files, and refusals that are told beforehand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Refusal {
  error_code: number;
  description: string;
  parameters?: { retry_after: number };
}

export interface TelegramFake {
  url: string;
  /** What bots have sent, in order. */
  sent: { method: string; [field: string]: unknown }[];
  /** What the next requests to send are answered with, in order. */
  refusals: Refusal[];
  files: Map<string, Buffer>;
  /** How many polls of one bot there were at once, at most. */
  mostPolls: number;
  offsets: number[];
  /** Somebody writes; gives the id of the update. */
  write(message: object): number;
  /** The update comes once more, as if its offset had not been heard. */
  repeat(id: number): void;
  stop(): Promise<void>;
}

export async function startTelegram(token: string): Promise<TelegramFake> {
  const updates: { update_id: number; message: object }[] = [];
  const waiting = new Set<() => void>();
  let nextId = 100;
  let polls = 0;
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const fake: TelegramFake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: [],
    refusals: [],
    files: new Map(),
    mostPolls: 0,
    offsets: [],
    write(message) {
      updates.push({ update_id: nextId++, message });
      for (const wake of waiting) wake();
      return nextId - 1;
    },
    repeat(id) {
      const known = updates.find(({ update_id }) => update_id === id);
      if (known) updates.push({ ...known });
      for (const wake of waiting) wake();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, kind, own, ...rest] = /^\/(file\/bot|bot)([^/]+)\/(.*)$/.exec(request.url ?? '') ?? [];
    const path = rest.join('/');
    if (own !== token) return say(response, 401, { ok: false, error_code: 401, description: 'Unauthorized' });
    if (kind === 'file/bot') return void response.end(fake.files.get(path));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const params = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    if (path === 'getMe')
      return ok(response, { id: Number(token.split(':')[0]), is_bot: true, first_name: 'Shop', username: 'ShopBot' });
    if (path === 'getUpdates') return poll(params.offset, response);
    if (path === 'getFile') return ok(response, { file_id: params.file_id, file_path: params.file_id });
    const refusal = fake.refusals.shift();
    if (refusal) return say(response, refusal.error_code, { ok: false, ...refusal });
    fake.sent.push({ method: path, ...params });
    ok(response, { message_id: fake.sent.length });
  }

  async function poll(offset: number, response: ServerResponse): Promise<void> {
    fake.offsets.push(offset);
    fake.mostPolls = Math.max(fake.mostPolls, ++polls);
    const seen = new Set(updates.filter(({ update_id }) => update_id < offset));
    response.on('close', () => polls--);
    const fresh = () => updates.filter((update) => update.update_id >= offset || !seen.has(update));
    while (fresh().length === 0 && !response.destroyed) {
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
        response.on('close', resolve);
      });
      waiting.clear();
    }
    ok(response, fresh());
  }
}

function ok(response: ServerResponse, result: unknown): void {
  say(response, 200, { ok: true, result });
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
