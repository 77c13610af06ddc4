/** Requests that are open at one moment, bounded for each address (IPv6 by /64) and in all: they hold bodies and answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressGroup } from './client-ip.ts';

export interface OpenRequestLimits {
  perAddress: number;
  total: number;
}

/** Counts a request in; it counts itself out when its connection or its answer ends. False when there are too many. */
export function createOpenRequests(limits: OpenRequestLimits, clientIp: (request: IncomingMessage) => string) {
  const perAddress = new Map<string, number>();
  let total = 0;

  return function admit(request: IncomingMessage, response: ServerResponse): boolean {
    const address = addressGroup(clientIp(request));
    const open = perAddress.get(address) ?? 0;
    if (open >= limits.perAddress || total >= limits.total) return false;
    perAddress.set(address, open + 1);
    total++;
    response.once('close', () => {
      total--;
      const left = (perAddress.get(address) ?? 1) - 1;
      if (left > 0) perAddress.set(address, left);
      else perAddress.delete(address);
    });
    return true;
  };
}
