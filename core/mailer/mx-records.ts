/** What the name service says of a domain's mail servers. */
import { promises as dns, type MxRecord } from 'node:dns';

export type ResolveRecords = (domain: string, type: string) => Promise<MxRecord[] | string[]>;

/** Of servers that are preferred alike each is as often the first one (RFC 5321 §5.1): what sorts them keeps their order. */
export const systemRecords: ResolveRecords = async (domain, type) => {
  if (type === 'MX') return shuffled(await dns.resolveMx(domain));
  return type === 'AAAA' ? dns.resolve6(domain) : dns.resolve4(domain);
};

export function shuffled<T>(given: readonly T[]): T[] {
  return given
    .map((one) => ({ one, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
