/** The SMTP receiver (RFC 5321): answers 250 only when the message is durable, and refuses early what it will not take. */
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { codeOf, isAppError } from '#core/errors.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { OwnAddress } from './addresses.ts';
import { certificateFor } from './certificate.ts';
import { receiveMessage, SmtpRefusal } from './receive-message.ts';

export interface SmtpReceiver {
  start(): Promise<void>;
  /** Finishes the messages under way, answers 421 to the others. */
  stop(): Promise<void>;
  /** The port it listens on; null when it does not. */
  port(): number | null;
}

/** Who tries this many unknown recipients in one session is guessing addresses. */
const MAX_REFUSED_RECIPIENTS = 20;
const STOP_GRACE_MS = 4_000;

type Reply = (error?: Error | null) => void;

interface SessionState {
  recipients: OwnAddress[];
  refused: number;
}

export function createSmtpReceiver(services: Services & { config: MailConfig }): SmtpReceiver {
  const { config, coreConfig, mailboxes, log, metrics } = services;
  const { smtp } = config;
  const states = new WeakMap<SMTPServerSession, SessionState>();
  const perAddress = new Map<string, number>();
  const counted = new WeakSet<SMTPServerSession>();
  const refusals = metrics.counter('patchbay_smtp_refused_total', 'Connections, recipients and messages refused', [
    'reason',
  ]);
  let server: SMTPServer | null = null;
  let underWay = 0;
  let isStopping = false;

  return { start, stop, port: () => (server ? ((server.server.address() as AddressInfo | null)?.port ?? null) : null) };

  async function start(): Promise<void> {
    if (!smtp.enabled) return;
    const { cert, key } = await certificateFor(smtp, coreConfig.dataDir);
    server = new SMTPServer({
      name: smtp.hostname,
      banner: 'Patchbay',
      cert,
      key,
      size: smtp.maxMessageBytes,
      maxClients: smtp.maxConnections,
      disabledCommands: ['AUTH'],
      disableReverseLookup: true,
      socketTimeout: smtp.idleSeconds * 1000,
      closeTimeout: STOP_GRACE_MS,
      logger: false,
      onConnect: (session, reply) => reply(connected(session)),
      onClose: (session) => closed(session),
      onMailFrom: (_address, session, reply) => {
        states.set(session, { recipients: [], refused: states.get(session)?.refused ?? 0 });
        reply(isStopping ? new SmtpRefusal(421, '4.3.2 The server is stopping; try again later') : null);
      },
      onRcptTo: recipient,
      onData: (stream, session, reply) => void message(stream, session, reply),
    });
    server.server.on('connection', joinReplies);
    server.on('error', (error) => log.debug({ err: error }, 'SMTP connection failed'));
    await listen(server, smtp.port, smtp.host);
  }

  function connected(session: SMTPServerSession): Error | null {
    const { remoteAddress } = session;
    const open = perAddress.get(remoteAddress) ?? 0;
    if (open >= smtp.maxConnectionsPerAddress)
      return refused('connections', 421, '4.7.0 Too many connections from your address');
    perAddress.set(remoteAddress, open + 1);
    counted.add(session);
    return null;
  }

  function closed(session: SMTPServerSession): void {
    if (!counted.delete(session)) return;
    const open = (perAddress.get(session.remoteAddress) ?? 1) - 1;
    if (open > 0) perAddress.set(session.remoteAddress, open);
    else perAddress.delete(session.remoteAddress);
  }

  /** Answers at once when it can: a reply of its own packet for each pipelined command would cost round trips. */
  function recipient({ address }: SMTPServerAddress, session: SMTPServerSession, reply: Reply): void {
    const state = states.get(session) ?? { recipients: [], refused: 0 };
    states.set(session, state);
    const verdict = judge(address, state);
    if (!(verdict instanceof Promise)) {
      reply(verdict);
      return;
    }
    verdict.then(reply, (error) => {
      log.error({ err: error }, 'A recipient could not be checked');
      reply(refused('fault', 451, '4.3.0 Temporary fault; try again later'));
    });
  }

  /** Null when mail for the address is taken, else why not. */
  function judge(address: string, state: SessionState): Error | null | Promise<Error | null> {
    if (state.refused >= MAX_REFUSED_RECIPIENTS) return refused('recipients', 421, '4.7.1 Too many unknown recipients');
    if (state.recipients.length >= smtp.maxRecipients) return refused('recipients', 452, '4.5.3 Too many recipients');
    const own = mailboxes.own(address);
    if (!own) {
      state.refused++;
      return refused('relay', 550, '5.7.1 This server does not take mail for that address');
    }
    const accepted = mailboxes.accepts(own);
    if (typeof accepted === 'boolean') return accepted ? add(state, own) : unknown(state);
    return accepted.then((isAccepted) => (isAccepted ? add(state, own) : unknown(state)));
  }

  /** The same mailbox twice in one envelope gets one copy. */
  function add(state: SessionState, own: OwnAddress): null {
    if (!state.recipients.some((one) => one.address === own.address)) state.recipients.push(own);
    return null;
  }

  function unknown(state: SessionState): Error {
    state.refused++;
    return refused('unknown', 550, '5.1.1 There is no such mailbox here');
  }

  async function message(stream: SMTPServerDataStream, session: SMTPServerSession, reply: Reply): Promise<void> {
    const tooSlow = setTimeout(() => closeConnection(session), smtp.dataSeconds * 1000);
    tooSlow.unref();
    underWay++;
    try {
      const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
      const recipients = states.get(session)?.recipients ?? [];
      const envelope = { from, to: recipients.map(({ address }) => address), remoteIp: session.remoteAddress };
      await receiveMessage(stream, { envelope, recipients, services });
      reply(null);
    } catch (error) {
      reply(answerTo(error));
    } finally {
      underWay--;
      clearTimeout(tooSlow);
    }
  }

  function answerTo(error: unknown): Error {
    if (error instanceof SmtpRefusal) {
      refusals.inc({ reason: error.reason });
      return error;
    }
    // A plugin's hook refused it; its sentence is meant for the sender.
    if (isAppError(error) && error.status < 500)
      return refused('hook', 550, `5.7.1 ${error.message.replace(/[\r\n]+/g, ' ')}`);
    const code = codeOf(error);
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL' || code === '53100') {
      log.error({ err: error }, 'The disk is full: mail is refused for now');
      return refused('disk', 452, '4.3.1 Insufficient storage; try again later');
    }
    log.error({ err: error }, 'A message could not be stored');
    return refused('fault', 451, '4.3.0 Temporary fault; try again later');
  }

  function refused(reason: string, code: number, text: string): SmtpRefusal {
    refusals.inc({ reason });
    return new SmtpRefusal(code, text, reason);
  }

  function closeConnection(session: SMTPServerSession): void {
    refusals.inc({ reason: 'slow' });
    for (const connection of server?.connections ?? []) {
      if (connection.session === session || connection.id === session.id) connection.close();
    }
  }

  async function stop(): Promise<void> {
    if (!server) return;
    isStopping = true;
    const deadline = Date.now() + STOP_GRACE_MS;
    while (underWay > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    const ending = server;
    await new Promise<void>((resolve) => ending.close(() => resolve()));
    server = null;
  }
}

/** Replies to pipelined commands leave together (RFC 2920 §3.2), which is one system call and one packet for all. */
function joinReplies(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isHeld = false;
  socket.write = (...args: unknown[]): boolean => {
    if (!isHeld) {
      isHeld = true;
      socket.cork();
      setImmediate(() => {
        isHeld = false;
        socket.uncork();
      });
    }
    return write(...args);
  };
}

function listen(server: SMTPServer, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => {
      server.server.off('error', reject);
      resolve();
    });
  });
}
