/** A server with TLS, whose certificates may become others while it runs. */
import type { RequestListener, ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { SecureContext } from 'node:tls';
import type { Certificates } from '../certificates/certificates.ts';
import { messageOf } from '../errors.ts';
import type { Logger } from '../observability/log.ts';

const HANDSHAKE_MS = 20_000;

export interface TlsDoor {
  server: Server;
  /** Before it listens: clients that name no host are answered as well. */
  ready(): Promise<void>;
  close(): void;
}

export function createTlsDoor(
  options: ServerOptions,
  listener: RequestListener,
  { certificates, log }: { certificates: Certificates; log: Logger },
): TlsDoor {
  const server = createServer(
    {
      ...options,
      handshakeTimeout: HANDSHAKE_MS,
      SNICallback: (host: string, done: (error: Error | null, context?: SecureContext) => void) =>
        done(null, certificates.contextFor(host) ?? undefined),
    },
    listener,
  );
  server.on('tlsClientError', (error, socket) => {
    log.debug({ reason: messageOf(error) }, 'A TLS connection failed');
    socket.destroy();
  });
  const stopListening = certificates.onChange(() => {
    ready().catch((error) => log.error({ reason: messageOf(error) }, 'A certificate could not be taken'));
  });
  return { server, ready, close: stopListening };

  async function ready(): Promise<void> {
    const { cert, key } = await certificates.anyPair();
    server.setSecureContext({ cert, key });
  }
}
