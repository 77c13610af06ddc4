/** SPF, DKIM, DMARC and ARC of incoming mail, in a few words that rules and people can use. */
import { BlockList, isIPv6 } from 'node:net';
import { type BytesOrPlace, messageOf } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../../config.ts';
import type { Envelope } from '../../contract.ts';
import { ownName } from '../own-name.ts';
import { laneOf, Overstepped, Unreadable, type WorkerPool } from '../workers/pool.ts';
import { type AuthResults, notChecked } from './authenticate.ts';

export type { AuthResults } from './authenticate.ts';

export interface MailAuthentication {
  /** Null for mail that is not checked: of trusted networks, or when it is off. Throws `Unreadable` alone. */
  check(raw: BytesOrPlace, envelope: Pick<Envelope, 'from' | 'remoteIp' | 'helo'>): Promise<AuthResults | null>;
  isTrusted(ip: string): boolean;
}

export function createMailAuthentication({
  config,
  mailWorkers,
  log,
}: Services & { mailWorkers: WorkerPool; config: MailConfig }): MailAuthentication {
  const { enabled } = config.authentication;
  const trusted = networks(config.authentication.trusted);

  return {
    isTrusted,
    async check(raw, { from, remoteIp, helo }) {
      if (!enabled || isTrusted(remoteIp)) return null;
      const wish = { raw, from, remoteIp, helo, mta: ownName(config) };
      try {
        return await mailWorkers
          .run(laneOf('path' in raw ? raw.sizeBytes : raw.length), 'authenticate', wish)
          .catch((error) => {
            // Small mail has a short time, which a busy machine may take from it: among the large it has more.
            if (error instanceof Overstepped) return mailWorkers.run('large', 'authenticate', wish);
            throw error;
          });
      } catch (error) {
        if (error instanceof Unreadable) throw error;
        log.debug({ reason: messageOf(error) }, 'A message could not be authenticated');
        return notChecked(error instanceof Overstepped ? 'permerror' : 'temperror', messageOf(error));
      }
    },
  };

  function isTrusted(ip: string): boolean {
    const plain = ip.replace(/^::ffff:/, '');
    return trusted.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }
}

function networks(listed: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of listed) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return list;
}
