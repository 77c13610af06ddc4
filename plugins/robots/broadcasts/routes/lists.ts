/** Broadcasts, and the recipients of one. */
import Type from 'typebox';
import { listRoute } from '#core/plugin.ts';
import { ROBOTS_READ } from '../../access.ts';
import { seenBy } from '../../robots/visibility.ts';
import type { BroadcastsScope } from '../services.ts';
import type { BroadcastRow } from '../tables.ts';
import {
  BROADCAST_STATES,
  BroadcastItem,
  broadcastItem,
  type ListedRecipient,
  RECIPIENT_STATES,
  RecipientItem,
  recipientItem,
} from './views.ts';

export const broadcastList = listRoute({
  path: '/api/platform/robots/broadcasts',
  access: ROBOTS_READ,
  summary: 'Broadcasts, newest first',
  tag: 'broadcasts',
  item: BroadcastItem,
  columns: { state: { type: 'text', filter: 'equals', values: BROADCAST_STATES } },
  rows: ({ principal }, { db }: BroadcastsScope) =>
    db.read('robots_broadcasts').where(seenBy(principal, 'robots_broadcasts')),
  items: (rows: BroadcastRow[]) => rows.map(broadcastItem),
});

export const recipientList = listRoute({
  path: '/api/platform/robots/broadcasts/{id}/recipients',
  access: ROBOTS_READ,
  summary: 'The recipients of a broadcast, with the outcome for each',
  tag: 'broadcasts',
  params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 60 }) }),
  item: RecipientItem,
  key: 'recipient.id',
  columns: { state: { type: 'text', column: 'recipient.state', filter: 'equals', values: RECIPIENT_STATES } },
  async rows({ principal, params }, { db, broadcasts }: BroadcastsScope) {
    const { id } = await broadcasts.find(principal, params.id);
    const query = db
      .read('robots_broadcast_recipients as recipient')
      .join('robots_robots as robot', 'robot.id', 'recipient.robot')
      .where({ 'recipient.broadcast': id })
      .leftJoin('robots_commands as command', 'command.command_id', 'recipient.command_id')
      .select('recipient.*', 'robot.robot_id', 'command.result');
    return { query };
  },
  items: (rows: ListedRecipient[]) => rows.map(recipientItem),
});
