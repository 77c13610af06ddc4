/** What this server calls itself where others read it: in results of authentication, trace fields and reports. */
import type { MailConfig } from '../config.ts';

/** The configured host name; where it was left at `localhost`, which says nothing to others, the first domain for mail. */
export function ownName({ smtp, domains }: Pick<MailConfig, 'domains'> & { smtp: { hostname: string } }): string {
  if (!/^localhost(\.|$)/i.test(smtp.hostname)) return smtp.hostname;
  return (domains[0] ?? smtp.hostname).replace(/^\*\./, '');
}
