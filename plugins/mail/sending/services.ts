/** How the services of sending are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { MailboxesOwn } from '../mailboxes/services.ts';
import type { MessagesOwn } from '../messages/services.ts';
import type { MailGround } from '../services.ts';
import { createAutomaticAnswers } from './automatic-answers.ts';
import { createDelivering } from './delivering.ts';
import { createDkim } from './dkim.ts';
import { createFailureNotices } from './failure-notices.ts';
import { createMailForwarding } from './forwarding.ts';
import { createOutbox } from './outbox.ts';
import { createDeliveryOutcomes } from './outcomes.ts';
import { createOutgoingMessages } from './outgoing-message.ts';
import { createSentDeletion } from './sent-deletion.ts';
import { createSuppressions } from './suppressions.ts';
import { createVisibleSent } from './visibility.ts';

export const sendingServices = {
  automaticAnswers: createAutomaticAnswers,
  delivering: createDelivering,
  deliveryOutcomes: createDeliveryOutcomes,
  dkim: createDkim,
  failureNotices: createFailureNotices,
  mailForwarding: createMailForwarding,
  outbox: createOutbox,
  outgoingMessages: createOutgoingMessages,
  sentDeletion: createSentDeletion,
  suppressions: createSuppressions,
  visibleSent: createVisibleSent,
};

export interface SendingOwn extends ServicesOf<typeof sendingServices> {}

/** What this part sees. */
export interface SendingScope extends MailGround, MailboxesOwn, MessagesOwn, SendingOwn {}
