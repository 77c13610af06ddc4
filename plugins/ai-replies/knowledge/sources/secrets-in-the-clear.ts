/** Whether a password would go over the network for everybody to read: without TLS, and not within a network of one's own. */
import { BlockList, isIP } from 'node:net';

/** Of one machine or network (RFC 1918, 4193, 3927, 4291). */
const OWN = new BlockList();
for (const [network, bits] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  OWN.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  OWN.addSubnet(network, bits, 'ipv6');
/** Names that mean nothing outside (RFC 6761, 6762, 8375, and one for private use). */
const OWN_NAME = /(?:^|\.)(?:localhost|local|home\.arpa|internal)$/;

export function isInTheClear(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:') return false;
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  return family === 0 ? host.includes('.') && !OWN_NAME.test(host) : !OWN.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
