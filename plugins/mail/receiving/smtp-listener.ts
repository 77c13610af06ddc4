/** What both SMTP servers, for receiving and for submission, do with their sockets. */
import type { AddressInfo, Socket } from 'node:net';
import type { SMTPServer, SMTPServerAddress, SMTPServerSession } from 'smtp-server';
import { SmtpRefusal } from './receive-message.ts';

/** What nobody here does is not promised: notices of delivery (RFC 3461), and TLS all the way to the last server (RFC 8689). */
export const NOT_OFFERED = { hideDSN: true, hideREQUIRETLS: true } as const;

/** Parameters of MAIL that belong to what is announced; RCPT has none. AUTH (RFC 4954 §5) goes with signing in. */
export const MAIL_PARAMETERS = ['SIZE', 'BODY', 'SMTPUTF8'];

/** Throws nothing: gives the answer to a parameter that was not announced (RFC 5321 §4.1.1.11), null when there is none. */
export function refusalOfParameters({ args }: SMTPServerAddress, known: readonly string[]): SmtpRefusal | null {
  const strange = Object.keys(args || {}).find((name) => !known.includes(name.toUpperCase()));
  return strange === undefined ? null : new SmtpRefusal(555, '5.5.4 That parameter is not offered here', 'parameter');
}

/** By what a message came, for its trace field (RFC 3848; RFC 6531 §3.7.3 for international addresses). */
export function wayOf({ transmissionType, envelope }: SMTPServerSession): string {
  return envelope.smtpUtf8 ? `UTF8${transmissionType.replace(/^E/, '')}` : transmissionType;
}

/** Every socket of a server, also those that have not said anything yet. */
const sockets = new WeakMap<SMTPServer, Set<Socket>>();

export function listen(server: SMTPServer, port: number, host: string): Promise<void> {
  const open = new Set<Socket>();
  sockets.set(server, open);
  server.server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => {
      server.server.off('error', reject);
      resolve();
    });
  });
}

export function portOf(server: SMTPServer | undefined): number | null {
  return (server?.server.address() as AddressInfo | null | undefined)?.port ?? null;
}

/** How long a stop waits for messages that are coming in, and then for the last words to arrive. */
const FINISH_MS = 2_000;
const FAREWELL_MS = 300;

/**
 * Closes the servers: nobody new is let in, idle sessions hear 421 at once (RFC 5321 §3.8), those with a message under way
 * when it has been answered, or after two seconds. Done in less than three, so that the rest of a stop has its time.
 */
export async function closeServers(
  servers: readonly SMTPServer[],
  isBusy: (sessionId: string) => boolean,
): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.server.close(resolve)));
  dismiss(servers, isBusy);
  for (const until = performance.now() + FINISH_MS; performance.now() < until; await pause(20)) {
    dismiss(servers, isBusy);
    if (servers.every(({ connections }) => connections.size === 0)) break;
  }
  dismiss(servers, () => false);
  await Promise.race([Promise.all(closed), pause(FAREWELL_MS)]);
  for (const server of servers) for (const socket of sockets.get(server) ?? []) socket.destroy();
}

function dismiss(servers: readonly SMTPServer[], isBusy: (sessionId: string) => boolean): void {
  for (const { connections } of servers) {
    for (const connection of [...connections]) {
      if (isBusy(connection.session.id)) continue;
      connection.send(421, '4.3.2 The server is stopping; try again later', false);
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Replies to pipelined commands leave together (RFC 2920 §3.2), which is one system call and one packet for all. */
export function joinReplies(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isHeld = false;
  socket.write = (...args: unknown[]): boolean => {
    if (!isHeld) {
      isHeld = true;
      socket.cork();
      setImmediate(() => {
        isHeld = false;
        socket.uncork();
      });
    }
    return write(...args);
  };
}
