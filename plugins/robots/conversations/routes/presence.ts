/** Who looks at a conversation now: nothing of it is kept. */
import Type from 'typebox';
import { route } from '#core/plugin.ts';
import { ROBOTS_READ } from '../../access.ts';
import type { ConversationsScope } from '../services.ts';
import { ConversationId } from './conversations.ts';

const Present = Type.Object({
  id: Type.String(),
  name: Type.String(),
  doing: Type.Enum(['looking', 'writing']),
});

export const presenceRoute = route({
  method: 'POST',
  path: '/api/platform/robots/conversations/{id}/presence',
  operationId: 'noteInboxPresence',
  access: ROBOTS_READ,
  summary: 'Says that you are viewing it, writing in it, or have left, and returns the others who are present',
  description:
    'To be said again every 20 seconds, and every 10 while one writes: who is silent for 45 seconds has left. Changes come ' +
    'as the live event `inbox.presence`. Programs see the others and are not seen.',
  params: ConversationId,
  body: Type.Object({ doing: Type.Enum(['looking', 'writing', 'gone']) }),
  responses: { 200: Type.Object({ people: Type.Array(Present) }) },
  handler: async ({ params, body, principal }, { inboxPresence }: ConversationsScope) => ({
    people: await inboxPresence.note(principal, params.id, body.doing),
  }),
});
