/** HTTP to the outside: time-outs, size limits, redirects, retries, and the guard against private addresses. */
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import type { Logger } from '../observability/log.ts';
import { NO_TRACING, type Tracing } from '../observability/tracing.ts';
import { BlockedAddress, createGuard } from './guard.ts';
import { asOutboundError, OutboundError } from './outbound-error.ts';
import { type StreamLimits, watchStream } from './streaming.ts';

export { OutboundError } from './outbound-error.ts';

export interface OutboundOptions {
  method?: string;
  headers?: Record<string, string>;
  /** A stream is sent once: without redirects and further tries. Its `content-length` stands in the headers. */
  body?: string | Buffer | Readable;
  /** For the whole request with its redirects, without retries; default 10 000. */
  timeoutMs?: number;
  /** Largest answer; default 10 MiB. */
  maxBytes?: number;
  /** Redirects that are followed; default 5, 0 gives the redirect itself. */
  redirects?: number;
  /** Further tries on network errors, 429, 502, 503, 504; only for idempotent methods; default 0. */
  retries?: number;
  /** Retries POST and PATCH too: for requests that carry an idempotency key. */
  retryUnsafe?: boolean;
  signal?: AbortSignal;
  /**
   * An address that the configuration itself names, for a call of just that: its origin may be reached wherever it is, also
   * where nobody else's calls lead. Never one that somebody else has given.
   */
  trusted?: string;
}

export interface OutboundAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Where the answer came from, after redirects. */
  url: string;
  text(): string;
  /** Throws a SyntaxError when it is not JSON. */
  json(): unknown;
}

export interface Outbound {
  /** Throws an OutboundError; an error status is an answer, not an error. */
  request(url: string | URL, options?: OutboundOptions): Promise<OutboundAnswer>;
  /**
   * A `fetch` for libraries that bring none of these walls: the same guard, no redirects, and the limits given. What breaks
   * one rejects, or errors the body, with an OutboundError; so does a body that ends before all of it has come. `trusted` as in
   * the options of `request`.
   */
  fetch(limits: StreamLimits, trusted?: string): typeof globalThis.fetch;
  /**
   * Throws an OutboundError when nobody may be called there, as far as can be said without calling: a name that leads
   * nowhere today may lead somewhere tomorrow. Each request is checked all the same.
   */
  check(url: string): Promise<void>;
  /** After its configuration has changed: connections that are open are not asked again. */
  renew(): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024;
const DEFAULT_REDIRECTS = 5;
/** Who asks whether a name may be called waits no longer. */
const MOST_LOOKUP_MS = 3_000;
const RETRY_STATUSES = new Set([429, 502, 503, 504]);
/** Statuses whose answers have no body (Fetch, "null body status"). */
const BODILESS = new Set([204, 205, 304]);
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 30_000;
/** What goes along to another origin; everything else may be a credential, under whatever name. */
const HARMLESS = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'user-agent',
  'range',
  'content-type',
  'content-length',
  'content-encoding',
  'content-language',
]);

export function createOutbound({
  config,
  clock,
  tracing = NO_TRACING,
}: {
  config: { allow: readonly string[] };
  log: Logger;
  clock: Clock;
  tracing?: Tracing;
}): Outbound {
  let guard = createGuard(config.allow);
  const agents: { guarded: Agent | null; open: Agent | null } = { guarded: null, open: null };
  let undici: typeof import('undici') | null = null;

  return {
    request,
    fetch: (limits, trusted) => (input, init) => streamed(limits, trusted, input, init),
    check,
    async renew() {
      guard = createGuard(config.allow);
      const former = agents.guarded;
      agents.guarded = null;
      // What was allowed and is not any more must not live on in connections that are kept.
      await former?.close();
    },
    async close() {
      await agents.guarded?.destroy();
      await agents.open?.destroy();
    },
  };

  /** undici is loaded with the first request: many servers never make one. */
  async function send(
    url: URL,
    trusted: string | undefined,
    options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'>,
  ): Promise<Dispatcher.ResponseData> {
    undici ??= await import('undici');
    const { Agent, buildConnector, request: requestOf } = undici;
    const settings = { connections: 64, keepAliveTimeout: 10_000 };
    if (isOrigin(url, trusted)) {
      agents.open ??= new Agent(settings);
      return requestOf(url, { ...options, dispatcher: agents.open });
    }
    agents.guarded ??= new Agent({
      ...settings,
      connect: (wanted, done) => {
        const port = Number(wanted.port) || defaultPort(wanted.protocol);
        buildConnector({ lookup: guard.lookupFor(port) })(wanted, done);
      },
    });
    return requestOf(url, { ...options, dispatcher: agents.guarded });
  }

  async function request(url: string | URL, options: OutboundOptions = {}): Promise<OutboundAnswer> {
    const method = (options.method ?? 'GET').toUpperCase();
    const mayRetry = IDEMPOTENT.has(method) || options.retryUnsafe === true;
    const retries = mayRetry && !(options.body instanceof Readable) ? (options.retries ?? 0) : 0;
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await follow(checkedUrl(url, options.trusted), method, options);
        if (attempt >= retries || !RETRY_STATUSES.has(answer.status)) return answer;
        await clock.sleep(retryDelay(attempt, answer.headers['retry-after']), options.signal);
      } catch (error) {
        const failure = asOutboundError(error);
        if (attempt >= retries || (failure.code !== 'network' && failure.code !== 'timeout')) throw failure;
        await clock.sleep(retryDelay(attempt), options.signal);
      }
    }
  }

  async function follow(start: URL, startMethod: string, options: OutboundOptions): Promise<OutboundAnswer> {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([timeout, options.signal]) : timeout;
    const redirects = options.body instanceof Readable ? 0 : (options.redirects ?? DEFAULT_REDIRECTS);
    let url = start;
    let method = startMethod;
    let headers = inTrace(lowerCased(options.headers ?? {}));
    let body = options.body;
    for (let count = 0; ; count++) {
      const response = await send(url, options.trusted, {
        method: method as Dispatcher.HttpMethod,
        headers,
        body,
        signal,
        // The signal ends it in time; a body may take longer to send than undici waits for an answer.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const location = response.headers.location;
      if (redirects === 0 || response.statusCode < 300 || response.statusCode > 399 || typeof location !== 'string') {
        return answerOf(response, url, options.maxBytes ?? DEFAULT_MAX_BYTES);
      }
      await response.body.dump();
      if (count >= redirects)
        throw new OutboundError('too_many_redirects', `${start.origin} redirects more than ${redirects} times`);
      const next = checkedUrl(new URL(location, url), options.trusted);
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      // RFC 9110 §15.4: 303 always becomes GET; 301 and 302 do for POST.
      if (response.statusCode === 303 || (response.statusCode <= 302 && method === 'POST')) {
        method = method === 'HEAD' ? 'HEAD' : 'GET';
        body = undefined;
        headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
      }
      url = next;
    }
  }

  /** Who is called goes on with the trace of who calls, unless that says otherwise. */
  function inTrace(headers: Record<string, string>): Record<string, string> {
    const traceparent = tracing.isOn ? tracing.traceparent() : null;
    return traceparent === null ? headers : { traceparent, ...headers };
  }

  async function streamed(
    limits: StreamLimits,
    trusted: string | undefined,
    input: string | URL | Request,
    init: RequestInit = {},
  ): Promise<Response> {
    if (input instanceof Request) throw new TypeError('Call it with an address and its options');
    const url = checkedUrl(input, trusted);
    const { body } = init;
    if (body !== undefined && body !== null && typeof body !== 'string' && !(body instanceof Uint8Array))
      throw new TypeError('The body is a text or bytes');
    const watch = watchStream(clock, limits, init.signal);
    let response: Dispatcher.ResponseData | null = null;
    try {
      response = await send(url, trusted, {
        method: (init.method ?? 'GET').toUpperCase() as Dispatcher.HttpMethod,
        headers: inTrace(Object.fromEntries(new Headers(init.headers))),
        body: body ?? null,
        signal: watch.signal,
        // The limits above are the clock's, so that tests can move them.
        headersTimeout: 0,
        bodyTimeout: 0,
      });
      const headers = new Headers();
      for (const [name, value] of Object.entries(response.headers))
        for (const one of [value ?? ''].flat()) headers.append(name, one);
      const hasBody = !BODILESS.has(response.statusCode);
      if (!hasBody) await response.body.dump();
      if (!hasBody) watch.end();
      return new Response(hasBody ? watch.body(response.body, url.origin) : null, {
        status: response.statusCode,
        headers,
      });
    } catch (error) {
      watch.end();
      // What cannot be given to anybody, as with the status 999, is not to be read either.
      response?.body.on('error', () => {}).destroy();
      if (init.signal?.aborted) throw init.signal.reason;
      throw asOutboundError(watch.signal.aborted ? watch.signal.reason : error);
    }
  }

  async function check(text: string): Promise<void> {
    const url = checkedUrl(text);
    const { hostname } = url;
    const { promise, resolve } = Promise.withResolvers<Error | null>();
    const cancel = clock.after(MOST_LOOKUP_MS, () => resolve(null));
    // A bracketed address is no name, and was checked.
    if (hostname.startsWith('[') || isIP(hostname)) resolve(null);
    else guard.lookupFor(portOf(url))(hostname, { all: true }, (error) => resolve(error));
    const refused = await promise.finally(cancel);
    if (refused instanceof BlockedAddress) throw asOutboundError(refused);
  }

  /** An address written into the URL is never looked up, so it is checked here. */
  function checkedUrl(text: string | URL, trusted?: string): URL {
    if (!URL.canParse(String(text))) throw new OutboundError('bad_url', `Not a URL: ${String(text)}`);
    const url = new URL(String(text));
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new OutboundError('bad_url', `Only http and https can be called, not ${url.protocol}`);
    }
    if (url.username || url.password)
      throw new OutboundError('bad_url', 'A URL must not carry a user name or password');
    if (isOrigin(url, trusted)) return url;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) && !guard.allowsAddress(host, portOf(url)) && !guard.allowsHost(host, portOf(url))) {
      throw new OutboundError('blocked_address', `${host} may not be reached; see http.outbound.allow`);
    }
    return url;
  }
}

function isOrigin(url: URL, trusted: string | undefined): boolean {
  return trusted !== undefined && URL.canParse(trusted) && new URL(trusted).origin === url.origin;
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || defaultPort(protocol);
}

function defaultPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80;
}

async function answerOf(response: Dispatcher.ResponseData, url: URL, maxBytes: number): Promise<OutboundAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of Readable.from(response.body)) {
    size += chunk.length;
    if (size > maxBytes) {
      response.body.destroy();
      throw new OutboundError('too_large', `${url.origin} answers with more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks, size);
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value ?? '')]),
  );
  return {
    status: response.statusCode,
    headers,
    body,
    url: url.href,
    text: () => body.toString('utf8'),
    json: () => JSON.parse(body.toString('utf8')),
  };
}

/** Doubles with each try, with jitter; `Retry-After` in seconds is believed up to half a minute. */
function retryDelay(attempt: number, retryAfter?: string): number {
  const asked = Number(retryAfter) * 1000;
  if (asked > 0) return Math.min(asked, LONGEST_RETRY_MS);
  return Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS) * (0.5 + Math.random() / 2);
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => HARMLESS.has(name)));
}
