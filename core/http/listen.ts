/** Opening a port, and in words why it cannot be opened. */
import type { AddressInfo, Server } from 'node:net';
import { ConfigError, codeOf } from '../errors.ts';

const REASONS: Record<string, string> = {
  EADDRINUSE: 'another program listens there already',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'this user may not open that port',
};
/** The port that was opened. Throws a ConfigError where another port or address would do. */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const sentence = whyNotListening(error, port, host);
      reject(sentence ? new ConfigError(sentence) : error);
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Why a server cannot listen, in words; undefined when the error says something else. */
export function whyNotListening(error: unknown, port: number, host: string): string | undefined {
  const reason = REASONS[codeOf(error)];
  return reason && `http: cannot listen on ${host}:${port}: ${reason} (${codeOf(error)})`;
}
