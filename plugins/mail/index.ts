/** Mailboxes with a built-in SMTP receiver. Speaks the temp-mail dialect. */
import { processHasRole } from '#core/kit.ts';
import { definePlugin } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { MailConfig } from './config.ts';
import { cleanUp } from './cron.ts';
import { removeMailOfTenant, removeMailOfUser } from './erasure.ts';
import { mailboxes } from './mailboxes/index.ts';
import { wrongPublicDomains } from './mailboxes/own-domains.ts';
import { messages } from './messages/index.ts';
import { pages } from './pages.ts';
import { exportMail } from './personal-data.ts';
import { reading } from './reading/index.ts';
import { receiving } from './receiving/index.ts';
import { rules } from './rules/index.ts';
import type { MailScope } from './scope.ts';
import { sending } from './sending/index.ts';
import { groundServices } from './services.ts';
import { summaries } from './summaries.ts';
import { cookieAuthenticator } from './temp-mail/authenticator.ts';
import { tempMailDialect } from './temp-mail/dialect.ts';
import { tempMail } from './temp-mail/index.ts';
import { webhooks } from './webhooks/index.ts';

export default definePlugin({
  name: 'mail',
  summary: 'Mailboxes with a built-in SMTP receiver',
  summaries,
  requires: ['auth'],
  config: MailConfig,
  migrations: new URL('./migrations/', import.meta.url),
  derived: new URL('./receiving/derived.ts', import.meta.url),
  parts: [messages, mailboxes, rules, webhooks, sending, receiving, reading, tempMail],
  services: groundServices,
  dialects: [tempMailDialect],
  authenticators: [cookieAuthenticator],
  cron: [cleanUp],
  on: { 'user.deleted': removeMailOfUser, 'tenant.deleted': removeMailOfTenant },
  hooks: { 'user.exporting': exportMail },
  pages,
  scopes: {
    'mail:read': 'Read mail and see mailboxes',
    'mail:manage': 'Create and change mailboxes',
    'mail:send': 'Send mail',
  },
  async listen({ coreConfig, smtpReceiver, submissionServer }: MailScope) {
    if (!processHasRole(coreConfig, 'smtp')) return;
    await smtpReceiver.start();
    await submissionServer.start();
  },
  check: (_, config) => wrongPublicDomains(config),
  health: ({ mailHealth }: MailScope) => mailHealth.report(),
  openDoors: async ({ mailboxTaking }: MailScope) =>
    mailboxTaking.publicDomains().map((domain) => ({
      name: 'mail.openDomain',
      text: 'anyone with an account may take mailboxes in {domain}',
      values: { domain },
    })),
  async announce({ smtpReceiver, mailboxes }: MailScope) {
    const port = smtpReceiver.port();
    return port === null ? [] : [`SMTP listens on port ${port} for ${mailboxes.domains().join(', ')}`];
  },
});
