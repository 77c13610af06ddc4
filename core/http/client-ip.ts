/** The address of the caller: the socket's, or what a trusted proxy says of it. */
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** `false`: nobody is trusted. A list: addresses and CIDRs of proxies; their `X-Forwarded-For` is read from the right. */
export function createClientIp(trustProxy: false | readonly string[]): (request: IncomingMessage) => string {
  if (!trustProxy) return (request) => plain(request.socket.remoteAddress);
  const ranges = trustProxy.map(rangeOf);
  const isTrusted = (address: string): boolean => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(([range, bits]) => range.kind() === parsed.kind() && parsed.match(range, bits));
  };
  return (request) => {
    let address = plain(request.socket.remoteAddress);
    const forwarded = String(request.headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    while (isTrusted(address)) {
      const next = forwarded.pop();
      if (!next || !ipaddr.isValid(next)) break;
      address = plain(next);
    }
    return address;
  };
}

/** Why these cannot be proxies; null when they can. */
export function trustProxyProblem(trustProxy: false | readonly string[]): string | null {
  const wrong = (trustProxy || []).filter(
    (text) => !(text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text)),
  );
  return wrong.length === 0 ? null : `http.trustProxy: ${wrong.join(', ')}: neither an address nor a CIDR`;
}

/** Whom an address stands for in limits: whoever has one IPv6 address has its /64 (RFC 6177), and an IPv4 one is one. */
export function addressGroup(ip: string): string {
  if (!ip.includes(':') || !ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/64`).toString()}/64`;
}

function rangeOf(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  return text.includes('/') ? ipaddr.parseCIDR(text) : singleAddress(text);
}

function singleAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

/** IPv4 in IPv6 notation (`::ffff:127.0.0.1`) is IPv4. */
function plain(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}
