/** Outgoing mail for everyone: an SMTP relay, Resend, or the log. */
import { ConfigError, coreErrors } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { MailerConfig } from './config.ts';
import { mxTransport } from './mx.ts';
import type { Delivered, Delivery, OutgoingMail, ReadyMail, Transport } from './outgoing.ts';
import { logTransport, RELAY_CONNECTIONS, resendTransport, smtpTransport } from './transports.ts';

export { MailerConfig } from './config.ts';
export { DeliveryError } from './delivery-error.ts';

export interface Mailer {
  /** How mail leaves: `log`, `smtp`, `resend`, `mx`. */
  transport: MailerConfig['transport'];
  /** Whether mail leaves this machine at all: `log` writes it to the log, and nobody gets it. */
  canSend: boolean;
  /** How many connections to a relay there are at most. */
  relayConnections: number;
  /** Hands over a finished message, byte for byte. Throws a DeliveryError. */
  deliver(delivery: Delivery): Promise<Delivered>;
  /** Hands one mail to the transport. Throws when it does not take it: callers send from a job, which tries again. */
  send(mail: OutgoingMail): Promise<{ id: string }>;
  close(): void;
}

export interface MailerOptions {
  config: Omit<MailerConfig, 'language' | 'templates'>;
  log: Logger;
  outbound: Outbound;
}

export function createMailer(options: MailerOptions): Mailer {
  const transport = transportOf(options);
  const limitMs = options.config.deliverySeconds * 1000;
  return {
    transport: options.config.transport,
    canSend: options.config.transport !== 'log',
    relayConnections: RELAY_CONNECTIONS,
    deliver(delivery) {
      const limit = AbortSignal.timeout(limitMs);
      return transport.deliver(delivery, delivery.signal ? AbortSignal.any([limit, delivery.signal]) : limit);
    },
    send: async (mail) =>
      transport.send(ready(mail, options.config.from), AbortSignal.timeout(Math.min(limitMs, SEND_LIMIT_MS))),
    close: () => transport.close(),
  };
}

/** System mail is small, and the jobs that send it have a minute. */
const SEND_LIMIT_MS = 50_000;

function transportOf({ config, log, outbound }: MailerOptions): Transport {
  if (config.transport === 'log') return logTransport(log);
  if (config.transport === 'smtp') {
    if (!config.smtp) throw new ConfigError('mailer.transport is smtp, so mailer.smtp must name the relay');
    return smtpTransport(config.smtp);
  }
  if (config.transport === 'mx') return mxTransport(config.mx);
  if (!config.resend) throw new ConfigError('mailer.transport is resend, so mailer.resend must hold the apiKey');
  return resendTransport(config.resend, outbound);
}

function ready(mail: OutgoingMail, defaultFrom: string): ReadyMail {
  const to = typeof mail.to === 'string' ? [mail.to] : mail.to;
  const from = mail.from ?? defaultFrom;
  const fields = [...to, from, mail.replyTo ?? '', mail.subject, ...Object.entries(mail.headers ?? {}).flat()];
  // A line break in a field would let its writer add header fields of their own (RFC 5322 §2.2).
  if (fields.some((field) => /[\r\n\0]/.test(field))) {
    throw coreErrors.bad_request({ message: 'A header field of a mail must not contain line breaks' });
  }
  // Nobody has written it, so no program needs to answer it (RFC 3834 §5.1).
  const headers = { 'Auto-Submitted': 'auto-generated', ...mail.headers };
  return { ...mail, to, from, headers };
}
