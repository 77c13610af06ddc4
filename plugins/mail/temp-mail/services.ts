/** How the services of the temp-mail API are made. */
import type { ServicesOf } from '#core/plugin.ts';
import type { MailboxesOwn } from '../mailboxes/services.ts';
import type { MessagesOwn } from '../messages/services.ts';
import type { ReadingOwn } from '../reading/services.ts';
import type { ReceivingOwn } from '../receiving/services.ts';
import type { SendingOwn } from '../sending/services.ts';
import type { MailGround } from '../services.ts';
import { createMailSessions } from './sessions.ts';
import { createMailUsers } from './users.ts';

export const tempMailServices = { mailSessions: createMailSessions, mailUsers: createMailUsers };

export interface TempMailOwn extends ServicesOf<typeof tempMailServices> {}

/** What this part sees. */
export interface TempMailScope
  extends MailGround,
    MailboxesOwn,
    MessagesOwn,
    SendingOwn,
    ReceivingOwn,
    ReadingOwn,
    TempMailOwn {}
