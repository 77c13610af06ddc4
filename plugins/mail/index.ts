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
import type { MailOwn, MailScope } from './scope.ts';
import { createMailAcceptance } from './services/acceptance.ts';
import { createMailArrival } from './services/arrival.ts';
import { createAttachments } from './services/attachments.ts';
import { createMailDeletion } from './services/deletion.ts';
import { refuseByRules } from './services/filtering/early-refusal.ts';
import { createGreylist } from './services/filtering/greylist.ts';
import { createMailAuthentication } from './services/filtering/mail-authentication.ts';
import { createMailDns } from './services/filtering/mail-dns.ts';
import { createMailRuleActions } from './services/filtering/rule-actions.ts';
import { createMailRules } from './services/filtering/rules.ts';
import { createMailContents } from './services/mail-contents.ts';
import { createMailHealth } from './services/mail-health.ts';
import { createMailUsers } from './services/mail-users.ts';
import { createMailSight } from './services/mail-visibility.ts';
import { createMailboxOwnership } from './services/mailbox-ownership.ts';
import { createMailboxSettings } from './services/mailbox-settings.ts';
import { createMailboxTaking } from './services/mailbox-taking.ts';
import { createMailboxes } from './services/mailboxes.ts';
import { createMailboxExport } from './services/mbox.ts';
import { createParseLoop } from './services/parse-loop.ts';
import { createMailReading } from './services/reading.ts';
import { createReceivingLimit } from './services/receiving-limit.ts';
import { createMailRetention } from './services/retention.ts';
import { createAutomaticAnswers } from './services/sending/automatic-answers.ts';
import { createDelivering } from './services/sending/delivering.ts';
import { createDkim } from './services/sending/dkim.ts';
import { createFailureNotices } from './services/sending/failure-notices.ts';
import { createMailForwarding } from './services/sending/forwarding.ts';
import { createOutbox } from './services/sending/outbox.ts';
import { createDeliveryOutcomes } from './services/sending/outcomes.ts';
import { createOutgoingMessages } from './services/sending/outgoing-message.ts';
import { createReturnPaths } from './services/sending/return-paths.ts';
import { createSubmission } from './services/sending/submission.ts';
import { createSubmissionServer } from './services/sending/submission-server.ts';
import { createSuppressions } from './services/sending/suppressions.ts';
import { createMailSessions } from './services/sessions.ts';
import { createSmtpReceiver } from './services/smtp-receiver.ts';
import { createParsedMail } from './services/store-parsed.ts';
import { createMailSuspension } from './services/suspension.ts';
import { createThreads } from './services/threads/threads.ts';
import { createMailTrace } from './services/trace-fields.ts';
import { createMailWaiting } from './services/waiting.ts';
import { createWebhookAgain } from './services/webhook-again.ts';
import { createWebhookCalls } from './services/webhook-calls.ts';
import { createWebhookRecords } from './services/webhook-records.ts';
import { createMailWebhooks } from './services/webhooks.ts';

type Seen = MailScope & { config: MailConfig };

export default definePlugin({
  name: 'mail',
  summary: 'Mailboxes with a built-in SMTP receiver',
  requires: ['auth'],
  config: MailConfig,
  migrations: new URL('./migrations/', import.meta.url),
  contents: { mailboxes: 'mail_mailboxes', mails: 'mail_messages' },
  services: {
    returnPaths: ({ secrets, clock }: MailScope) => createReturnPaths({ secrets, now: () => clock.now() }),
    mailDns: createMailDns,
    mailThreads: ({ config, mailDns }: MailScope & { config: MailConfig }) =>
      createThreads({
        ...config.parser,
        resolve: (name, type) => mailDns.resolve(name, type),
        resolveMs: config.authentication.timeoutMs,
      }),
    mailTrace: createMailTrace,
    mailAttachments: createAttachments,
    mailContents: createMailContents,
    mailAuthentication: createMailAuthentication,
    greylist: createGreylist,
    mailboxTaking: createMailboxTaking,
    mailboxes: createMailboxes,
    mailboxExport: createMailboxExport,
    mailboxOwnership: createMailboxOwnership,
    mailDeletion: createMailDeletion,
    mailboxSettings: createMailboxSettings,
    mailUsers: createMailUsers,
    mailRules: createMailRules,
    dkim: createDkim,
    outbox: createOutbox,
    automaticAnswers: createAutomaticAnswers,
    outgoingMessages: createOutgoingMessages,
    failureNotices: createFailureNotices,
    deliveryOutcomes: createDeliveryOutcomes,
    delivering: createDelivering,
    suppressions: createSuppressions,
    mailForwarding: createMailForwarding,
    webhookRecords: createWebhookRecords,
    mailWebhooks: createMailWebhooks,
    webhookAgain: createWebhookAgain,
    webhookCalls: createWebhookCalls,
    receivingLimit: createReceivingLimit,
    parsedMail: createParsedMail,
    mailArrival: createMailArrival,
    mailParseLoop: createParseLoop,
    mailAcceptance: createMailAcceptance,
    mailHealth: createMailHealth,
    mailReading: createMailReading,
    mailRetention: createMailRetention,
    mailSight: createMailSight,
    mailWaiting: createMailWaiting,
    mailSessions: createMailSessions,
    mailSuspension: createMailSuspension,
    smtpReceiver: createSmtpReceiver,
    submission: createSubmission,
    submissionServer: createSubmissionServer,
  } satisfies FactoriesOf<Omit<MailOwn, keyof MailServices>, Seen>,
  publicServices: {
    mailRuleActions: createMailRuleActions,
  } satisfies FactoriesOf<Pick<MailOwn, keyof MailServices>, Seen>,
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
