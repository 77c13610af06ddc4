/** The event that tells how far a broadcast is, and who may see it live: who may see the broadcast. */
import Type from 'typebox';
import type { CloudEvent, Principal } from '#core/plugin.ts';
import type { BroadcastChangedEvent } from '../contract.ts';
import { maySee } from '../robots/visibility.ts';
import type { BroadcastsScope } from './services.ts';

const Count = Type.Integer();

export const broadcastEvents = {
  'broadcast.changed': Type.Object({
    broadcast_id: Type.String(),
    state: Type.String(),
    reason: Type.String(),
    total: Count,
    waiting: Count,
    sent: Count,
    succeeded: Count,
    failed: Count,
    unknown: Count,
    skipped: Count,
  }),
};

export const broadcastEventAccess = {
  'broadcast.changed': {
    scope: 'robots:read',
    async isFor({ data }: CloudEvent<BroadcastChangedEvent>, principal: Principal, { db }: BroadcastsScope) {
      const row = await db.read('robots_broadcasts').where({ uuid: data.broadcast_id }).first('tenant_id', 'user_id');
      return row !== undefined && maySee(principal, row);
    },
  },
};
