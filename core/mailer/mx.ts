/** Delivery straight to the recipients' own servers, found by MX records (RFC 5321 §5.1). */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Connection } from 'mx-connect';
import { codeOf, messageOf } from '../errors.ts';
import { lazily } from '../loading/lazily.ts';
import type { MailerConfig } from './config.ts';
import { DeliveryError } from './delivery-error.ts';
import { systemRecords } from './mx-records.ts';
import type { Delivery, ReadyMail, Transport } from './outgoing.ts';
import { ANSWER_MS, bodyOf, GREETING_MS, replyOf, smtpFailure } from './transports.ts';

const nodemailer = lazily<typeof import('nodemailer')>('nodemailer', import.meta.url);

const DEFAULTS = { hostname: 'localhost', port: 25, connectSeconds: 30, routes: {} as Record<string, string> };
/** Of one try: a domain with many servers gets no more of our time than others. */
const MAX_SESSIONS = 10;
/** Stands for: each server of the domain that answers was tried. */
const NO_OTHER = new Error('No other server');

export function mxTransport(config: MailerConfig['mx'], resolveRecords = systemRecords): Transport {
  const { hostname, port, connectSeconds, routes } = { ...DEFAULTS, ...config };
  const routeOf = new Map(
    Object.entries(routes).map(([domain, route]) => [
      asciiDomain(domain),
      route.split(',').map((one) => placeOf(one.trim())),
    ]),
  );

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
        transport.sendMail({ envelope: { from: envelope.from, to: recipient, ...bodyOf(raw) }, raw, signal }),
      );
      return { id: sent.response, isFinal: true };
    },
    close() {},
  };

  /** Each server in order of preference until one answers for the recipient (RFC 5321 §5.1). */
  async function withServer<R>(
    recipient: string,
    signal: AbortSignal,
    work: (transport: ReturnType<ReturnType<typeof nodemailer>['createTransport']>) => Promise<R>,
  ): Promise<R> {
    const domain = recipient.slice(recipient.lastIndexOf('@') + 1);
    const places: (Place | undefined)[] = [...(routeOf.get(asciiDomain(domain)) ?? [undefined])];
    const failures: DeliveryError[] = [];
    const inClear = new Set<string>();
    let tried: string[] = [];
    for (let sessions = 0; sessions < MAX_SESSIONS && places.length > 0; sessions++) {
      const server = await connected(domain, places[0], tried, signal).catch((error: DeliveryError) => {
        if (error.cause !== NO_OTHER) failures.push(error);
        return null;
      });
      if (signal.aborted) server?.socket.destroy();
      if (signal.aborted) break;
      if (!server) {
        places.shift();
        tried = [];
        continue;
      }
      const session = { stage: 'greeting' as Stage };
      try {
        return await talk(server, inClear.has(server.host), session, work);
      } catch (error) {
        const failure = failureAt(session.stage, error);
        // Encryption that fails is worse than none only where it is demanded: the same server again, without.
        if (session.stage === 'tls' && !signal.aborted) {
          inClear.add(server.host);
          continue;
        }
        failures.push(failure);
        if (signal.aborted || isFinalFor(session.stage, failure)) throw failure;
        tried.push(server.host);
      }
    }
    throw together(failures);
  }

  async function talk<R>(
    server: Connection,
    isInClear: boolean,
    session: { stage: Stage },
    work: (transport: ReturnType<ReturnType<typeof nodemailer>['createTransport']>) => Promise<R>,
  ): Promise<R> {
    const transport = nodemailer().createTransport({
      connection: server.socket,
      host: server.hostname,
      name: hostname,
      // Encryption when it is offered (RFC 7435): most certificates of mail servers prove nothing.
      tls: { ...(!isIP(server.hostname) && { servername: server.hostname }), rejectUnauthorized: false },
      opportunisticTLS: true,
      ignoreTLS: isInClear,
      connectionTimeout: GREETING_MS,
      greetingTimeout: GREETING_MS,
      socketTimeout: ANSWER_MS,
      transactionLog: true,
      logger: stageLogger(session),
    });
    try {
      return await work(transport);
    } finally {
      transport.close();
      server.socket.destroy();
    }
  }

  async function connected(
    domain: string,
    place: Place | undefined,
    tried: readonly string[],
    signal: AbortSignal,
  ): Promise<Connection> {
    const { default: mxConnect } = await import('mx-connect');
    const connecting = mxConnect({
      // Capitals of other alphabets are other letters in ASCII.
      target: asciiDomain(domain),
      port: place?.port ?? port,
      localHostname: hostname,
      maxConnectTime: connectSeconds * 1000,
      ignoreMXHosts: [...tried],
      mxLastError: NO_OTHER,
      // A domain's records must not lead to this machine or its neighbours; a route of the operator may.
      dnsOptions: { blockLocalAddresses: !place, resolveRecords },
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

/** How far a session came: what a failure means depends on it. */
type Stage = 'greeting' | 'tls' | 'envelope' | 'content';

/** What a session says tells its stage; nothing of it is logged. */
function stageLogger(session: { stage: Stage }) {
  const ignore = (): void => {};
  const debug = ({ tnx }: { tnx?: string }, said: unknown): void => {
    const command = String(said).toUpperCase();
    // Commands are sent together (RFC 2920): the message follows when the server asks for it, not when DATA was said.
    if (tnx === 'server' && command.startsWith('354')) session.stage = 'content';
    if (tnx !== 'client') return;
    if (command === 'STARTTLS') session.stage = 'tls';
    else if (command.startsWith('MAIL FROM')) session.stage = 'envelope';
    else if (command.startsWith('EHLO') || command.startsWith('HELO')) session.stage = 'greeting';
  };
  return { level: ignore, trace: ignore, debug, info: ignore, warn: ignore, error: ignore, fatal: ignore };
}

/** A refused recipient is refused everywhere, and a message that may have been taken is not given to another server. */
function isFinalFor(stage: Stage, failure: DeliveryError): boolean {
  return stage === 'content' || (stage === 'envelope' && failure.isPermanent);
}

/**
 * A server that greets with 5xx takes no mail at all (RFC 5321 §3.1), and only who does not come as far as a mail is away: one
 * that hangs up on a mail takes others.
 */
function failureAt(stage: Stage, error: unknown): DeliveryError {
  const { message, isPermanent, isUnreachable } = smtpFailure(error);
  const code = replyOf(error);
  const isRefused = code >= 500 && code < 600;
  const isOfMail = stage === 'envelope' || stage === 'content';
  return new DeliveryError(
    message,
    { isPermanent: isPermanent || isRefused, isUnreachable: isUnreachable && !isOfMail && !isRefused },
    error,
  );
}

/** One failure for all servers: hopeless, or a domain that is away, only when every one of them says so. */
function together(failures: readonly DeliveryError[]): DeliveryError {
  const told = failures.find(({ isPermanent }) => !isPermanent) ?? failures[0];
  return new DeliveryError(
    told?.message ?? 'No server took the message',
    {
      isPermanent: failures.length > 0 && failures.every(({ isPermanent }) => isPermanent),
      isUnreachable: failures.every(({ isUnreachable }) => isUnreachable),
    },
    told?.cause,
  );
}

interface Place {
  host: string;
  port?: number;
}

/** `host`, `host:port`, `[2001:db8::5]:port`, or an IPv6 address alone. */
function placeOf(route: string): Place {
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
  return ['ENOTFOUND', 'ENULLMX'].includes(codeOf(error));
}

function contentOf({ from, replyTo, subject, text, html, headers }: ReadyMail) {
  return { from, replyTo, subject, text, html, headers };
}
