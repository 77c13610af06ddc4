/** `patchbay mail:dns DOMAIN`: the records to publish, and whether they are. */
import type { Command } from '#core/plugin.ts';
import { type RecordState, recordsFor, stateOf } from './dns-records.ts';
import type { SendingScope } from './services.ts';

export const mailDnsCommand: Command = {
  name: 'mail:dns',
  summary: 'Show the DNS records that a mail domain needs; --check verifies them',
  besideServer: true,
  arguments: [
    { flags: '<domain>', description: 'The domain, e.g. example.com' },
    { flags: '--host <name>', description: 'Name of this mail server', default: '' },
    { flags: '--check', description: 'Asks the name service whether they are published' },
  ],
  async run(args, services: SendingScope) {
    const domain = String(args.domain).toLowerCase();
    const records = await recordsFor(domain, String(args.host || `mail.${domain}`), services);
    for (const record of records) {
      const state = args.check ? ` [${wordsFor(await stateOf(record, services))}]` : '';
      process.stdout.write(`${record.purpose}${state}\n  ${record.name}  ${record.type}  ${record.value}\n`);
    }
  },
};

function wordsFor({ state, found }: RecordState): string {
  if (state === 'other') return `another one is published: ${found.join('')}`;
  return state === 'different' ? `differs: ${found.join(' | ')}` : state;
}
