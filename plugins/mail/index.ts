/** Mailboxes with a built-in SMTP receiver. Speaks the temp-mail dialect. */

import { definePlugin, type FactoriesOf } from '#core/plugin.ts';
import type {} from '#plugins/auth/contract.ts';
import { MAIL_ACTIVITY } from './activity.ts';
import { MAIL_ATTENTION } from './attention.ts';
import { cookieAuthenticator } from './authenticator.ts';
import { mailDnsCommand } from './commands.ts';
import { MailConfig } from './config.ts';
import type { MailServices } from './contract.ts';
import { cleanUp, removeExpired, resumeDeliveries } from './cron.ts';
import { tempMailDialect } from './dialect.ts';
import { MAIL_EVENT_ACCESS, MailboxSchema, MailReceivedSchema, SentSchema, WebhookCalledSchema } from './events.ts';
import { mailFunctions } from './functions.ts';
import { applyRule, callWebhook, deliverMail } from './jobs.ts';
import { MAIL_METERS } from './meters.ts';
import { pages } from './pages.ts';
import { exportMail, removeMailOfTenant, removeMailOfUser } from './personal-data.ts';
import { domainRoutes } from './routes/domains.ts';
import { firstMailRoutes } from './routes/first-mail.ts';
import { mailboxBatchRoutes } from './routes/mailbox-batches.ts';
import { mailboxList } from './routes/mailbox-list.ts';
import { mailboxSettingRoutes } from './routes/mailbox-settings.ts';
import { mailboxRoutes } from './routes/mailboxes.ts';
import { messageLists } from './routes/message-lists.ts';
import { messagePageRoutes } from './routes/message-page.ts';
import { messageRoutes } from './routes/messages.ts';
import { platformMailboxRoutes } from './routes/platform-mailboxes.ts';
import { platformMessageRoutes } from './routes/platform-messages.ts';
import { platformSendingRoutes } from './routes/platform-sending.ts';
import { platformSettingRoutes } from './routes/platform-settings.ts';
import { receiveRoutes } from './routes/receive.ts';
import { sendingRoutes } from './routes/sending.ts';
import { sentLists } from './routes/sent-lists.ts';
import { sessionRoutes } from './routes/session.ts';
import { settingLists } from './routes/setting-lists.ts';
import { userRoutes } from './routes/users.ts';
import { waitingRoutes } from './routes/waiting.ts';
import { webhookCallRoutes } from './routes/webhook-calls.ts';
import { schemas } from './schemas.ts';
import type { MailScope } from './scope.ts';
import { refuseByRules } from './services/filtering/early-refusal.ts';
import { mailPublicServices, mailServices } from './services.ts';

type Seen = MailScope & { config: MailConfig };

export default definePlugin({
  name: 'mail',
  summary: 'Mailboxes with a built-in SMTP receiver',
  requires: ['auth'],
  config: MailConfig,
  migrations: new URL('./migrations/', import.meta.url),
  contents: { mailboxes: 'mail_mailboxes', mails: 'mail_messages' },
  services: mailServices satisfies Record<string, (services: Seen) => unknown>,
  publicServices: mailPublicServices satisfies FactoriesOf<MailServices, Seen>,
  dialects: [tempMailDialect],
  authenticators: [cookieAuthenticator],
  schemas,
  routes: [
    ...sessionRoutes,
    ...mailboxRoutes,
    ...mailboxSettingRoutes,
    ...mailboxBatchRoutes,
    ...messageRoutes,
    ...sendingRoutes,
    ...userRoutes,
    ...receiveRoutes,
    mailboxList,
    ...messageLists,
    ...sentLists,
    ...settingLists,
    ...platformMailboxRoutes,
    ...platformMessageRoutes,
    ...messagePageRoutes,
    ...platformSendingRoutes,
    ...platformSettingRoutes,
    ...webhookCallRoutes,
    ...domainRoutes,
    ...waitingRoutes,
    ...firstMailRoutes,
  ],
  cron: [removeExpired, cleanUp, resumeDeliveries],
  jobs: [deliverMail, callWebhook, applyRule],
  events: {
    'mail.received': MailReceivedSchema,
    'webhook.called': WebhookCalledSchema,
    'mail.sent': SentSchema,
    'mail.forwarded': SentSchema,
    'mail.bounced': SentSchema,
    'mailbox.created': MailboxSchema,
    'mailbox.expired': MailboxSchema,
  },
  eventAccess: MAIL_EVENT_ACCESS,
  on: { 'user.deleted': removeMailOfUser, 'tenant.deleted': removeMailOfTenant },
  hookPoints: { 'mail.accepting': 'Before a message is stored' },
  hooks: { 'mail.accepting': refuseByRules, 'user.exporting': exportMail },
  functions: mailFunctions,
  meters: MAIL_METERS,
  pages,
  activity: MAIL_ACTIVITY,
  attention: MAIL_ATTENTION,
  commands: [mailDnsCommand],
  scopes: {
    'mail:read': 'Read mail and see mailboxes',
    'mail:manage': 'Make and change mailboxes',
    'mail:send': 'Send mail',
  },
  async listen({ smtpReceiver, submissionServer }: MailScope) {
    await smtpReceiver.start();
    await submissionServer.start();
  },
  async start({ delivering, mailParseLoop, mailRuleActions }: MailScope) {
    mailRuleActions.close();
    await delivering.resume();
    await mailParseLoop.start();
  },
  async stop({ smtpReceiver, submissionServer, mailParseLoop }: MailScope) {
    await Promise.all([smtpReceiver.stop(), submissionServer.stop()]);
    await mailParseLoop.stop();
  },
  gauges: [
    {
      name: 'patchbay_mail_unparsed',
      help: 'Mails that were accepted and wait to be parsed',
      read: async ({ mailHealth }: MailScope) => [{ value: (await mailHealth.backlog()).unparsed }],
    },
    {
      name: 'patchbay_mail_oldest_unparsed_seconds',
      help: 'Age of the oldest mail that waits to be parsed',
      read: async ({ mailHealth }: MailScope) => [{ value: (await mailHealth.backlog()).oldestMs / 1000 }],
    },
  ],
  health: ({ mailHealth }: MailScope) => mailHealth.report(),
  openDoors: async ({ mailboxTaking }: MailScope) =>
    mailboxTaking.publicDomains.map((domain) => `anyone with an account may take mailboxes in ${domain}`),
  async announce({ smtpReceiver, mailboxes }: MailScope) {
    const port = smtpReceiver.port();
    return port === null ? [] : [`SMTP listens on port ${port} for ${mailboxes.domains().join(', ')}`];
  },
});
