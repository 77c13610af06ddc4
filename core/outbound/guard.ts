/** Which addresses outgoing HTTP may reach: public ones, and what the operator allows. */
import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

export interface Guard {
  /** True when the operator allows this host by name. */
  allowsHost(host: string): boolean;
  allowsAddress(address: string): boolean;
  /** For a connection: resolves the name and refuses addresses that are not allowed, so rebinding gains nothing. */
  lookup: LookupFunction;
}

/** The connection was refused by the guard. */
export class BlockedAddress extends Error {
  override name = 'BlockedAddress';
  readonly code = 'blocked_address';
}

/** `allow`: addresses (`127.0.0.1`), CIDRs (`10.0.0.0/8`), names (`localhost`, `*.internal.example`). */
export function createGuard(allow: readonly string[], resolve: typeof dns.lookup = dns.lookup): Guard {
  const ranges: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  const names: string[] = [];
  for (const entry of allow) {
    if (ipaddr.isValidCIDR(entry)) ranges.push(ipaddr.parseCIDR(entry));
    else if (ipaddr.isValid(entry)) ranges.push(single(entry));
    else names.push(entry.toLowerCase());
  }

  const guard: Guard = {
    allowsHost: (host) => names.some((name) => matches(name, host.toLowerCase())),
    allowsAddress(address) {
      if (!ipaddr.isValid(address)) return false;
      const parsed = ipaddr.process(address);
      if (parsed.range() === 'unicast' && !isSpecial(parsed)) return true;
      return ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
    },
    lookup(hostname, options, done) {
      resolve(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return done(error, '', 0);
        const isNamed = guard.allowsHost(hostname);
        const allowed = addresses.filter(({ address }) => isNamed || guard.allowsAddress(address));
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

/** What lists of reserved ranges leave out: a cloud's own service, and IPv6 that stands for IPv4 or was given to nobody. */
const SPECIAL = ['168.63.129.16/32', '::/96', '200::/7'].map((range) => ipaddr.parseCIDR(range));

function isSpecial(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return SPECIAL.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
}

function single(address: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const parsed = ipaddr.process(address);
  return [parsed, parsed.kind() === 'ipv4' ? 32 : 128];
}

function matches(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}
