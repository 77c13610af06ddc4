/** Name service for everything that mail asks: SPF, DKIM, DMARC, blocklists, published records. */
import { Resolver } from 'node:dns/promises';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../../config.ts';

export interface MailDns {
  /** Records as `dns.promises.resolve` gives them. Throws with `code` ENOTFOUND or ENODATA when there are none. */
  resolve(name: string, type: string): Promise<string[] | string[][]>;
}

const TIMEOUT_MS = 2_000;
const TRIES = 2;

export function createMailDns({ config }: Services & { config: MailConfig }): MailDns {
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (config.dnsServers.length > 0) resolver.setServers(config.dnsServers);
  return {
    async resolve(name, type) {
      const found: unknown = await resolver.resolve(name, type);
      return found as string[] | string[][];
    },
  };
}
