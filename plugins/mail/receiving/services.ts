/** How the services of receiving are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { MailboxesOwn } from '../mailboxes/services.ts';
import type { MessagesOwn } from '../messages/services.ts';
import type { RulesOwn } from '../rules/services.ts';
import type { SendingOwn } from '../sending/services.ts';
import type { MailGround } from '../services.ts';
import type { WebhooksOwn } from '../webhooks/services.ts';
import { createMailAcceptance } from './acceptance.ts';
import { createGreylist } from './greylist.ts';
import { createMailHealth } from './health.ts';
import { createMailEffects } from './mail-effects.ts';
import { createParseLoop } from './parse-queue/loop.ts';
import { createParsedMail } from './parse-queue/store.ts';
import { createReceivingLimit } from './receiving-limit.ts';
import { createSmtpReceiver } from './smtp-receiver.ts';
import { createSmtpTls } from './smtp-tls.ts';
import { createSubmissionServer } from './submission/server.ts';
import { createSubmission } from './submission/submission.ts';

export const receivingServices = {
  greylist: createGreylist,
  mailAcceptance: createMailAcceptance,
  mailEffects: createMailEffects,
  mailHealth: createMailHealth,
  mailParseLoop: createParseLoop,
  parsedMail: createParsedMail,
  receivingLimit: createReceivingLimit,
  smtpTls: createSmtpTls,
  smtpReceiver: createSmtpReceiver,
  submission: createSubmission,
  submissionServer: createSubmissionServer,
};

export interface ReceivingOwn extends ServicesOf<typeof receivingServices> {}

/** What this part sees. */
export interface ReceivingScope
  extends MailGround,
    MailboxesOwn,
    MessagesOwn,
    RulesOwn,
    WebhooksOwn,
    SendingOwn,
    ReceivingOwn {}
