/** What both SMTP servers, for receiving and for submission, do with their sockets. */
import type { AddressInfo, Socket } from 'node:net';
import type { SMTPServer } from 'smtp-server';

export function listen(server: SMTPServer, port: number, host: string): Promise<void> {
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

export function closeServer(server: SMTPServer): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
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
