/** How the services of reading are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { MailboxesOwn } from '../mailboxes/services.ts';
import type { MessagesOwn } from '../messages/services.ts';
import type { ReceivingOwn } from '../receiving/services.ts';
import type { SendingOwn } from '../sending/services.ts';
import type { MailGround } from '../services.ts';
import { createMailContents } from './contents.ts';
import { createMailReading } from './reading.ts';
import { createMailWaiting } from './waiting.ts';

export const readingServices = {
  mailContents: createMailContents,
  mailReading: createMailReading,
  mailWaiting: createMailWaiting,
};

export interface ReadingOwn extends ServicesOf<typeof readingServices> {}

/** What this part sees. */
export interface ReadingScope extends MailGround, MailboxesOwn, MessagesOwn, SendingOwn, ReceivingOwn, ReadingOwn {}
