/** Runs the plugins' authenticators: each turns a request into a principal, or passes. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Principal } from '../access/principal.ts';
import { isUnavailable } from '../database/database-errors.ts';
import { coreErrors, isAppError } from '../errors.ts';
import { createPatience, LateError } from '../in-time.ts';
import type { Logger } from '../observability/log.ts';

/** The parts of a request that carry credentials. */
export interface Credentials {
  method: string;
  path: string;
  ip: string;
  userAgent: string;
  /** Value of a header (lower-case name), '' when absent. */
  header(name: string): string;
  /** Value of a query parameter, '' when absent. */
  query(name: string): string;
  /** Value of a cookie, '' when absent. */
  cookie(name: string): string;
  /** Every value of a cookie: of two, a sibling domain may have set one. */
  cookies(name: string): readonly string[];
  /** `Authorization: Bearer …`, '' when absent. */
  bearer: string;
  /**
   * What cookies are asked about. `read`: changes nothing. `write`: changes something. `socket`: an upgrade, in which a page
   * can send no header of its own.
   */
  intent: 'read' | 'write' | 'socket';
  /** Asked once more, for what is still open: no use of the credentials. */
  isRecheck: boolean;
  /** Has the answer set a cookie; absent where there is none that could. */
  setCookie?(value: string): void;
}

/** What a caller of `credentialsOf` knows beyond the request. */
export type Circumstances = Pick<Credentials, 'intent' | 'isRecheck' | 'setCookie'> & { ip: string };

/** An authenticator that has been given the services of its plugin. */
export interface BoundAuthenticator {
  /** Whose it is. */
  plugin: string;
  /** The name of the cookie that it reads; null for none. */
  cookieName?(): string | null;
  isLast?: boolean;
  authenticate(credentials: Credentials): Principal | null | Promise<Principal | null>;
  /** Null when there is nothing to wait for. */
  refused?(credentials: Credentials): Promise<void> | null;
}

export interface Authentication {
  /** The principal of a request, null for none. Throws 401 for credentials that nobody accepts. */
  principalOf(credentials: Credentials): Promise<Principal | null>;
  /** The same at once where nobody has to be waited for, as with a key that is remembered. */
  ask(credentials: Credentials): Principal | null | Promise<Principal | null>;
  /** Adds one after those that are there. */
  add(authenticator: BoundAuthenticator): void;
  /** Tells of requests of somebody known until `arrived` answers that it has what it waited for. */
  onArrival(arrived: (ip: string, headers: IncomingHttpHeaders) => boolean): void;
  /** A request of somebody known is here. */
  hasArrived(ip: string, headers: IncomingHttpHeaders): void;
}

/** It asks the database at most; one that takes longer is not asked again for a while, since every request would wait. */
const PATIENCE_MS = 10_000;
const SILENT_MS = 60_000;
const MOST_TOLD = 100;

export interface AuthenticationOptions {
  log: Logger;
  /** Default: ten seconds. */
  patienceMs?: number;
}

/** Nobody could judge the credentials, because the one who might know them has failed. */
interface Failure {
  authenticator: BoundAuthenticator;
  error: unknown;
}

export function createAuthentication({ log, patienceMs = PATIENCE_MS }: AuthenticationOptions): Authentication {
  const patient = createPatience(patienceMs);
  let authenticators: BoundAuthenticator[] = [];
  const silentUntil = new Map<BoundAuthenticator, number>();
  /** Those that have failed: said once for each sentence. */
  const told = new Set<string>();
  let awaited: Parameters<Authentication['onArrival']>[0] | null = null;

  return {
    add(authenticator) {
      authenticators = [...authenticators, authenticator];
      authenticators.sort((one, other) => Number(one.isLast ?? false) - Number(other.isLast ?? false));
    },
    principalOf: async (credentials) => ask(credentials),
    ask,
    onArrival(arrived) {
      awaited = arrived;
    },
    hasArrived(ip, headers) {
      if (awaited?.(ip, headers)) awaited = null;
    },
  };

  function ask(credentials: Credentials): Principal | null | Promise<Principal | null> {
    for (const [place, authenticator] of authenticators.entries()) {
      let answer: ReturnType<typeof askOne>;
      try {
        answer = askOne(authenticator, credentials);
        if (!(answer instanceof Promise) && isPrincipal(answer)) return answer;
      } catch (error) {
        answer = Promise.reject(error);
      }
      // Most see at once that the credentials are not of their kind: nobody waits for those.
      if (answer instanceof Promise) return waitFor(answer, place, credentials);
    }
    return refused(credentials, []);
  }

  /** For the one at this place, and if need be for those after it. */
  async function waitFor(
    first: Promise<Principal | null>,
    place: number,
    credentials: Credentials,
  ): Promise<Principal | null> {
    const failures: Failure[] = [];
    let answer: ReturnType<typeof askOne> | undefined = first;
    for (const authenticator of authenticators.slice(place)) {
      try {
        answer ??= askOne(authenticator, credentials);
        const found = answer instanceof Promise ? await patient(answer) : answer;
        if (isPrincipal(found)) return found;
      } catch (error) {
        failedWith(authenticator, error);
        failures.push({ authenticator, error });
      }
      answer = undefined;
    }
    return refused(credentials, failures);
  }

  /** At once when nobody has to be told of it, as of a request that brings nothing. */
  function refused(credentials: Credentials, failures: readonly Failure[]): null | Promise<null> {
    for (const [place, authenticator] of authenticators.entries()) {
      const told = observe(authenticator, credentials);
      if (told) return refusedAfter(told, authenticators.slice(place), credentials, failures);
    }
    const error = refusalOf(credentials, failures);
    return error ? Promise.reject(error) : null;
  }

  /** Waits for these, one after another; the first has been told already. */
  async function refusedAfter(
    first: Promise<void>,
    those: readonly BoundAuthenticator[],
    credentials: Credentials,
    failures: readonly Failure[],
  ): Promise<null> {
    let told: Promise<void> | null = first;
    for (const authenticator of those) {
      told ??= observe(authenticator, credentials);
      await told?.catch((error) => failedWith(authenticator, error));
      told = null;
    }
    const error = refusalOf(credentials, failures);
    if (error) throw error;
    return null;
  }

  /** Throws what the authenticator throws. */
  function askOne(authenticator: BoundAuthenticator, credentials: Credentials) {
    const until = silentUntil.get(authenticator);
    if (until !== undefined && performance.now() < until) throw new Error('It has not answered lately');
    return authenticator.authenticate(credentials);
  }

  /**
   * Notes that an authenticator has failed, which costs only those whom nobody else knows. Throws what refuses the
   * credentials, and what says that the database is away.
   */
  function failedWith(authenticator: BoundAuthenticator, error: unknown): void {
    if (isAppError(error) || isUnavailable(error)) throw error;
    const { plugin } = authenticator;
    if (error instanceof LateError) silentUntil.set(authenticator, performance.now() + SILENT_MS);
    const sentence = `${plugin}: ${error}`;
    if (!told.has(sentence) && told.size < MOST_TOLD) log.error({ err: error, plugin }, 'An authenticator has failed');
    told.add(sentence);
  }
}

/** False for nobody. Throws for what is neither. */
function isPrincipal(found: Principal | null): found is Principal {
  if (found === null || found === undefined) return false;
  if (typeof found === 'object' && typeof found.kind === 'string' && Array.isArray(found.roles)) return true;
  throw new Error('An authenticator gives a principal or null');
}

/** What it throws is what its promise rejects with. */
function observe(authenticator: BoundAuthenticator, credentials: Credentials): Promise<void> | null {
  try {
    return authenticator.refused?.(credentials) ?? null;
  } catch (error) {
    return Promise.reject(error);
  }
}

/** What refuses credentials that nobody knows; null where there are none. */
function refusalOf(credentials: Credentials, failures: readonly Failure[]): Error | null {
  const hasToken = Boolean(credentials.bearer || credentials.header('x-api-key'));
  const unjudged = failures.find((one) => hasToken || hasCookieOf(one, credentials));
  // No 401: who is told that would throw a good token away.
  if (unjudged) return coreErrors.internal_error({ cause: unjudged.error });
  return hasToken ? unknown() : null;
}

function hasCookieOf({ authenticator }: Failure, credentials: Credentials): boolean {
  const name = authenticator.cookieName?.() ?? null;
  return name !== null && credentials.cookie(name) !== '';
}

function unknown(): Error {
  return coreErrors.unauthenticated({
    message: 'The token or API key is not valid',
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}

/** Reads the credentials from a request; `ip` has been decided by the caller (proxies). */
export function credentialsOf(
  request: IncomingMessage,
  path: string,
  search: string,
  circumstances: Circumstances,
): Credentials {
  let query: URLSearchParams | undefined;
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : (value?.[0] ?? '');
  };
  return {
    ...circumstances,
    method: request.method ?? 'GET',
    path,
    userAgent: header('user-agent'),
    header,
    query(name) {
      // A name may be written with escapes; most queries have none, and are not read for a name that is not in them.
      if (!search.includes(name) && !search.includes('%')) return '';
      query ??= new URLSearchParams(search);
      return query.get(name) ?? '';
    },
    cookie: (name) => cookiesOf(header('cookie'), name)[0] ?? '',
    cookies: (name) => cookiesOf(header('cookie'), name),
    bearer: bearerOf(header('authorization')),
  };
}

function bearerOf(authorization: string): string {
  return /^bearer +/i.test(authorization) ? authorization.slice(7).trim() : '';
}

/** The values of one name in a `Cookie` header (RFC 6265 §4.2.1). */
function cookiesOf(header: string, name: string): string[] {
  const values: string[] = [];
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) values.push(part.slice(equals + 1).trim());
  }
  return values;
}
