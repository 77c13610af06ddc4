/** The submission port: like the receiver, but only for people who sign in, over TLS. */
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { codeOf, isAppError, messageOf } from '#core/kit.ts';
import type { Principal, Services } from '#core/plugin.ts';
import type { MailConfig } from '../../config.ts';
import { SmtpRefusal } from '../receive-message.ts';
import {
  closeServers,
  listen,
  MAIL_PARAMETERS,
  NOT_OFFERED,
  portOf,
  refusalOfParameters,
  wayOf,
} from '../smtp-listener.ts';
import type { SmtpTls } from '../smtp-tls.ts';
import { tracedMessage } from '../traced.ts';
import type { Submission } from './submission.ts';

export interface SubmissionServer {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The port it listens on; null when it does not. */
  port(): number | null;
}

/** Whoever handed it in has gone away in the middle. */
const LOST = new Set(['ECONNECTION', 'ERR_STREAM_PREMATURE_CLOSE']);

type Reply = (error?: Error | null) => void;

export function createSubmissionServer(
  services: Services & { submission: Submission; smtpTls: SmtpTls; config: MailConfig },
): SubmissionServer {
  const { config, submission, smtpTls, log, tracing } = services;
  const principals = new WeakMap<SMTPServerSession, Principal>();
  /** Sessions with a message under way. */
  const busy = new Set<string>();
  let server: SMTPServer | null = null;

  return { start, stop, port: () => portOf(server ?? undefined) };

  async function start(): Promise<void> {
    if (!config.submission.enabled) return;
    const certificate = await smtpTls.options();
    server = new SMTPServer({
      name: config.smtp.hostname,
      banner: 'Patchbay submission',
      ...certificate,
      size: config.smtp.maxMessageBytes,
      maxClients: config.smtp.maxConnections,
      maxRecipients: config.smtp.maxRecipients,
      authMethods: ['PLAIN', 'LOGIN'],
      ...NOT_OFFERED,
      disableReverseLookup: true,
      socketTimeout: config.smtp.idleSeconds * 1000,
      logger: false,
      onAuth: ({ username, password }, session, reply) => {
        submission.signIn(username ?? '', password ?? '', session.remoteAddress).then(
          (principal) => {
            principals.set(session, principal);
            reply(null, { user: principal.id });
          },
          (error) => reply(refusalOf(error)),
        );
      },
      onMailFrom: (sender, _session, reply) => reply(refusalOfParameters(sender, [...MAIL_PARAMETERS, 'AUTH'])),
      onRcptTo: (recipient, _session, reply) => reply(refusalOfParameters(recipient, [])),
      onData: (stream, session, reply) => void take(stream, session, reply),
    });
    server.on('error', (error) => log.debug({ err: error }, 'Submission connection failed'));
    server.server.once('close', smtpTls.follow(server));
    await listen(server, config.submission.port, config.submission.host);
  }

  async function take(stream: SMTPServerDataStream, session: SMTPServerSession, reply: Reply): Promise<void> {
    busy.add(session.id);
    try {
      const principal = principals.get(session);
      if (!principal) throw new SmtpRefusal(530, '5.7.0 Sign in first');
      const { mailFrom, rcptTo } = session.envelope;
      const from = mailFrom ? mailFrom.address : '';
      const to = rcptTo.map(({ address }) => address);
      const way = wayOf(session);
      const submit = async (): Promise<void> =>
        void (await submission.submit(principal, { from, to, way, stream: withinSize(stream) }));
      const incoming = { recipients: to, way, bytes: () => stream.byteLength };
      await (tracing.isOn ? tracedMessage(tracing, 'smtp submit', incoming, submit) : submit());
      reply(null);
    } catch (error) {
      // What is refused is read to its end, and not kept.
      await drained(stream);
      const refusal = refusalOfMessage(error);
      const { user } = session;
      if (refusal) log.info({ user, from: session.envelope.mailFrom, reason: refusal.message }, 'Submission refused');
      else log.error({ user, err: error }, 'A submitted message could not be stored');
      reply(refusal ?? new SmtpRefusal(451, '4.3.0 Temporary fault; try again later'));
    } finally {
      busy.delete(session.id);
    }
  }

  async function stop(): Promise<void> {
    const closing = server;
    server = null;
    if (closing) await closeServers([closing], (id) => busy.has(id));
  }
}

async function* withinSize(stream: SMTPServerDataStream): AsyncGenerator<Buffer> {
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    if (stream.sizeExceeded) throw new SmtpRefusal(552, '5.3.4 The message is too large');
    yield chunk;
  }
}

function drained(stream: SMTPServerDataStream): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('close', resolve);
    stream.once('end', resolve);
    stream.resume();
  });
}

/** Null for a fault of ours. */
function refusalOfMessage(error: unknown): SmtpRefusal | null {
  if (error instanceof SmtpRefusal) return error;
  if (LOST.has(codeOf(error))) return new SmtpRefusal(451, '4.4.2 The connection was lost');
  if (isAppError(error) && error.status === 503) return new SmtpRefusal(451, `4.3.0 ${sentenceOf(error)}`);
  return isAppError(error) && error.status < 500 ? new SmtpRefusal(550, `5.7.0 ${sentenceOf(error)}`) : null;
}

/** With the codes of RFC 4954 §6. */
function refusalOf(error: unknown): SmtpRefusal {
  const status = isAppError(error) ? error.status : 0;
  if (status === 429) return new SmtpRefusal(454, `4.7.0 ${sentenceOf(error)}`);
  return new SmtpRefusal(535, `${status === 403 ? '5.7.0' : '5.7.8'} ${sentenceOf(error)}`);
}

function sentenceOf(error: unknown): string {
  return isAppError(error) ? messageOf(error).replace(/[\r\n]+/g, ' ') : 'Sign-in failed';
}
