/** Runs the plugins' authenticators: each turns a request into a principal, or passes. */
import type { IncomingMessage } from 'node:http';
import { coreErrors } from '../errors.ts';
import type { Principal } from './principal.ts';

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
  /** `Authorization: Bearer …`, '' when absent. */
  bearer: string;
}

/** An authenticator that has been given the services of its plugin. */
export interface BoundAuthenticator {
  authenticate(credentials: Credentials): Principal | null | Promise<Principal | null>;
  refused?(credentials: Credentials): Promise<void>;
}

export interface Authentication {
  /** The principal of a request, null for none. Throws 401 for credentials that nobody accepts. */
  principalOf(credentials: Credentials): Promise<Principal | null>;
  /** Adds one after those that are there. */
  add(authenticator: BoundAuthenticator): void;
}

export function createAuthentication(): Authentication {
  const authenticators: BoundAuthenticator[] = [];

  return {
    add: (authenticator) => void authenticators.push(authenticator),
    async principalOf(credentials) {
      for (const authenticator of authenticators) {
        const principal = await authenticator.authenticate(credentials);
        if (principal) return principal;
      }
      for (const authenticator of authenticators) await authenticator.refused?.(credentials);
      if (credentials.bearer || credentials.header('x-api-key')) {
        throw coreErrors.unauthenticated({
          message: 'The token or API key is not valid',
          headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
        });
      }
      return null;
    },
  };
}

/** Reads the credentials from a request; `ip` has been decided by the caller (proxies). */
export function credentialsOf(request: IncomingMessage, path: string, search: string, ip: string): Credentials {
  let query: URLSearchParams | undefined;
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : (value?.[0] ?? '');
  };
  return {
    method: request.method ?? 'GET',
    path,
    ip,
    userAgent: header('user-agent'),
    header,
    query(name) {
      if (search === '') return '';
      query ??= new URLSearchParams(search);
      return query.get(name) ?? '';
    },
    cookie: (name) => cookieOf(header('cookie'), name),
    bearer: bearerOf(header('authorization')),
  };
}

function bearerOf(authorization: string): string {
  return /^bearer +/i.test(authorization) ? authorization.slice(7).trim() : '';
}

/** One cookie of a `Cookie` header (RFC 6265 §4.2.1). */
function cookieOf(header: string, name: string): string {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return '';
}
