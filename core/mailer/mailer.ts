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
  /** Hands one mail to the transport. Throws a DeliveryError when it does not take it: callers send from a job, which tries again. */
  send(mail: OutgoingMail): Promise<{ id: string }>;
  /** After its configuration has changed: what is under way ends as it began. */
  renew(): void;
  close(): void;
}

export interface MailerOptions {
  config: Omit<MailerConfig, 'language' | 'templates'>;
  log: Logger;
  outbound: Outbound;
}

export function createMailer(options: MailerOptions): Mailer {
  const { config } = options;
  let transport = transportOf(options);
  const retired = new Set<Transport>();
  const limitMs = (): number => config.deliverySeconds * 1000;
  return {
    get transport() {
      return config.transport;
    },
    get canSend() {
      return config.transport !== 'log';
    },
    relayConnections: RELAY_CONNECTIONS,
    deliver(delivery) {
      const limit = AbortSignal.timeout(limitMs());
      return transport.deliver(delivery, delivery.signal ? AbortSignal.any([limit, delivery.signal]) : limit);
    },
    send: async (mail) =>
      transport.send(ready(mail, config.from), AbortSignal.timeout(Math.min(limitMs(), SEND_LIMIT_MS))),
    renew() {
      const former = transport;
      transport = transportOf(options);
      retired.add(former);
      setTimeout(() => {
        if (retired.delete(former)) former.close();
      }, limitMs()).unref();
    },
    close() {
      for (const one of [transport, ...retired]) one.close();
      retired.clear();
    },
  };
}

/** What is wrong with a configuration of mail that its schema cannot say; null when nothing is. */
export function mailerProblem({ transport, smtp, resend }: MailerOptions['config']): string | null {
  if (transport === 'smtp' && !smtp) return 'mailer.transport is smtp, so mailer.smtp must name the relay';
  if (transport === 'resend' && !resend) return 'mailer.transport is resend, so mailer.resend must hold the apiKey';
  return null;
}

/** System mail is small, and the jobs that send it have a minute. */
const SEND_LIMIT_MS = 50_000;

function transportOf({ config, log, outbound }: MailerOptions): Transport {
  const problem = mailerProblem(config);
  if (problem !== null) throw new ConfigError(problem);
  if (config.transport === 'smtp' && config.smtp) return smtpTransport(config.smtp);
  if (config.transport === 'resend' && config.resend) return resendTransport(config.resend, outbound);
  return config.transport === 'mx' ? mxTransport(config.mx) : logTransport(log);
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
