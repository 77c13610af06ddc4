/** The HTTP server: Koa around the pipeline, WebSocket upgrades, and a stop that lets requests finish. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import cors from '@koa/cors';
import Koa from 'koa';
import { codeOf } from '../errors.ts';
import { isoSeconds } from '../iso-time.ts';
import type { Logger } from '../observability/log.ts';
import { processHasRole } from '../roles/roles.ts';
import type { Services } from '../services.ts';
import { createChallengeAnswers } from './challenges.ts';
import { createClientIp } from './client-ip.ts';
import type { Dialects } from './dialect.ts';
import { listen } from './listen.ts';
import { createOpenRequests } from './open-requests.ts';
import { createPipeline } from './pipeline.ts';
import { createPlainDoor } from './plain-door.ts';
import { createQuickServer, type Middleware } from './quick-answers.ts';
import type { BoundRoute } from './route.ts';
import type { Shell } from './shell.ts';
import { type BoundSocketRoute, createSocketServer } from './sockets.ts';
import type { StaticFolder } from './static.ts';
import { createTlsDoor } from './tls-door.ts';

export interface HttpServer {
  /** Takes the port; gives the one it got (`port: 0` asks for a free one). Until `open`, everybody is told to wait. */
  listen(): Promise<number>;
  /** Serves from now on. */
  open(): void;
  /** Takes no new connections, lets requests under way finish, then closes what is left after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export interface HttpServerOptions {
  services: Services;
  routes: readonly BoundRoute[];
  sockets: readonly BoundSocketRoute[];
  staticFolders: readonly StaticFolder[];
  shell: Shell | null;
  dialects: Dialects;
  checkResponses: boolean;
}

/** Slow headers and idle connections cost little, but not nothing. */
const HEADERS_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_MS = 65_000;
const MAX_HEADER_BYTES = 32 * 1024;

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { services } = options;
  const { http } = services.coreConfig;
  const clientIp = createClientIp(http.trustProxy);
  const app = new Koa();
  app.on('error', brokenAnswers(services.log));
  // Each open stream hears of the stop.
  app.setMaxListeners(0);
  const pipeline = createPipeline({
    ...options,
    bodyLimit: http.bodyLimit,
    https: http.publicUrl.startsWith('https:'),
    clientIp,
  });

  const sockets = createSocketServer({
    routes: options.sockets,
    authentication: services.authentication,
    connections: services.connections,
    requestFailures: services.requestFailures,
    log: services.log,
    clientIp,
  });
  const serve = createQuickServer(app, http.cors.origins.length > 0 ? shared(pipeline, http.cors.origins) : pipeline);
  const admit = createOpenRequests(http.openRequests, clientIp);
  const { certificates, log } = services;
  const answerChallenge = createChallengeAnswers(certificates, log);
  const isForAll = processHasRole(services.coreConfig, 'http');
  let isOpen = false;
  const bounds = {
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    // RFC 9110 §7.8: an upgrade that is not known is ignored; Java's client asks for h2c with every request.
    shouldUpgradeCallback: (request: IncomingMessage) => isOpen && isForAll && sockets.knows(request),
  };
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    if (isOpen && !admit(request, response)) answerWhenFull(response);
    else if (answerChallenge(request, response)) return;
    else if (!isOpen) answerWhileStarting(request, response);
    else if (!isForAll && !isForMonitors(request)) answerElsewhere(response);
    else serve(request, response);
  };
  const secure = http.tls ? createTlsDoor(bounds, take, { certificates, log }) : null;
  const server = secure?.server ?? createServer(bounds, take);
  const plainPort = http.tls?.plainPort ?? null;
  const plain =
    plainPort === null ? null : createPlainDoor({ certificates, publicUrl: http.publicUrl, answerChallenge, admit });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('upgrade', (request, socket, head) => void sockets.upgrade(request, socket, head));
  server.on('clientError', answerBrokenRequest);

  return {
    async listen() {
      certificates.open();
      await secure?.ready();
      const port = await listen(server, http.port, http.host);
      if (plain && plainPort !== null) await listen(plain, plainPort, http.host);
      return port;
    },
    open() {
      isOpen = true;
    },
    async stop(graceMs) {
      certificates.stop();
      secure?.close();
      plain?.close();
      plain?.closeAllConnections();
      if (!server.listening) return;
      const closed = new Promise((resolve) => server.close(resolve));
      sockets.close();
      app.emit('closing');
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

/** What broke after the head of an answer was sent: an export whose database went away. Readers who leave are no fault. */
function brokenAnswers(log: Logger): (error: Error, ctx?: Koa.Context) => void {
  return (error, ctx) => {
    const hasLeft = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ECANCELED'].includes(codeOf(error));
    const request = { requestId: ctx?.response.get('x-request-id'), method: ctx?.method, path: ctx?.path };
    log[hasLeft ? 'debug' : 'error']({ err: error, ...request }, 'An answer broke off');
  };
}

/** While the database is migrated and plugins start: alive, but nothing can be asked yet. */
function answerWhileStarting(request: IncomingMessage, response: ServerResponse): void {
  const isLiveness = request.url?.split('?')[0] === '/health';
  const headers = { 'content-type': isLiveness ? 'application/json' : 'application/problem+json', 'retry-after': '1' };
  response.writeHead(isLiveness ? 200 : 503, headers);
  const starting = { type: 'about:blank', title: 'Service Unavailable', status: 503, detail: 'The server is starting' };
  response.end(
    JSON.stringify(
      isLiveness ? { status: 'ok', timestamp: isoSeconds(Date.now()) } : { ...starting, code: 'unavailable' },
    ),
  );
}

/** What is asked of a process that leaves requests to others. */
const FOR_MONITORS = ['/health', '/health/ready', '/metrics'];

function isForMonitors({ url = '' }: IncomingMessage): boolean {
  return FOR_MONITORS.includes(url.split('?')[0] ?? '');
}

function answerElsewhere(response: ServerResponse): void {
  const elsewhere = { type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'unavailable' };
  const detail = 'This process answers no requests: its roles leave out http';
  response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '5', connection: 'close' });
  response.end(JSON.stringify({ ...elsewhere, detail }));
}

/** The body stays unread, and the connection goes with it. */
function answerWhenFull(response: ServerResponse): void {
  const full = { type: 'about:blank', title: 'Service Unavailable', status: 503, code: 'unavailable' };
  const detail = 'Too many requests are open at once; try again in a few seconds';
  response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '2', connection: 'close' });
  response.end(JSON.stringify({ ...full, detail }));
}

/** What is not HTTP at all never reaches the pipeline. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** For pages of other origins too. */
function shared(pipeline: Middleware, origins: readonly string[]): Middleware {
  const share = cors({ origin: (ctx) => allowedOrigin(ctx, origins) });
  return (ctx) => share(ctx, () => pipeline(ctx));
}

function allowedOrigin(ctx: Koa.Context, origins: readonly string[]): string {
  const origin = ctx.get('origin');
  if (origins.includes('*')) return '*';
  return origins.includes(origin) ? origin : '';
}
