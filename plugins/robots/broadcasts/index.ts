/** Broadcasts: messages to many at the pace of robots, and messages that are sent later. */
import { definePart } from '#core/plugin.ts';
import type { RobotsConfig } from '../config.ts';
import { sendScheduled } from './cron.ts';
import { broadcastEventAccess, broadcastEvents } from './events.ts';
import { broadcastFunctions } from './functions.ts';
import { leaveBroadcasts, sendBroadcasts, workOnBroadcast } from './jobs.ts';
import { broadcastItems } from './routes/broadcasts.ts';
import { broadcastList, recipientList } from './routes/lists.ts';
import { scheduleRoutes } from './routes/scheduled-messages.ts';
import { type BroadcastsScope, broadcastsServices } from './services.ts';
import { broadcastTables } from './tables.ts';

export const broadcasts = definePart<BroadcastsScope & { config: RobotsConfig }>({
  name: 'broadcasts',
  summary: 'Messages to many, and messages that are sent later',
  needs: ['robots', 'commands', 'conversations'],
  tables: broadcastTables,
  services: broadcastsServices,
  routes: [...broadcastItems, broadcastList, recipientList, ...scheduleRoutes],
  tags: { broadcasts: 'Messages to many at the pace of robots, and messages that are sent later' },
  jobs: [sendBroadcasts, workOnBroadcast, leaveBroadcasts],
  cron: [sendScheduled],
  events: broadcastEvents,
  eventAccess: broadcastEventAccess,
  functions: broadcastFunctions,
});
