/** The routes of broadcasts and scheduled messages. */
import { broadcastItems } from './broadcasts.ts';
import { broadcastList, recipientList } from './lists.ts';
import { scheduleRoutes } from './scheduled-messages.ts';

export const broadcastRoutes = [...broadcastItems, broadcastList, recipientList, ...scheduleRoutes];
