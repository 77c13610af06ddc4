/** DNS records that a mail domain publishes, and what the name service says of them. */
import type { MailDns } from '../messages/authentication/mail-dns.ts';
import type { Dkim } from './dkim.ts';

export interface DnsRecord {
  purpose: 'MX' | 'SPF' | 'DKIM' | 'DMARC';
  name: string;
  type: 'MX' | 'TXT';
  value: string;
}

/** `other`: one that says something else, perhaps on purpose. `different`: records of other things, or a wrong one. */
export interface RecordState {
  state: 'ok' | 'other' | 'different' | 'missing';
  /** What is published under the name, as far as it concerns the record. */
  found: string[];
}

/** SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) and MX of a domain. */
export async function recordsFor(domain: string, host: string, { dkim }: { dkim: Dkim }): Promise<DnsRecord[]> {
  const key = await dkim.keyOf(domain);
  return [
    { purpose: 'MX', name: domain, type: 'MX', value: `10 ${host}` },
    { purpose: 'SPF', name: domain, type: 'TXT', value: `v=spf1 mx a:${host} ~all` },
    { purpose: 'DKIM', name: `${key.selector}._domainkey.${domain}`, type: 'TXT', value: key.record },
    {
      purpose: 'DMARC',
      name: `_dmarc.${domain}`,
      type: 'TXT',
      value: `v=DMARC1; p=quarantine; rua=mailto:postmaster@${domain}`,
    },
  ];
}

/** Asks the name service. One that does not answer has none. */
export async function stateOf(
  { name, type, value, purpose }: DnsRecord,
  { mailDns }: { mailDns: MailDns },
): Promise<RecordState> {
  const texts = await published(name, type, mailDns);
  if (texts.includes(value)) return { state: 'ok', found: [value] };
  const similar = texts.find((text) => text.toLowerCase().startsWith(value.slice(0, 6).toLowerCase()));
  if (similar && purpose !== 'DKIM' && purpose !== 'MX') return { state: 'other', found: [similar] };
  return { state: texts.length > 0 ? 'different' : 'missing', found: texts };
}

async function published(name: string, type: string, mailDns: MailDns): Promise<string[]> {
  try {
    const answers: unknown[] = await mailDns.resolve(name, type);
    return answers.map((answer) => (Array.isArray(answer) ? answer.join('') : textOf(answer)));
  } catch {
    return [];
  }
}

function textOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'exchange' in answer && 'priority' in answer) {
    return `${answer.priority} ${answer.exchange}`;
  }
  return String(answer);
}
