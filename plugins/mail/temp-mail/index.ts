/** The API of the temp-mail service: its paths, its sessions, its users, and what it shows a guest. */
import { definePart } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { BatchAnswer, mailboxBatchRoutes } from './routes/mailbox-batches.ts';
import { mailboxRoutes } from './routes/mailboxes.ts';
import { messageRoutes } from './routes/messages.ts';
import { receiveRoutes } from './routes/receive.ts';
import { sendingRoutes } from './routes/sending.ts';
import { sessionRoutes } from './routes/session.ts';
import { userRoutes } from './routes/users.ts';
import { type TempMailScope, tempMailServices } from './services.ts';
import './tables.ts';
import { MailboxView, MessageView, OpenMessageView, SentView, UserView } from './views.ts';

export const tempMail = definePart<TempMailScope & { config: MailConfig }>({
  name: 'temp-mail',
  summary: 'The API of the temp-mail service: its paths, its sessions, its users',
  needs: ['mailboxes', 'messages', 'sending', 'receiving', 'reading'],
  services: tempMailServices,
  routes: [
    ...sessionRoutes,
    ...mailboxRoutes,
    ...mailboxBatchRoutes,
    ...messageRoutes,
    ...sendingRoutes,
    ...userRoutes,
    ...receiveRoutes,
  ],
  schemas: {
    BatchItem: BatchAnswer.properties.results.items,
    BatchResult: BatchAnswer,
    Email: MessageView,
    Mailbox: MailboxView,
    MailUser: UserView,
    OpenEmail: OpenMessageView,
    SentEmail: SentView,
  },
});
