/** How the services of mail are made, by name. */
import type { Services, ServicesOf } from '#core/plugin.ts';
import type { MailConfig } from './config.ts';
import { createMailAcceptance } from './services/acceptance.ts';
import { createMailArrival } from './services/arrival.ts';
import { createAttachments } from './services/attachments.ts';
import { createMailDeletion } from './services/deletion.ts';
import { createGreylist } from './services/filtering/greylist.ts';
import { createMailAuthentication } from './services/filtering/mail-authentication.ts';
import type { MailDns } from './services/filtering/mail-dns.ts';
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
import type { ReturnPaths } from './services/sending/return-paths.ts';
import { createReturnPaths } from './services/sending/return-paths.ts';
import { createSubmission } from './services/sending/submission.ts';
import { createSubmissionServer } from './services/sending/submission-server.ts';
import { createSuppressions } from './services/sending/suppressions.ts';
import { createMailSessions } from './services/sessions.ts';
import { createSmtpReceiver } from './services/smtp-receiver.ts';
import { createParsedMail } from './services/store-parsed.ts';
import { createMailSuspension } from './services/suspension.ts';
import type { Threads } from './services/threads/threads.ts';
import { createThreads } from './services/threads/threads.ts';
import { createMailTrace } from './services/trace-fields.ts';
import { createMailWaiting } from './services/waiting.ts';
import { createWebhookAgain } from './services/webhook-again.ts';
import { createWebhookCalls } from './services/webhook-calls.ts';
import { createWebhookRecords } from './services/webhook-records.ts';
import { createMailWebhooks } from './services/webhooks.ts';

export const mailServices = {
  returnPaths: ({ secrets, clock }: Services): ReturnPaths => createReturnPaths({ secrets, now: () => clock.now() }),
  mailDns: createMailDns,
  mailThreads: ({ config, mailDns }: { config: MailConfig; mailDns: MailDns }): Threads =>
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
};

export const mailPublicServices = {
  mailRuleActions: createMailRuleActions,
};

export interface MailOwn extends ServicesOf<typeof mailServices>, ServicesOf<typeof mailPublicServices> {}
