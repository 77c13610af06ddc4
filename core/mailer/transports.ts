/** The ways that mail can leave by. */
import { isAscii } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { codeOf, messageOf } from '../errors.ts';
import { inTime } from '../in-time.ts';
import { lazily } from '../loading/lazily.ts';
import { isLoopback } from '../loopback.ts';
import type { Logger } from '../observability/log.ts';
import type { Outbound } from '../outbound/outbound.ts';
import type { MailerConfig } from './config.ts';
import { DeliveryError } from './delivery-error.ts';
import type { ReadyMail, Transport } from './outgoing.ts';

const nodemailer = lazily<typeof import('nodemailer')>('nodemailer', import.meta.url);

/** In a text, without what encloses it or ends its sentence. */
const LINK = /https?:\/\/[^\s<>"]*[^\s<>"'().,;:!?]/g;

/**
 * For people without a mail server: what somebody waits for who sets up a server is the link of a mail from Patchbay, so that
 * is in the log. Texts are not: who reads logs is not who the mail is for, and logs are copied to other places and kept.
 * Of what people themselves send there is only that it was sent.
 */
export function logTransport(log: Logger): Transport {
  return {
    async send({ from, to, subject, text }) {
      const id = randomUUID();
      const links = text.match(LINK) ?? [];
      log.info({ id, from, to, subject, links }, 'Mail (mailer.transport is log, so only its links are here)');
      return { id };
    },
    async deliver({ envelope, raw }) {
      const id = randomUUID();
      log.info({ id, ...envelope, bytes: raw.length }, 'Mail (mailer.transport is log, so it goes nowhere)');
      return { id, isFinal: false };
    },
    close() {},
  };
}

/** Until a server has answered: it may take ten minutes for a mail that is there whole (RFC 5321 §4.5.3.2.6). */
export const ANSWER_MS = 600_000;
/** Until a server greets (RFC 5321 §4.5.3.2.1): some are slow on purpose. */
export const GREETING_MS = 300_000;
/** A relay is ours, and takes more at once than a stranger's server. */
export const RELAY_CONNECTIONS = 10;
/** A relay that is there says so within this time. */
const PROBE_MS = 15_000;
/** For links and codes, which do not wait for deliveries of users. */
const SYSTEM_CONNECTIONS = 2;

/** A relay on this machine's loopback address is used as it is: no TLS, and no login when none is configured. */
export function smtpTransport(config: NonNullable<MailerConfig['smtp']>): Transport {
  const isBeside = isLoopback(config.host);
  const relay = nodemailer().createTransport({
    host: config.host,
    port: config.port,
    secure: config.secure,
    pool: true,
    maxConnections: RELAY_CONNECTIONS + SYSTEM_CONNECTIONS,
    requireTLS: !isBeside && !config.secure,
    ignoreTLS: isBeside && !config.secure && !config.user,
    connectionTimeout: 10_000,
    socketTimeout: ANSWER_MS,
    ...(config.user && { auth: { user: config.user, pass: config.password ?? '' } }),
  });
  return {
    async send({ from, to, replyTo, subject, text, html, headers }, signal) {
      try {
        const sent = await relay.sendMail({ from, to: [...to], replyTo, subject, text, html, headers, signal });
        return { id: sent.messageId };
      } catch (error) {
        throw smtpFailure(error);
      }
    },
    async deliver({ envelope, raw }, signal) {
      try {
        const sent = await relay.sendMail({
          envelope: { from: envelope.from, to: [...envelope.to], ...bodyOf(raw) },
          raw,
          signal,
        });
        return { id: sent.response, isFinal: false };
      } catch (error) {
        throw signal.aborted ? smtpFailure(error) : await relayFailure(error);
      }
    },
    // Whoever is still delivering now was waited for, and stands still.
    close: () => relay.close({ force: true }),
  };

  /** A connection that was lost may be the fault of the relay or of this one mail: what it says to somebody else tells. */
  async function relayFailure(error: unknown): Promise<DeliveryError> {
    const failure = smtpFailure(error);
    if (!failure.isUnreachable || replyOf(error) !== 0) return failure;
    const isThere = await inTime(() => relay.verify(), PROBE_MS).then(
      () => true,
      () => false,
    );
    return isThere ? new DeliveryError(failure.message, {}, error) : failure;
  }
}

/** Of an envelope: that the message has bytes beyond ASCII, where the other side knows the word for it (RFC 6152 §2). */
export function bodyOf(raw: Buffer): { use8BitMime: boolean } {
  return { use8BitMime: !isAscii(raw) };
}

/** Nodemailer's errors about what it was given, before anything was sent. */
const OF_ONE_MESSAGE = ['EENVELOPE', 'EMESSAGE', 'ESTREAM', 'EFILEACCESS', 'EURLACCESS', 'ECONFIG'];

/** Before these there is no mail: what is refused is who asks. */
const OF_NO_MAIL = /^(CONN|EHLO|HELO|LHLO|STARTTLS|AUTH)/;

/**
 * A reply of 5xx to a mail is final (RFC 5321 §4.2.1); everything else may pass. A server is away when it does not come as far
 * as a mail: what it says of one mail is nothing to the others.
 */
export function smtpFailure(error: unknown): DeliveryError {
  const code = replyOf(error);
  const isOfMail = !OF_NO_MAIL.test(commandOf(error));
  const isPermanent = code >= 500 && code < 600 && isOfMail;
  const isUnreachable = code === 0 ? !OF_ONE_MESSAGE.includes(codeOf(error)) : !isOfMail;
  return new DeliveryError(messageOf(error), { isPermanent, isUnreachable }, error);
}

/** The code of the reply that it is about; 0 when there was none. */
export function replyOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'responseCode' in error ? Number(error.responseCode) : 0;
}

function commandOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'command' in error ? String(error.command) : '';
}

/** https://resend.com/docs/api-reference/emails/send-email */
export function resendTransport(config: NonNullable<MailerConfig['resend']>, outbound: Outbound): Transport {
  return {
    send,
    /** Resend composes by itself; what came whole travels as an attachment. */
    async deliver({ envelope, raw, parts, files = [], idempotencyKey }, signal) {
      const to = [...envelope.to];
      const mail = parts
        ? { ...parts, from: parts.from ?? envelope.from, to }
        : { from: envelope.from, to, subject: 'Forwarded message', text: 'The message is attached.' };
      const attached = parts ? files : [{ filename: 'message.eml', content: raw }];
      const encoded = attached.map(({ filename, content }) => ({ filename, content: content.toString('base64') }));
      const { id } = await send({ ...mail, idempotencyKey }, signal, encoded);
      return { id, isFinal: false };
    },
    close() {},
  };

  async function send(
    { from, to, replyTo, subject, text, html, headers, idempotencyKey }: ReadyMail,
    signal: AbortSignal,
    attachments: { filename: string; content: string }[] = [],
  ): Promise<{ id: string }> {
    const answer = await outbound.request(`${config.apiBase.replace(/\/$/, '')}/emails`, {
      trusted: config.apiBase,
      method: 'POST',
      headers: {
        authorization: `Bearer ${config.apiKey}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey ?? randomUUID(),
      },
      body: JSON.stringify({
        from,
        to,
        subject,
        text,
        html,
        headers,
        reply_to: replyTo,
        ...(attachments.length > 0 && { attachments }),
      }),
      retries: 2,
      retryUnsafe: true,
      signal,
    });
    const body = answer.status < 300 ? answer.json() : null;
    if (typeof body === 'object' && body !== null && 'id' in body) return { id: String(body.id) };
    const isPermanent = answer.status >= 400 && answer.status < 500 && ![401, 403, 409, 429].includes(answer.status);
    throw new DeliveryError(`Resend answered ${answer.status}: ${answer.text().slice(0, 300)}`, { isPermanent });
  }
}
