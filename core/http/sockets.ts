/** WebSocket routes: authenticated and authorised at the upgrade, before a socket exists. */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Access, checkAccess } from '../access/access.ts';
import type { Principal } from '../access/principal.ts';
import { coreErrors, isAppError } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { Services } from '../services.ts';
import { type Authentication, credentialsOf } from './authentication.ts';
import type { Connections } from './connections.ts';
import type { RequestFailures } from './request-failures.ts';

export interface SocketRoute {
  path: string;
  access: Access;
  summary: string;
  /** Largest frame in bytes; default 256 KiB. */
  maxFrameBytes?: number;
  connected(
    socket: WebSocket,
    connection: { principal: Principal | null; ip: string; url: URL },
    services: Services,
  ): void;
}

/** A route that has been given the services of its plugin. */
export interface BoundSocketRoute extends Omit<SocketRoute, 'connected'> {
  connected(socket: WebSocket, connection: Parameters<SocketRoute['connected']>[1]): void;
}

/** RFC 6455 §7.4.1: policy violation. */
const NOT_ALLOWED = 1008;
const LAST_WORDS_MS = 5_000;
const DEFAULT_MAX_FRAME_BYTES = 256 * 1024;

export interface SocketServerOptions {
  routes: readonly BoundSocketRoute[];
  authentication: Authentication;
  connections: Connections;
  requestFailures: RequestFailures;
  log: Logger;
  clientIp(request: IncomingMessage): string;
}

/** Knows and handles the HTTP server's upgrades, and closes every socket (code 1001). */
export function createSocketServer(options: SocketServerOptions) {
  const { routes, authentication, connections, requestFailures, log, clientIp } = options;
  const servers = new Map(
    routes.map((route) => [
      route.path,
      {
        route,
        server: new WebSocketServer({
          noServer: true,
          maxPayload: route.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES,
        }),
      },
    ]),
  );

  return { knows, upgrade, close };

  /** Whether the request asks for a WebSocket at a path that has one; everything else is an ordinary request. */
  function knows(request: IncomingMessage): boolean {
    return request.headers.upgrade?.toLowerCase() === 'websocket' && servers.has(pathOf(request));
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    try {
      const found = servers.get(pathOf(request));
      if (!found) return refuse(socket, 404);
      const url = new URL(request.url ?? '/', 'http://localhost');
      const ip = clientIp(request);
      const isPublic = found.route.access === 'public';
      const principalOf = async (isRecheck: boolean) => {
        const circumstances = { ip, isRecheck, intent: 'socket' as const };
        return isPublic
          ? null
          : authentication.principalOf(credentialsOf(request, url.pathname, url.search, circumstances));
      };
      const again = () => principalOf(true);
      const principal = await principalOf(false);
      checkAccess(found.route.access, principal);
      found.server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', (error) => log.debug({ err: error }, 'WebSocket closed by an error'));
        const end = () => endSocket(webSocket);
        webSocket.once('close', connections.open({ principal, ip, again, end }, 'socket'));
        found.route.connected(webSocket, { principal, ip, url });
      });
    } catch (error) {
      if (!isAppError(error)) log.error({ err: error }, 'WebSocket upgrade failed');
      const known = isAppError(error) ? error : coreErrors.internal_error({ cause: error });
      refuse(socket, known.status);
      const about = { dialect: '', method: 'GET', path: pathOf(request), requestId: randomUUID(), principal: null };
      requestFailures.publish({ ...about, error: known, ip: clientIp(request) });
    }
  }

  function close(): void {
    for (const { server } of servers.values()) {
      for (const client of server.clients) client.close(1001, 'The server is stopping');
      server.close();
    }
  }
}

/** By hand: `//` is a path, and not the beginning of a host. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** The credentials that it was opened with are over. */
function endSocket(socket: WebSocket): void {
  socket.close(NOT_ALLOWED, 'Sign in again');
  setTimeout(() => socket.terminate(), LAST_WORDS_MS).unref();
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
