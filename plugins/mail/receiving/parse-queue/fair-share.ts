/**
 * How much of a line each sending client may take. Mail of one client that is slow to read, however much of it there is,
 * leaves places free for mail of everybody else.
 */
import ipaddr from 'ipaddr.js';
import { addressGroup } from '#core/kit.ts';
import type { OthersThan } from './claims.ts';

/** Clients that have their share of a line, as a claim leaves them out; null when there are none. */
export function clientsAtTheirShare(addresses: Iterable<string>, share: number): OthersThan | null {
  const taken = new Map<string, number>();
  for (const address of addresses) taken.set(addressGroup(address), (taken.get(addressGroup(address)) ?? 0) + 1);
  const groups = [...taken.keys()].filter((group) => (taken.get(group) ?? 0) >= share);
  if (groups.length === 0) return null;
  return {
    addresses: groups.filter((group) => !group.endsWith('/64')),
    beginnings: groups.filter((group) => group.endsWith('/64')).flatMap(beginningsOf),
  };
}

/** How addresses of an IPv6 network of 64 bits begin when they are written: zeros of the network are left out or not. */
function beginningsOf(network: string): string[] {
  const { parts } = ipaddr.IPv6.parseCIDR(network)[0] as ipaddr.IPv6;
  const own = parts.slice(0, 4);
  const shortest = new ipaddr.IPv6([...own, 0xffff, 0xffff, 0xffff, 0xffff]).toString();
  const written = own.map((part) => part.toString(16)).join(':');
  return [...new Set([shortest.slice(0, -'ffff:ffff:ffff:ffff'.length), `${written}:`, `${trimZeros(own)}::`])];
}

/** `2001:db8:0:0` as it stands before the zeros of a host that begins with zeros as well. */
function trimZeros(parts: readonly number[]): string {
  const last = parts.findLastIndex((part) => part !== 0);
  return parts
    .slice(0, last + 1)
    .map((part) => part.toString(16))
    .join(':');
}
