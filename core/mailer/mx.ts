/** Delivery straight to the recipients' own servers, found by MX records (RFC 5321 §5.1). */
import { domainToASCII } from 'node:url';
import type { Connection } from 'mx-connect';
import { createTransport } from 'nodemailer';
import { codeOf, messageOf } from '../errors.ts';
import type { MailerConfig } from './config.ts';
import { DeliveryError } from './delivery-error.ts';
import type { Delivery, ReadyMail, Transport } from './outgoing.ts';
import { smtpFailure } from './transports.ts';

const DEFAULTS = { hostname: 'localhost', port: 25, connectSeconds: 30, routes: {} as Record<string, string> };
const SOCKET_TIMEOUT_MS = 60_000;

export function mxTransport(config: MailerConfig['mx']): Transport {
  const { hostname, port, connectSeconds, routes } = { ...DEFAULTS, ...config };
  const routeOf = new Map(Object.entries(routes).map(([domain, route]) => [asciiDomain(domain), placeOf(route)]));

  return {
    /** System mail: each recipient's server by itself. */
    async send(mail, signal) {
      let id = '';
      for (const recipient of mail.to) {
        const envelope = { from: mail.from, to: recipient };
        const sent = await withServer(recipient, signal, (transport) =>
          transport.sendMail({ ...contentOf(mail), to: recipient, envelope, signal }),
        );
        id = sent.messageId;
      }
      return { id };
    },
    async deliver({ envelope, raw }: Delivery, signal) {
      const [recipient] = envelope.to;
      if (!recipient || envelope.to.length > 1)
        throw new DeliveryError('One recipient for each delivery', { isPermanent: true });
      const sent = await withServer(recipient, signal, (transport) =>
        transport.sendMail({ envelope: { from: envelope.from, to: recipient }, raw, signal }),
      );
      return { id: sent.response, isFinal: true };
    },
    close() {},
  };

  async function withServer<R>(
    recipient: string,
    signal: AbortSignal,
    work: (transport: ReturnType<typeof createTransport>) => Promise<R>,
  ): Promise<R> {
    const server = await connected(recipient.slice(recipient.lastIndexOf('@') + 1), signal);
    const options = {
      connection: server.socket,
      host: server.hostname,
      name: hostname,
      // Encryption when it is offered (RFC 7435): most certificates of mail servers prove nothing.
      tls: { servername: server.hostname, rejectUnauthorized: false },
      socketTimeout: SOCKET_TIMEOUT_MS,
    };
    const transport = createTransport(options);
    try {
      return await work(transport);
    } catch (error) {
      throw smtpFailure(error);
    } finally {
      transport.close();
      server.socket.destroy();
    }
  }

  async function connected(domain: string, signal: AbortSignal): Promise<Connection> {
    const { default: mxConnect } = await import('mx-connect');
    const place = routeOf.get(asciiDomain(domain));
    const connecting = mxConnect({
      target: domain,
      port: place?.port ?? port,
      localHostname: hostname,
      maxConnectTime: connectSeconds * 1000,
      // A domain's records must not lead to this machine or its neighbours; a route of the operator may.
      dnsOptions: { blockLocalAddresses: !place },
      ...(place && { mx: [{ exchange: place.host, priority: 0 }] }),
    });
    try {
      return await unlessAborted(connecting, signal);
    } catch (error) {
      // A domain with many servers may take longer than there is time: whoever answers then is not called any more.
      connecting.then(
        ({ socket }) => socket.destroy(),
        () => {},
      );
      const isPermanent = isHopeless(error);
      throw new DeliveryError(messageOf(error), { isPermanent, isUnreachable: !isPermanent }, error);
    }
  }
}

/** `host`, `host:port`, `[2001:db8::5]:port`, or an IPv6 address alone. */
function placeOf(route: string): { host: string; port?: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(route) ?? [];
  const host = bracketed ?? plain ?? route;
  return { host, ...(port && { port: Number(port) }) };
}

function asciiDomain(domain: string): string {
  return domainToASCII(domain.toLowerCase()) || domain.toLowerCase();
}

/** Rejects as soon as the signal is aborted, whatever becomes of the work. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('It took too long'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The domain does not exist, or says that it takes no mail (RFC 7505). */
function isHopeless(error: unknown): boolean {
  return codeOf(error) === 'ENOTFOUND';
}

function contentOf({ from, replyTo, subject, text, html, headers }: ReadyMail) {
  return { from, replyTo, subject, text, html, headers };
}
