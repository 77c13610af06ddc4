/** The domains of this server as the configuration names them at this moment: they can be changed while it runs. */
import type { Services } from '#core/plugin.ts';
import { asciiDomain, type OwnDomains, ownDomains } from '../addresses.ts';
import type { MailConfig } from '../config.ts';

export interface MailDomains {
  own(): OwnDomains;
  /** Without those that stand for others (`*.example.com`). */
  names(): readonly string[];
  /** In which everybody with an account may take mailboxes. */
  publicNames(): readonly string[];
}

export function createMailDomains({ config }: Services & { config: MailConfig }): MailDomains {
  let made = read();

  return {
    own: () => current().own,
    names: () => current().names,
    publicNames: () => current().publicNames,
  };

  /** A change puts another list in the place of the former one. */
  function current(): ReturnType<typeof read> {
    const { domains, publicDomains, plusAddressing } = made.of;
    const isOld =
      domains !== config.domains || publicDomains !== config.publicDomains || plusAddressing !== config.plusAddressing;
    if (isOld) made = read();
    return made;
  }

  function read() {
    const { domains, publicDomains, plusAddressing } = config;
    const own = ownDomains(domains, plusAddressing);
    return {
      of: { domains, publicDomains, plusAddressing },
      own,
      names: [...own.names],
      publicNames: publicDomains.map(asciiDomain),
    };
  }
}

/** Public domains that are none of the server's own, as sentences. */
export function wrongPublicDomains({ domains, publicDomains, plusAddressing }: MailConfig): string[] {
  const { names } = ownDomains(domains, plusAddressing);
  return publicDomains
    .map(asciiDomain)
    .filter((domain) => !names.has(domain))
    .map((domain) => `plugins.mail.publicDomains names ${domain}, which is not one of plugins.mail.domains`);
}
