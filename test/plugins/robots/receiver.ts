/** A third party that is called back: what came, and what it answers with. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  path: string;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  body: any;
}

export interface Receiver {
  url: string;
  calls: Call[];
  /** How many calls waited for their answer at once, at most. */
  mostAtOnce(): number;
  /** Resolves with the calls as soon as there are so many. */
  until(count: number): Promise<Call[]>;
  /** Status and body of the answers from now on; `null`: it does not answer. */
  answers(reply: Reply | ((call: Call) => Reply | Promise<Reply>)): void;
  stop(): Promise<void>;
}

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> } | null;

const PATIENCE_MS = 8_000;

export async function startReceiver(): Promise<Receiver> {
  const calls: Call[] = [];
  const waiting: { count: number; resolve(calls: Call[]): void }[] = [];
  let replyTo: (call: Call) => Reply | Promise<Reply> = () => ({});
  let [atOnce, most] = [0, 0];
  const server = createServer(async (request, response) => {
    most = Math.max(most, ++atOnce);
    response.once('close', () => atOnce--);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const call = { path: request.url ?? '', headers: request.headers, bytes, body: JSON.parse(bytes.toString()) };
    calls.push(call);
    for (const one of waiting) if (calls.length >= one.count) one.resolve([...calls]);
    const reply = await replyTo(call);
    if (!reply) return;
    const { status = 200, body = { code: 0, message: 'success' }, headers } = reply;
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    mostAtOnce: () => most,
    answers: (reply) => {
      replyTo = typeof reply === 'function' ? reply : () => reply;
    },
    until(count) {
      if (calls.length >= count) return Promise.resolve([...calls]);
      return new Promise((resolve, reject) => {
        const late = () => reject(new Error(`${calls.length} of ${count} calls: ${JSON.stringify(calls)}`));
        const timer = setTimeout(late, PATIENCE_MS);
        const done = (all: Call[]) => {
          clearTimeout(timer);
          resolve(all);
        };
        waiting.push({ count, resolve: done });
      });
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
