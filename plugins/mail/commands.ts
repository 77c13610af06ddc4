/** `patchbay mail:dns DOMAIN`: the records to publish, and whether they are. */
import type { Command } from '#core/plugin.ts';
import type { MailScope } from './scope.ts';

interface DnsRecord {
  purpose: string;
  name: string;
  type: 'MX' | 'TXT';
  value: string;
}

export const mailDnsCommand: Command = {
  name: 'mail:dns',
  summary: 'Show the DNS records that a mail domain needs; --check verifies them',
  besideServer: true,
  arguments: [
    { flags: '<domain>', description: 'The domain, e.g. example.com' },
    { flags: '--host <name>', description: 'Name of this mail server', default: '' },
    { flags: '--check', description: 'Asks the name service whether they are published' },
  ],
  async run(args, services: MailScope) {
    const domain = String(args.domain).toLowerCase();
    const records = await recordsFor(domain, String(args.host || `mail.${domain}`), services);
    for (const record of records) {
      const state = args.check ? ` [${await stateOf(record, services)}]` : '';
      process.stdout.write(`${record.purpose}${state}\n  ${record.name}  ${record.type}  ${record.value}\n`);
    }
  },
};

/** SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) and MX of a domain. */
export async function recordsFor(domain: string, host: string, { dkim }: MailScope): Promise<DnsRecord[]> {
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

async function stateOf({ name, type, value, purpose }: DnsRecord, { mailDns }: MailScope): Promise<string> {
  try {
    const answers: unknown[] = await mailDns.resolve(name, type);
    const texts = answers.map((answer) => (Array.isArray(answer) ? answer.join('') : textOf(answer)));
    if (texts.includes(value)) return 'ok';
    const similar = texts.find((text) => text.toLowerCase().startsWith(value.slice(0, 6).toLowerCase()));
    if (similar && purpose !== 'DKIM' && purpose !== 'MX') return `another one is published: ${similar}`;
    return texts.length > 0 ? `differs: ${texts.join(' | ')}` : 'missing';
  } catch {
    return 'missing';
  }
}

function textOf(answer: unknown): string {
  if (typeof answer === 'object' && answer !== null && 'exchange' in answer && 'priority' in answer) {
    return `${answer.priority} ${answer.exchange}`;
  }
  return String(answer);
}
