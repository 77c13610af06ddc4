/** How the settings of domains are tried: what name services say of each. */
import type { SettingsArea, SettingsCandidate } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { recordsFor, stateOf } from './dns-records.ts';
import type { SendingScope } from './services.ts';

export const domainSettings: SettingsArea = {
  area: 'domains',
  async test({ config: { domains, smtp } }: SettingsCandidate<MailConfig>, services: SendingScope) {
    const names = domains.filter((domain) => !domain.startsWith('*.'));
    return Promise.all(
      names.map(async (domain) => {
        const host = smtp.hostname === 'localhost' ? `mail.${domain}` : smtp.hostname;
        const records = await recordsFor(domain, host, services);
        const states = await Promise.all(
          records.map(async (record) => ({ record, ...(await stateOf(record, services)) })),
        );
        const missing = states.filter(({ state }) => state === 'missing' || state === 'different');
        const names = missing.map(({ record }) => record.purpose).join(', ');
        return missing.length === 0
          ? { ok: true, text: `${domain}: all records are published` }
          : {
              ok: false,
              text: `${domain}: ${names} not published as they should be; see Mail domains for their values`,
            };
      }),
    );
  },
};
