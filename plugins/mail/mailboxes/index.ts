/** Mailboxes: who has them, who sees what lies in them, and how long it stays there. */
import Type from 'typebox';
import { definePart } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { removeExpired } from './cron.ts';
import { MAILBOX_EVENT_ACCESS } from './event-access.ts';
import { createMailbox } from './functions.ts';
import { MAILBOX_METER } from './meters.ts';
import { ListedMailbox, mailboxRoutes } from './routes/mailboxes.ts';
import { type MailboxesScope, mailboxServices } from './services.ts';
import { mailboxTables } from './tables.ts';

const MailboxEvent = Type.Object({ mailbox_id: Type.Integer(), address: Type.String() });

export const mailboxes = definePart<MailboxesScope & { config: MailConfig }>({
  name: 'mailboxes',
  summary: 'Mailboxes: their owners, who can read them, and how long mail is kept',
  contents: { mailboxes: 'mail_mailboxes', mails: 'mail_messages' },
  tables: mailboxTables,
  services: mailboxServices,
  routes: mailboxRoutes,
  schemas: { ListedMailbox },
  cron: [removeExpired],
  events: { 'mailbox.created': MailboxEvent, 'mailbox.expired': MailboxEvent },
  eventAccess: MAILBOX_EVENT_ACCESS,
  functions: [createMailbox],
  meters: [MAILBOX_METER],
});
