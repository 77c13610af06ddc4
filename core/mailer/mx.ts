/** Delivery straight to the recipients' own servers, found by MX records (RFC 5321 §5.1). */

import { createTransport } from 'nodemailer';
import { codeOf, messageOf } from '../errors.ts';
import { lookUp } from '../look-up.ts';
import type { MailerConfig } from './config.ts';
import { DeliveryError } from './delivery-error.ts';
import type { Delivery, ReadyMail, Transport } from './mailer.ts';
import { smtpFailure } from './transports.ts';

const DEFAULTS = { hostname: 'localhost', port: 25, connectSeconds: 30, routes: {} as Record<string, string> };
const SOCKET_TIMEOUT_MS = 60_000;

export function mxTransport(config: MailerConfig['mx']): Transport {
  const { hostname, port, connectSeconds, routes } = { ...DEFAULTS, ...config };

  return {
    /** System mail: each recipient's server by itself. */
    async send(mail) {
      let id = '';
      for (const recipient of mail.to) {
        const sent = await withServer(recipient, (transport) =>
          transport.sendMail({ ...contentOf(mail), to: recipient, envelope: { from: mail.from, to: recipient } }),
        );
        id = sent.messageId;
      }
      return { id };
    },
    async deliver({ envelope, raw }: Delivery) {
      const [recipient] = envelope.to;
      if (!recipient || envelope.to.length > 1)
        throw new DeliveryError('One recipient for each delivery', { isPermanent: true });
      const sent = await withServer(recipient, (transport) =>
        transport.sendMail({ envelope: { from: envelope.from, to: recipient }, raw }),
      );
      return { id: sent.response, isFinal: true };
    },
    close() {},
  };

  async function withServer<R>(
    recipient: string,
    work: (transport: ReturnType<typeof createTransport>) => Promise<R>,
  ): Promise<R> {
    const server = await connected(recipient.slice(recipient.lastIndexOf('@') + 1));
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

  async function connected(domain: string) {
    const { default: mxConnect } = await import('mx-connect');
    const [routeHost, routePort] = (lookUp(routes, domain) ?? '').split(':');
    try {
      return await mxConnect({
        target: domain,
        port: Number(routePort ?? port),
        localHostname: hostname,
        maxConnectTime: connectSeconds * 1000,
        // A domain's records must not lead to this machine or its neighbours; a route of the operator may.
        dnsOptions: { blockLocalAddresses: !routeHost },
        ...(routeHost && { mx: [{ exchange: routeHost, priority: 0 }] }),
      });
    } catch (error) {
      const isPermanent = isHopeless(error);
      throw new DeliveryError(messageOf(error), { isPermanent, isUnreachable: !isPermanent }, error);
    }
  }
}

/** The domain does not exist, or says that it takes no mail (RFC 7505). */
function isHopeless(error: unknown): boolean {
  return codeOf(error) === 'ENOTFOUND';
}

function contentOf({ from, replyTo, subject, text, html, headers }: ReadyMail) {
  return { from, replyTo, subject, text, html, headers };
}
