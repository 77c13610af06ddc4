/** SPF, DKIM, DMARC and ARC of incoming mail, in a few words that rules and people can use. */
import { BlockList, isIPv6 } from 'node:net';
import type { Readable } from 'node:stream';
import { messageOf } from '#core/errors.ts';
import type { Services } from '#core/plugin.ts';
import type { MailConfig } from '../../config.ts';
import type { Envelope } from '../../contract.ts';

/** Results in the words of RFC 8601: pass, fail, softfail, neutral, none, temperror, permerror, policy. */
export interface AuthResults {
  spf: string;
  dkim: string;
  dmarc: string;
  arc: string;
  /** Domains whose DKIM signature is good. */
  dkim_domains: string[];
  /** The policy that the author's domain publishes: none, quarantine, reject. */
  dmarc_policy: string;
  /** The line that an Authentication-Results field holds. */
  summary: string;
}

export interface MailAuthentication {
  /** Null for mail that is not checked: of trusted networks, or when it is off. Never throws. */
  check(
    message: Buffer | Readable,
    envelope: Pick<Envelope, 'from' | 'remoteIp' | 'helo'>,
  ): Promise<AuthResults | null>;
  isTrusted(ip: string): boolean;
}

export function createMailAuthentication({
  config,
  mailDns,
  log,
}: Services & { config: MailConfig }): MailAuthentication {
  const { enabled, timeoutMs } = config.authentication;
  const trusted = networks(config.authentication.trusted);
  const mta = config.smtp.hostname;

  return { check, isTrusted };

  function isTrusted(ip: string): boolean {
    const plain = ip.replace(/^::ffff:/, '');
    return trusted.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4');
  }

  async function check(message: Buffer | Readable, envelope: Pick<Envelope, 'from' | 'remoteIp' | 'helo'>) {
    if (!enabled || isTrusted(envelope.remoteIp)) return null;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<AuthResults>((resolve) => {
      timer = setTimeout(() => resolve(unknownResults('the name service was too slow')), timeoutMs);
    });
    try {
      return await Promise.race([authenticated(message, envelope), tooLate]);
    } catch (error) {
      log.debug({ reason: messageOf(error) }, 'A message could not be authenticated');
      return unknownResults(messageOf(error));
    } finally {
      clearTimeout(timer);
    }
  }

  async function authenticated(
    message: Buffer | Readable,
    { from, remoteIp, helo }: Pick<Envelope, 'from' | 'remoteIp' | 'helo'>,
  ): Promise<AuthResults> {
    const { authenticate } = await import('mailauth');
    const found = await authenticate(message, {
      ip: remoteIp.replace(/^::ffff:/, ''),
      helo: helo || 'unknown',
      sender: from,
      mta,
      resolver: (name, type) => mailDns.resolve(name, type),
      disableBimi: true,
    });
    const signatures = found.dkim.results ?? [];
    const good = signatures.filter(({ status }) => status?.result === 'pass');
    const dkim = good.length > 0 ? 'pass' : (signatures[0]?.status?.result ?? 'none');
    const dmarc = found.dmarc || null;
    const arc = found.arc || null;
    return {
      spf: found.spf ? found.spf.status.result : 'none',
      dkim,
      dmarc: dmarc?.status?.result ?? 'none',
      arc: arc?.status?.result ?? 'none',
      dkim_domains: good.flatMap(({ signingDomain }) => signingDomain ?? []),
      dmarc_policy: dmarc?.policy ?? 'none',
      summary: summaryOf(found.headers),
    };
  }
}

/** What stands in the Authentication-Results field, on one line. */
function summaryOf(headers: string): string {
  const field = /^Authentication-Results:([\s\S]*?)(?=^\S|$(?![\s\S]))/im.exec(headers)?.[1] ?? '';
  return field.replace(/\s+/g, ' ').trim().slice(0, 2_000);
}

function unknownResults(reason: string): AuthResults {
  const result = 'temperror';
  return {
    spf: result,
    dkim: result,
    dmarc: result,
    arc: 'none',
    dkim_domains: [],
    dmarc_policy: 'none',
    summary: `not checked: ${reason}`,
  };
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
