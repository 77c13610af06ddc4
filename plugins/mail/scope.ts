/** What the inside of mail sees: the platform's services, the public ones of auth, and its own. */
import type { Services } from '#core/plugin.ts';
import type { AuthServices } from '#plugins/auth/contract.ts';
import type { MailAcceptance } from './services/acceptance.ts';
import type { Attachments } from './services/attachments.ts';
import type { MailDeletion } from './services/deletion.ts';
import type { Greylist } from './services/filtering/greylist.ts';
import type { MailAuthentication } from './services/filtering/mail-authentication.ts';
import type { MailDns } from './services/filtering/mail-dns.ts';
import type { MailRules } from './services/filtering/rules.ts';
import type { MailHealth } from './services/mail-health.ts';
import type { MailUsers } from './services/mail-users.ts';
import type { MailboxOwnership } from './services/mailbox-ownership.ts';
import type { MailboxSettings } from './services/mailbox-settings.ts';
import type { MailboxTaking } from './services/mailbox-taking.ts';
import type { Mailboxes } from './services/mailboxes.ts';
import type { ParseLoop } from './services/parse-loop.ts';
import type { ParsedMail } from './services/parsed-mail.ts';
import type { MailReading } from './services/reading.ts';
import type { ReceivingLimit } from './services/receiving-limit.ts';
import type { MailRetention } from './services/retention.ts';
import type { Delivering } from './services/sending/delivering.ts';
import type { Dkim } from './services/sending/dkim.ts';
import type { MailForwarding } from './services/sending/forwarding.ts';
import type { Outbox } from './services/sending/outbox.ts';
import type { DeliveryOutcomes } from './services/sending/outcomes.ts';
import type { OutgoingMessages } from './services/sending/outgoing-message.ts';
import type { ReturnPaths } from './services/sending/return-paths.ts';
import type { Submission } from './services/sending/submission.ts';
import type { SubmissionServer } from './services/sending/submission-server.ts';
import type { Suppressions } from './services/sending/suppressions.ts';
import type { MailSessions } from './services/sessions.ts';
import type { SmtpReceiver } from './services/smtp-receiver.ts';
import type { MailSuspension } from './services/suspension.ts';
import type { Threads } from './services/threads/threads.ts';
import type { MailWaiting } from './services/waiting.ts';
import type { WebhookCalls } from './services/webhook-calls.ts';
import type { MailWebhooks } from './services/webhooks.ts';

/** The services of mail by name. */
export interface MailOwn {
  delivering: Delivering;
  deliveryOutcomes: DeliveryOutcomes;
  dkim: Dkim;
  greylist: Greylist;
  mailAcceptance: MailAcceptance;
  mailAttachments: Attachments;
  mailAuthentication: MailAuthentication;
  mailDeletion: MailDeletion;
  mailDns: MailDns;
  mailForwarding: MailForwarding;
  mailHealth: MailHealth;
  mailParseLoop: ParseLoop;
  mailReading: MailReading;
  mailRetention: MailRetention;
  mailRules: MailRules;
  mailSessions: MailSessions;
  mailThreads: Threads;
  mailSuspension: MailSuspension;
  mailUsers: MailUsers;
  mailWaiting: MailWaiting;
  mailWebhooks: MailWebhooks;
  mailboxOwnership: MailboxOwnership;
  mailboxSettings: MailboxSettings;
  mailboxTaking: MailboxTaking;
  mailboxes: Mailboxes;
  outbox: Outbox;
  outgoingMessages: OutgoingMessages;
  parsedMail: ParsedMail;
  receivingLimit: ReceivingLimit;
  returnPaths: ReturnPaths;
  smtpReceiver: SmtpReceiver;
  submission: Submission;
  submissionServer: SubmissionServer;
  suppressions: Suppressions;
  webhookCalls: WebhookCalls;
}

export interface MailScope extends Services, AuthServices, MailOwn {}
