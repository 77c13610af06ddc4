/** The routes of the inbox. */
import { contactRoutes } from './contacts.ts';
import { conversationList } from './conversation-list.ts';
import { conversationRoutes } from './conversations.ts';
import { messageRoutes } from './messages.ts';
import { quickReplyRoutes } from './quick-replies.ts';
import { teamRoutes } from './teams.ts';

export const inboxRoutes = [
  conversationList,
  ...conversationRoutes,
  ...messageRoutes,
  ...contactRoutes,
  ...quickReplyRoutes,
  ...teamRoutes,
];
