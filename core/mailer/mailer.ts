/** Outgoing mail for everyone: an SMTP relay, Resend, or the log. */
import { ConfigError } from '../config/load.ts';
import { coreErrors } from '../errors.ts';
import type { Logger } from '../observability/log.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { MailerConfig } from './config.ts';
import { logTransport, resendTransport, smtpTransport } from './transports.ts';

export { MailerConfig } from './config.ts';

export interface OutgoingMail {
  to: string | readonly string[];
  /** Default: `mailer.from`. */
  from?: string;
  replyTo?: string;
  subject: string;
  text: string;
  html?: string;
  headers?: Record<string, string>;
  /** The same on a repeat of the same mail, for transports that can drop duplicates. */
  idempotencyKey?: string;
}

export interface Mailer {
  /** Hands one mail to the transport. Throws when it does not take it: callers send from a job, which tries again. */
  send(mail: OutgoingMail): Promise<{ id: string }>;
  close(): void;
}

/** A mail with every default filled in and every header field checked. */
export type ReadyMail = OutgoingMail & { from: string; to: readonly string[] };

export interface Transport {
  send(mail: ReadyMail): Promise<{ id: string }>;
  close(): void;
}

export interface MailerOptions {
  config: MailerConfig;
  log: Logger;
  outbound: Outbound;
}

export function createMailer(options: MailerOptions): Mailer {
  const transport = transportOf(options);
  return {
    send: async (mail) => transport.send(ready(mail, options.config.from)),
    close: () => transport.close(),
  };
}

function transportOf({ config, log, outbound }: MailerOptions): Transport {
  if (config.transport === 'log') return logTransport(log);
  if (config.transport === 'smtp') {
    if (!config.smtp) throw new ConfigError('mailer.transport is smtp, so mailer.smtp must name the relay');
    return smtpTransport(config.smtp);
  }
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
  return { ...mail, to, from };
}
