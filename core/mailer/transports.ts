/** The ways that mail can leave by. */
import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { Logger } from '../observability/log.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { MailerConfig } from './config.ts';
import type { Transport } from './mailer.ts';

/** For people without a mail server: the whole text is in the log, with its links. */
export function logTransport(log: Logger): Transport {
  return {
    async send({ from, to, subject, text }) {
      const id = randomUUID();
      log.info({ id, from, to, subject, text }, 'Mail (mailer.transport is log, so it is only written here)');
      return { id };
    },
    close() {},
  };
}

/** A relay on this machine's loopback address is used as it is: no TLS, and no login when none is configured. */
export function smtpTransport(config: NonNullable<MailerConfig['smtp']>): Transport {
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(config.host);
  const relay = createTransport({
    host: config.host,
    port: config.port,
    secure: config.secure,
    pool: true,
    requireTLS: !isLoopback && !config.secure,
    ignoreTLS: isLoopback && !config.secure && !config.user,
    connectionTimeout: 10_000,
    socketTimeout: 60_000,
    ...(config.user && { auth: { user: config.user, pass: config.password ?? '' } }),
  });
  return {
    async send({ from, to, replyTo, subject, text, html, headers }) {
      const sent = await relay.sendMail({ from, to: [...to], replyTo, subject, text, html, headers });
      return { id: sent.messageId };
    },
    close: () => relay.close(),
  };
}

/** https://resend.com/docs/api-reference/emails/send-email */
export function resendTransport(config: NonNullable<MailerConfig['resend']>, outbound: Outbound): Transport {
  return {
    async send({ from, to, replyTo, subject, text, html, headers, idempotencyKey }) {
      const answer = await outbound.request(`${config.apiBase.replace(/\/$/, '')}/emails`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${config.apiKey}`,
          'content-type': 'application/json',
          'idempotency-key': idempotencyKey ?? randomUUID(),
        },
        body: JSON.stringify({ from, to, subject, text, html, headers, reply_to: replyTo }),
        retries: 2,
        retryUnsafe: true,
      });
      const body = answer.status < 300 ? answer.json() : null;
      if (typeof body === 'object' && body !== null && 'id' in body) return { id: String(body.id) };
      throw new Error(`Resend answered ${answer.status}: ${answer.text().slice(0, 300)}`);
    },
    close() {},
  };
}
