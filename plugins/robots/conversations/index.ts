/** Conversations: what robots hear, whose words they are, who answers, the inbox of people, and contacts. */
import { definePart } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { THEIR_CONVERSATIONS } from './about-people.ts';
import { inboxCron } from './cron.ts';
import { conversationEventAccess, conversationEvents } from './events.ts';
import { inboxFunctions } from './functions.ts';
import { forgetWordsOfErased, goOnErasing } from './jobs.ts';
import { pastMessages } from './past-events.ts';
import { contactRoutes } from './routes/contacts.ts';
import { conversationList } from './routes/conversation-list.ts';
import { conversationRoutes } from './routes/conversations.ts';
import { messageRoutes } from './routes/messages.ts';
import { presenceRoute } from './routes/presence.ts';
import { quickReplyRoutes } from './routes/quick-replies.ts';
import { teamRoutes } from './routes/teams.ts';
import { uploadMessage } from './routes/upload-message.ts';
import { type ConversationsScope, conversationsServices, publicConversationsServices } from './services.ts';
import { ROBOT_SETTINGS } from './settings.ts';
import { conversationTables } from './tables.ts';

export const conversations = definePart<ConversationsScope & { config: RobotsConfig }>({
  name: 'conversations',
  summary: 'What robots hear and say, the inbox of people, and contacts',
  needs: ['logs', 'robots', 'commands'],
  contents: { messages: 'robots_messages' },
  tables: conversationTables,
  services: conversationsServices,
  publicServices: publicConversationsServices,
  routes: [
    uploadMessage,
    conversationList,
    ...conversationRoutes,
    presenceRoute,
    ...messageRoutes,
    ...contactRoutes,
    ...quickReplyRoutes,
    ...teamRoutes,
  ],
  jobs: [forgetWordsOfErased, goOnErasing],
  cron: inboxCron,
  events: conversationEvents,
  erasures: ['contact.erased'],
  eventAccess: conversationEventAccess,
  lastEvents: { 'robot.message': pastMessages },
  functions: inboxFunctions,
  aboutPeople: [THEIR_CONVERSATIONS],
  tenantSettings: ROBOT_SETTINGS,
});
