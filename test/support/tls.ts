/** What is seen of a TLS port from outside. */
import { request } from 'node:https';
import tls from 'node:tls';

export interface Seen {
  names: string;
  issuer: string;
  /** Whether the client trusts it, by the authorities that it was given. */
  isTrusted: boolean;
  serial: string;
}

/** The certificate that a port shows to who asks for `servername`; without one, to who names none. */
export function seenAt(port: number, servername: string | undefined, ca?: string): Promise<Seen> {
  const socket = tls.connect({
    port,
    host: '127.0.0.1',
    ...(servername && { servername }),
    ca,
    rejectUnauthorized: false,
  });
  return seenOn(socket);
}

/** The same of a connection that begins without TLS. */
export function seenOn(socket: tls.TLSSocket): Promise<Seen> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      const { subjectaltname = '', issuer, serialNumber } = socket.getPeerCertificate();
      resolve({
        names: subjectaltname,
        issuer: String(issuer?.CN ?? ''),
        isTrusted: socket.authorized,
        serial: serialNumber ?? '',
      });
      socket.destroy();
    });
  });
}

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
}

/** A request over TLS to a port of this machine, by a name. */
export function askByTls(
  port: number,
  {
    host,
    path,
    method = 'GET',
    token,
    ca,
  }: { host: string; path: string; method?: string; token?: string; ca: string },
): Promise<Answer> {
  const headers = { host, connection: 'close', ...(token && { authorization: `Bearer ${token}` }) };
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, host: '127.0.0.1', servername: host, path, method, headers, ca },
      async (response) => {
        let text = '';
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      },
    );
    asked.once('error', reject);
    asked.end();
  });
}
