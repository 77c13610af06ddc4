/** Server-sent events (WHATWG HTML §9.2): a response that stays open and gets one event after another. */
import type Koa from 'koa';
import { callerOf } from './request-principal.ts';
import { disconnectUnread } from './slow-readers.ts';

export interface EventStream {
  /** Sends one event; the data goes out as JSON. A reader that is too slow is disconnected. */
  send(event: { type?: string; id?: string; data: unknown }): void;
  /** The same with data that is JSON already. Empty JSON sends the id alone, which the browser remembers. */
  sendJson(event: { type?: string; id?: string; json: string }): void;
  /** Resolves when the reader has taken what was sent, but for what the system buffers, or when the stream is over. */
  drained(): Promise<void>;
  /** Called once when either side has ended it; at once when it has ended already. */
  onClose(fn: () => void): void;
  close(): void;
}

const KEEP_ALIVE_MS = 15_000;
/** A reader this far behind would cost memory without end. */
const MAX_BUFFERED_BYTES = 512 * 1024;
/** What is still on its way when the stream ends. */
const LAST_WORDS_MS = 5_000;

/**
 * Takes over the response; the server ends it when it stops, and when the caller's credentials end. The handler returns
 * `HANDLED` afterwards. Throws `rate_limited` before anything is sent, when too many are open.
 */
export function eventStream(ctx: Koa.Context): EventStream {
  const response = ctx.res;
  const closers: (() => void)[] = [];
  let closed = false;

  const { connections, principal, ip, again, unreadMs } = callerOf(ctx);
  const release = connections.open({ principal, ip, again, end: () => finish('cut') }, 'stream');
  ctx.respond = false;
  disconnectUnread(response, unreadMs);
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const keepAlive = setInterval(() => response.write(': keep-alive\n\n'), KEEP_ALIVE_MS);
  keepAlive.unref();
  const stop = (): void => finish('end');
  ctx.app.on('closing', stop);
  response.on('close', stop);

  const stream: EventStream = {
    send: ({ data, ...head }) => stream.sendJson({ ...head, json: JSON.stringify(data) }),
    sendJson({ type, id, json }) {
      if (closed) return;
      if (response.writableLength > MAX_BUFFERED_BYTES) return finish('cut');
      const head = `${id ? `id: ${oneLine(id)}\n` : ''}${type ? `event: ${oneLine(type)}\n` : ''}`;
      response.write(`${head}${json === '' ? '' : `data: ${json}\n`}\n`);
    },
    drained() {
      if (closed || !response.writableNeedDrain) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          response.off('drain', done);
          response.off('close', done);
          resolve();
        };
        response.on('drain', done);
        response.on('close', done);
      });
    },
    onClose(fn) {
      if (closed) fn();
      else closers.push(fn);
    },
    close: stop,
  };
  // HEAD gets what GET would, without a stream that nobody reads (RFC 9110 §9.3.2).
  if (ctx.method === 'HEAD') stop();
  else response.write(': connected\n\n');
  return stream;

  /** `cut` waits for nobody: what has not been read by now is not for this reader any more. */
  function finish(how: 'end' | 'cut'): void {
    if (closed) return;
    closed = true;
    release();
    ctx.app.off('closing', stop);
    clearInterval(keepAlive);
    if (how === 'cut') response.destroy();
    else {
      response.end();
      setTimeout(() => response.destroy(), LAST_WORDS_MS).unref();
    }
    for (const fn of closers) fn();
  }
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}
