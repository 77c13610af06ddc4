/** The SMTP receiver (RFC 5321): answers 250 only when the message is durable, and refuses early what it will not take. */
import { SMTPServer, type SMTPServerAddress, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { addressGroup, isAppError, isOutOfSpace } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import type { OwnAddress } from '../contract.ts';
import type { Mailboxes } from '../mailboxes/mailboxes.ts';
import { placeOf } from '../mailboxes/return-paths.ts';
import type { MailAuthentication } from '../messages/authentication/mail-authentication.ts';
import type { MailTrace } from '../messages/trace-fields.ts';
import type { MailAcceptance } from './acceptance.ts';
import { MAX_SENDER } from './acceptance.ts';
import type { Greylist } from './greylist.ts';
import { type Receiving, receiveMessage, SmtpRefusal } from './receive-message.ts';
import type { ReceivingLimit } from './receiving-limit.ts';
import {
  closeServers,
  joinReplies,
  listen,
  MAIL_PARAMETERS,
  NOT_OFFERED,
  portOf,
  refusalOfParameters,
  wayOf,
} from './smtp-listener.ts';
import type { SmtpTls } from './smtp-tls.ts';
import { tracedMessage } from './traced.ts';

export interface SmtpReceiver {
  start(): Promise<void>;
  /** Finishes the messages under way, answers 421 to the others. */
  stop(): Promise<void>;
  /** The port it listens on; null when it does not. */
  port(): number | null;
  maxMessageBytes: number;
  /** The name in its greeting, and whether programs of this machine alone reach it. */
  listening: { hostname: string; isLocal: boolean };
  /** The port with TLS from the first byte; null when there is none. */
  tlsPort(): number | null;
}

/** Who tries this many unknown recipients in one session is guessing addresses. */
const MAX_REFUSED_RECIPIENTS = 20;

type Reply = (error?: Error | null) => void;

interface SessionState {
  recipients: OwnAddress[];
  refused: number;
}

export function createSmtpReceiver(
  services: Services & {
    greylist: Greylist;
    mailAcceptance: MailAcceptance;
    mailAuthentication: MailAuthentication;
    mailTrace: MailTrace;
    mailboxes: Mailboxes;
    receivingLimit: ReceivingLimit;
    smtpTls: SmtpTls;
    config: MailConfig;
  },
): SmtpReceiver {
  const { config, greylist, mailboxes, receivingLimit, smtpTls, log, metrics, tracing } = services;
  const { smtp } = config;
  const states = new WeakMap<SMTPServerSession, SessionState>();
  const perAddress = new Map<string, number>();
  const counted = new WeakSet<SMTPServerSession>();
  const refusals = metrics.counter('patchbay_smtp_refused_total', 'Connections, recipients and messages refused', [
    'reason',
  ]);
  const servers: SMTPServer[] = [];
  /** Sessions with a message under way. */
  const busy = new Set<string>();
  let isStopping = false;

  return {
    start,
    stop,
    maxMessageBytes: smtp.maxMessageBytes,
    listening: { hostname: smtp.hostname, isLocal: /^(127\.|::1$|localhost$)/.test(smtp.host) },
    port: () => portOf(servers[0]),
    tlsPort: () => portOf(servers[1]),
  };

  async function start(): Promise<void> {
    if (!smtp.enabled) return;
    await open(smtp.port, false);
    if (smtp.implicitTlsPort !== null) await open(smtp.implicitTlsPort, true);
  }

  async function open(port: number, secure: boolean): Promise<void> {
    const certificate = await smtpTls.options();
    const server = new SMTPServer({
      secure,
      useProxy: smtp.proxyProtocol,
      name: smtp.hostname,
      banner: 'Patchbay',
      ...certificate,
      size: smtp.maxMessageBytes,
      maxClients: smtp.maxConnections,
      disabledCommands: ['AUTH'],
      ...NOT_OFFERED,
      disableReverseLookup: true,
      socketTimeout: smtp.idleSeconds * 1000,
      logger: false,
      onConnect: (session, reply) => connected(session, reply),
      onClose: (session) => closed(session),
      onMailFrom: (sender, session, reply) => {
        states.set(session, { recipients: [], refused: states.get(session)?.refused ?? 0 });
        if (isStopping) reply(new SmtpRefusal(421, '4.3.2 The server is stopping; try again later'));
        else if (sender.address.length > MAX_SENDER)
          reply(refused('sender', 553, '5.1.7 The address of the sender is too long'));
        else reply(refusalOfParameters(sender, MAIL_PARAMETERS));
      },
      onRcptTo: recipient,
      onData: (stream, session, reply) => void message(stream, session, reply),
    });
    server.server.on('connection', joinReplies);
    server.on('error', (error) => log.debug({ err: error }, 'SMTP connection failed'));
    server.server.once('close', smtpTls.follow(server));
    await listen(server, port, smtp.host);
    servers.push(server);
  }

  function connected(session: SMTPServerSession, reply: Reply): void {
    const { remoteAddress } = session;
    const group = addressGroup(remoteAddress);
    const open = perAddress.get(group) ?? 0;
    if (open >= smtp.maxConnectionsPerAddress) {
      reply(refused('connections', 421, '4.7.0 Too many connections from your address'));
      return;
    }
    perAddress.set(group, open + 1);
    counted.add(session);
    if (!greylist.isOn) {
      reply(null);
      return;
    }
    greylist.listedIn(remoteAddress).then(
      (list) => reply(list ? refused('blocklist', 554, `5.7.1 Your address is listed in ${list}`) : null),
      () => reply(null),
    );
  }

  function closed(session: SMTPServerSession): void {
    if (!counted.delete(session)) return;
    const group = addressGroup(session.remoteAddress);
    const open = (perAddress.get(group) ?? 1) - 1;
    if (open > 0) perAddress.set(group, open);
    else perAddress.delete(group);
  }

  /** Answers at once when it can: a reply of its own packet for each pipelined command would cost round trips. */
  function recipient(given: SMTPServerAddress, session: SMTPServerSession, reply: Reply): void {
    const { address } = given;
    const state = states.get(session) ?? { recipients: [], refused: 0 };
    states.set(session, state);
    const verdict = refusalOfParameters(given, []) ?? judge(address, state, session);
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
  function judge(
    address: string,
    state: SessionState,
    session: SMTPServerSession,
  ): Error | null | Promise<Error | null> {
    if (state.refused >= MAX_REFUSED_RECIPIENTS) return refused('recipients', 421, '4.7.1 Too many unknown recipients');
    if (state.recipients.length >= smtp.maxRecipients) return refused('recipients', 452, '4.5.3 Too many recipients');
    const own = mailboxes.own(address);
    if (!own) {
      state.refused++;
      return refused('relay', 550, '5.7.1 This server does not take mail for that address');
    }
    const accepted = mailboxes.accepts(own);
    if (greylist.isOn) return afterGreylist(own, state, accepted, session);
    if (typeof accepted === 'boolean') return accepted ? addWithin(state, own) : unknown(state);
    return accepted.then((isAccepted) => (isAccepted ? addWithin(state, own) : unknown(state)));
  }

  async function afterGreylist(
    own: OwnAddress,
    state: SessionState,
    accepted: boolean | Promise<boolean>,
    { remoteAddress, envelope }: SMTPServerSession,
  ): Promise<Error | null> {
    if (!(await accepted)) return unknown(state);
    const from = envelope.mailFrom ? envelope.mailFrom.address : '';
    const mustWait = await greylist.mustWait(remoteAddress, from, own.address);
    return mustWait
      ? refused('greylist', 450, '4.7.1 Greylisted; please try again in a minute')
      : addWithin(state, own);
  }

  /** Senders try again for days, and the plan may have room again by then. */
  function addWithin(state: SessionState, own: OwnAddress): Error | null | Promise<Error | null> {
    const reached = receivingLimit.isReached(own);
    const answer = (isReached: boolean) =>
      isReached
        ? refused('plan', 452, '4.2.2 The mailbox gets no more mail this month; try again later')
        : add(state, own);
    return typeof reached === 'boolean' ? answer(reached) : reached.then(answer);
  }

  /** The same mailbox twice in one envelope gets one copy; return paths share a mailbox, and each is of another mail. */
  function add(state: SessionState, own: OwnAddress): null {
    if (!state.recipients.some((one) => placeOf(one) === placeOf(own))) state.recipients.push(own);
    return null;
  }

  function unknown(state: SessionState): Error {
    state.refused++;
    return refused('unknown', 550, '5.1.1 There is no such mailbox here');
  }

  async function message(stream: SMTPServerDataStream, session: SMTPServerSession, reply: Reply): Promise<void> {
    const tooSlow = setTimeout(() => closeConnection(session), smtp.dataSeconds * 1000);
    tooSlow.unref();
    busy.add(session.id);
    try {
      const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
      const recipients = states.get(session)?.recipients ?? [];
      const envelope = {
        from,
        to: recipients.map(({ address }) => address),
        remoteIp: session.remoteAddress,
        helo: session.hostNameAppearsAs || '',
      };
      const receiving = { envelope, recipients, way: wayOf(session), services };
      await (tracing.isOn ? traced(stream, receiving) : receiveMessage(stream, receiving));
      reply(null);
    } catch (error) {
      reply(answerTo(error));
    } finally {
      busy.delete(session.id);
      clearTimeout(tooSlow);
    }
  }

  function traced(stream: SMTPServerDataStream, receiving: Receiving): Promise<void> {
    const bytes = () => stream.byteLength;
    return tracedMessage(tracing, 'smtp receive', { ...receiving, bytes }, () => receiveMessage(stream, receiving));
  }

  function answerTo(error: unknown): Error {
    if (error instanceof SmtpRefusal) {
      refusals.inc({ reason: error.reason });
      return error;
    }
    // A plugin's hook refused it; its sentence is meant for the sender.
    if (isAppError(error) && error.status < 500)
      return refused('hook', 550, `5.7.1 ${error.message.replace(/[\r\n]+/g, ' ')}`);
    if (isOutOfSpace(error)) {
      log.error({ err: error }, 'The disk is full: mail is refused for now');
      return refused('disk', 452, '4.3.1 Insufficient storage; try again later');
    }
    if (isAppError(error) && error.status === 503) {
      log.warn({ err: error }, 'A message could not be stored for now');
      return refused('fault', 451, `4.3.0 ${error.message.replace(/[\r\n]+/g, ' ')}`);
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
    for (const server of servers) {
      for (const connection of server.connections) {
        if (connection.session === session || connection.id === session.id) connection.close();
      }
    }
  }

  async function stop(): Promise<void> {
    isStopping = true;
    await closeServers(servers.splice(0), (id) => busy.has(id));
  }
}
