/** Which addresses outgoing HTTP may reach: public ones, and what the operator allows. */
import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface Guard {
  /** True when the operator allows this host by name, on this port. */
  allowsHost(host: string, port: number): boolean;
  allowsAddress(address: string, port: number): boolean;
  /** For connections to a port: resolves the name and refuses addresses that are not allowed, so rebinding gains nothing. */
  lookupFor(port: number): LookupFunction;
}

interface Entry {
  /** Null: all of them. */
  port: number | null;
  name?: string;
  range?: [ipaddr.IPv4 | ipaddr.IPv6, number];
}

/** The connection was refused by the guard. */
export class BlockedAddress extends Error {
  override name = 'BlockedAddress';
  readonly code = 'blocked_address';
}

/**
 * `allow`: addresses (`127.0.0.1`), CIDRs (`10.0.0.0/8`), names (`localhost`, `*.internal.example`); each for all ports, or for
 * one (`127.0.0.1:11434`, `[::1]:8080`, `10.0.0.0/8:443`).
 */
export function createGuard(allow: readonly string[], resolve: typeof dns.lookup = dns.lookup): Guard {
  const entries = allow.map(entryOf);
  const among = (port: number) => entries.filter((entry) => entry.port === null || entry.port === port);

  const guard: Guard = {
    allowsHost: (host, port) => among(port).some(({ name }) => name !== undefined && matches(name, host.toLowerCase())),
    allowsAddress(address, port) {
      if (!ipaddr.isValid(address)) return false;
      const parsed = ipaddr.process(address);
      if (parsed.range() === 'unicast' && !isSpecial(parsed)) return true;
      return among(port).some(({ range }) => range?.[0].kind() === parsed.kind() && parsed.match(...range));
    },
    lookupFor: (port) => (hostname, options, done) => {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return done(error, '', 0);
        const isNamed = guard.allowsHost(hostname, port);
        const allowed = addresses.filter(({ address }) => isNamed || guard.allowsAddress(address, port));
        const first = allowed[0];
        if (!first)
          return done(
            new BlockedAddress(`${hostname} leads to an address that may not be reached; see http.outbound.allow`),
            '',
            0,
          );
        if (options.all) done(null, allowed);
        else done(null, first.address, first.family);
      });
    },
  };
  return guard;
}

/** Why these cannot be addresses that may be called; null when they can: an entry that never fits opens nothing, and says so to nobody. */
export function allowProblem(allow: readonly string[]): string | null {
  const wrong = allow.filter((text) => {
    const { name } = entryOf(text);
    return name !== undefined && !NAME.test(name);
  });
  return wrong.length === 0
    ? null
    : `http.outbound.allow: ${wrong.join(', ')}: neither an address, a CIDR nor a host name`;
}

/** Of a host, or of all below it. */
const NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/;

/** What lists of reserved ranges leave out: a cloud's own service, and IPv6 that stands for IPv4 or was given to nobody. */
const SPECIAL = ['168.63.129.16/32', '::/96', '200::/7'].map((range) => ipaddr.parseCIDR(range));

function isSpecial(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return SPECIAL.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}

/** The port of an address of IPv6 stands behind its brackets. */
function entryOf(text: string): Entry {
  const [, host = text, digits] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text) ?? [];
  const port = digits === undefined ? null : Number(digits);
  const bare = host.replace(/^\[|\]$/g, '');
  if (ipaddr.isValidCIDR(bare)) return { port, range: ipaddr.parseCIDR(bare) };
  if (ipaddr.isValid(bare)) return { port, range: single(bare) };
  return { port, name: bare.toLowerCase() };
}

function single(address: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const parsed = ipaddr.process(address);
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
}

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}
