/** Reading: lists, search, the bodies of messages and their pictures, and waiting for mail. */
import { definePart } from '#core/plugin.ts';
import type { MailConfig } from '../config.ts';
import { MAIL_FROM_THEM } from './about-people.ts';
import { readingFunctions } from './functions.ts';
import { messageLists } from './routes/message-lists.ts';
import { messagePageRoutes } from './routes/message-page.ts';
import { messageRoutes } from './routes/messages.ts';
import { waitingRoutes } from './routes/waiting.ts';
import { type ReadingScope, readingServices } from './services.ts';
import { ListedMessage, MessageDetail, MessageView } from './views.ts';

export const reading = definePart<ReadingScope & { config: MailConfig }>({
  name: 'reading',
  summary: 'Lists, search, the bodies of messages and their pictures, and waiting for mail',
  needs: ['mailboxes', 'messages', 'sending', 'receiving'],
  services: readingServices,
  routes: [...messageLists, ...messageRoutes, ...messagePageRoutes, ...waitingRoutes],
  schemas: { ListedMessage, MessageDetail, MessageSummary: MessageView },
  functions: readingFunctions,
  aboutPeople: [MAIL_FROM_THEM],
});
