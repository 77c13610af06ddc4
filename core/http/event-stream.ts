/** Server-sent events (WHATWG HTML §9.2): a response that stays open and gets one event after another. */
import type Koa from 'koa';

export interface EventStream {
  /** Sends one event; the data goes out as JSON. A reader that is too slow is disconnected. */
  send(event: { type?: string; id?: string; data: unknown }): void;
  /** Called once when either side has ended it. */
  onClose(fn: () => void): void;
  close(): void;
}

const KEEP_ALIVE_MS = 15_000;
/** A reader this far behind would cost memory without end. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** Takes over the response; the server ends it when it stops. The handler returns `HANDLED` afterwards. */
export function eventStream(ctx: Koa.Context): EventStream {
  const response = ctx.res;
  const closers: (() => void)[] = [];
  let closed = false;

  ctx.respond = false;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.write(': connected\n\n');
  const keepAlive = setInterval(() => response.write(': keep-alive\n\n'), KEEP_ALIVE_MS);
  keepAlive.unref();

  const stream: EventStream = {
    send({ type, id, data }) {
      if (closed) return;
      if (response.writableLength > MAX_BUFFERED_BYTES) return stream.close();
      const head = `${id ? `id: ${oneLine(id)}\n` : ''}${type ? `event: ${oneLine(type)}\n` : ''}`;
      response.write(`${head}data: ${JSON.stringify(data)}\n\n`);
    },
    onClose: (fn) => void closers.push(fn),
    close() {
      if (closed) return;
      closed = true;
      ctx.app.off('closing', stream.close);
      clearInterval(keepAlive);
      response.end();
      for (const fn of closers) fn();
    },
  };
  ctx.app.on('closing', stream.close);
  response.on('close', () => stream.close());
  return stream;
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}
