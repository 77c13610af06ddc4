/**
 * What browsers may do with an answer. Strict for everything that says nothing: no framing, nothing loaded, nothing kept,
 * nothing read by other origins (OWASP's list for APIs). A route or a folder declares where it differs; errors never do.
 */
import type { ServerResponse } from 'node:http';
import { ConfigError } from '../errors.ts';

export interface HeaderPolicy {
  /** Who may show it in a frame. Default: nobody. Origins: `https://app.example.com`. */
  framing?: 'nobody' | 'same-origin' | readonly string[];
  /** Content-Security-Policy without `frame-ancestors`, which `framing` says. Default: `default-src 'none'`. */
  contentSecurityPolicy?: string;
  /** Cache-Control. Default: `no-store`. */
  caching?: 'no-store' | Caching;
  /** Whose pages may load it as a picture, script or the like (Cross-Origin-Resource-Policy). Default: this origin's. */
  embedding?: 'same-origin' | 'same-site' | 'cross-origin';
  /** Cross-Origin-Opener-Policy of a page. Default: `same-origin`. */
  opener?: 'same-origin' | 'same-origin-allow-popups' | 'unsafe-none';
  /** Referrer-Policy. Default: `no-referrer`. */
  referrer?: 'no-referrer' | 'same-origin' | 'strict-origin' | 'strict-origin-when-cross-origin';
}

export interface Caching {
  seconds: number;
  /** Shared caches may keep it too: only what everybody gets alike. */
  shared?: boolean;
  /** It never changes under this address. */
  immutable?: boolean;
}

export type HeaderList = readonly (readonly [name: string, value: string | null])[];

const NOTHING_LOADS = "default-src 'none'";
const ORIGIN = /^https?:\/\/(\*\.)?[a-z0-9.-]+(:\d+)?$/i;

/** The headers of a policy, the strict ones where it says nothing; null removes one. Throws ConfigError for what cannot be meant. */
export function headersOf(policy: HeaderPolicy, where: string): HeaderList {
  const { framing = 'nobody', contentSecurityPolicy = NOTHING_LOADS } = policy;
  if (/[\r\n]/.test(contentSecurityPolicy)) throw new ConfigError(`${where}: a policy is one line`);
  if (/frame-ancestors/i.test(contentSecurityPolicy))
    throw new ConfigError(`${where}: say in \`framing\` who may frame it, and not in \`contentSecurityPolicy\``);
  return [
    ['x-frame-options', frameOptionsOf(framing)],
    ['content-security-policy', `${contentSecurityPolicy}; frame-ancestors ${ancestorsOf(framing, where)}`],
    ['cache-control', cacheControlOf(policy.caching ?? 'no-store')],
    ['cross-origin-resource-policy', policy.embedding ?? 'same-origin'],
    ['cross-origin-opener-policy', policy.opener ?? 'same-origin'],
    ['referrer-policy', policy.referrer ?? 'no-referrer'],
  ];
}

export const STRICT: HeaderList = headersOf({}, 'default');

export function applyHeaders(response: ServerResponse, headers: HeaderList): void {
  // By its places: every answer has six of them.
  for (let place = 0; place < headers.length; place++) {
    const header = headers[place] as HeaderList[number];
    if (header[1] === null) response.removeHeader(header[0]);
    else response.setHeader(header[0], header[1]);
  }
}

/** Browsers that know `frame-ancestors` do not read it; it has no way to name others. */
function frameOptionsOf(framing: HeaderPolicy['framing']): string | null {
  if (framing === 'nobody') return 'DENY';
  return framing === 'same-origin' ? 'SAMEORIGIN' : null;
}

function ancestorsOf(framing: NonNullable<HeaderPolicy['framing']>, where: string): string {
  if (framing === 'nobody') return "'none'";
  if (framing === 'same-origin') return "'self'";
  const wrong = framing.find((origin) => !ORIGIN.test(origin));
  if (wrong !== undefined) throw new ConfigError(`${where}: '${wrong}' is no origin such as https://app.example.com`);
  return framing.length === 0 ? "'none'" : framing.join(' ');
}

function cacheControlOf(caching: NonNullable<HeaderPolicy['caching']>): string {
  if (caching === 'no-store') return caching;
  const { seconds, shared = false, immutable = false } = caching;
  return `${shared ? 'public' : 'private'}, max-age=${seconds}${immutable ? ', immutable' : ''}`;
}
