/** The port without TLS: proves names to an authority, and sends everybody else to https. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Certificates } from '../certificates/certificates.ts';

export interface PlainDoorOptions {
  certificates: Certificates;
  publicUrl: string;
  /** Handles what an authority asks; false for everything else. */
  answerChallenge(request: IncomingMessage, response: ServerResponse): boolean;
  /** Whether there is room for one more request. */
  admit(request: IncomingMessage, response: ServerResponse): boolean;
}

const TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16 * 1024;

export function createPlainDoor({ certificates, publicUrl, answerChallenge, admit }: PlainDoorOptions): Server {
  const { host, hostname, port } = new URL(publicUrl);
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS },
    (request, response) => {
      // Whatever was sent along stays unread.
      response.setHeader('connection', 'close');
      if (!admit(request, response)) return void response.writeHead(503, { 'retry-after': '2' }).end();
      if (answerChallenge(request, response)) return;
      const location = `https://${hostFor(request.headers.host)}${pathOf(request)}`;
      // 308 keeps the method. Not for ever: who goes back to http is not locked out by the memory of browsers.
      response.writeHead(308, { location, 'cache-control': 'no-store', 'content-type': 'text/plain; charset=utf-8' });
      response.end(`${location}\n`);
    },
  );
  return server;

  /** The name that was asked for, when it is one of ours: nobody is sent elsewhere by a header. */
  function hostFor(header: string | undefined): string {
    const asked = (header ?? '').replace(/:\d+$/, '').toLowerCase();
    if (asked === hostname || certificates.contextFor(asked) === null) return host;
    return port === '' ? asked : `${asked}:${port}`;
  }
}

/** Proxies are asked for whole addresses, and so is who is taken for one. */
function pathOf({ url }: IncomingMessage): string {
  return url?.startsWith('/') ? url : '/';
}
