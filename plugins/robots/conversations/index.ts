/** Conversations: what robots hear, whose words they are, who answers, the inbox of people, and contacts. */
import { definePart } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { inboxCron } from './cron.ts';
import { conversationEventAccess, conversationEvents } from './events.ts';
import { inboxFunctions } from './functions.ts';
import { forgetWordsOfErased, goOnErasing } from './jobs.ts';
import { inboxRoutes } from './routes/index.ts';
import { type ConversationsScope, conversationsServices, publicConversationsServices } from './services.ts';
import { ROBOT_SETTINGS } from './settings.ts';
import './tables.ts';

export const conversations = definePart<ConversationsScope & { config: RobotsConfig }>({
  name: 'conversations',
  summary: 'What robots hear and say, the inbox of people, and contacts',
  needs: ['logs', 'robots', 'commands'],
  contents: { messages: 'robots_messages' },
  services: conversationsServices,
  publicServices: publicConversationsServices,
  routes: inboxRoutes,
  jobs: [forgetWordsOfErased, goOnErasing],
  cron: inboxCron,
  events: conversationEvents,
  erasures: ['contact.erased'],
  eventAccess: conversationEventAccess,
  functions: inboxFunctions,
  tenantSettings: ROBOT_SETTINGS,
});
