/** One conversation: what it is, and what people change of it. */
import Type from 'typebox';
import { IF_MATCH, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { ROBOTS_MANAGE, ROBOTS_READ } from '../../access.ts';
import type { Changed, ConversationWish } from '../conversation-changes.ts';
import { ConversationView, termsOf } from '../conversation-view.ts';
import { InboxCounts } from '../counts.ts';
import type { ConversationsScope } from '../services.ts';
import { visibleConversation } from '../visibility.ts';

export const ConversationId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });
const Reference = Type.Union([Type.String({ minLength: 1, maxLength: 40 }), Type.Null()]);
const MOST_LABELS = 20;

const ConversationChange = {
  state: Type.Optional(Type.Enum(['open', 'pending', 'snoozed', 'closed'])),
  snoozed_until: Type.Optional(Type.String({ format: 'date-time', description: 'With the state `snoozed`' })),
  assignee: Type.Optional({ ...Reference, description: 'Id of a person of the tenant; null for nobody' }),
  team: Type.Optional({ ...Reference, description: 'Id of a team; null for none' }),
  labels: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 60 }), {
      maxItems: MOST_LABELS,
      description: 'All that it is to have',
    }),
  ),
};

export const conversationRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/robots/inbox/counts',
    operationId: 'getInboxCounts',
    access: ROBOTS_READ,
    summary: 'How many conversations wait',
    responses: { 200: InboxCounts },
    handler: ({ principal }, { inboxCounter }: ConversationsScope) => inboxCounter.of(principal),
  }),
  route({
    method: 'GET',
    path: '/api/platform/robots/conversations/{id}',
    access: ROBOTS_READ,
    summary: 'A conversation; its messages are a list of their own',
    params: ConversationId,
    responses: { 200: ConversationView },
    async handler({ params, principal }, services: ConversationsScope) {
      return shown(await services.conversationChanges.find(principal, params.id), services);
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/platform/robots/conversations/{id}',
    access: ROBOTS_MANAGE,
    summary: 'Its state, assignee and labels',
    description:
      'Closing it brings automatic answers back, and asks the contact for a rating where the tenant wants that.',
    params: ConversationId,
    body: Type.Object(ConversationChange),
    requestHeaders: IF_MATCH,
    responses: { 200: ConversationView },
    async handler({ params, body, principal, ctx }, services: ConversationsScope) {
      const { snoozed_until, ...rest } = body;
      const wish: ConversationWish = {
        ...rest,
        ...(snoozed_until !== undefined && { snoozedUntil: Date.parse(snoozed_until) }),
      };
      const changed = await services.conversationChanges.change(principal, params.id, wish, preconditionOf(ctx));
      return shown(changed, services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/conversations/{id}/read',
    operationId: 'markConversationRead',
    access: ROBOTS_MANAGE,
    summary: 'Nothing in it is unread any more',
    params: ConversationId,
    responses: { 204: null },
    async handler({ params, principal }, { conversationChanges }: ConversationsScope) {
      await conversationChanges.markRead(principal, params.id);
      return reply(204);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/conversations/{id}/automatic',
    operationId: 'switchAutomaticAnswers',
    access: ROBOTS_MANAGE,
    summary: 'Automatic answers on, or off until they are switched on again or it is closed',
    description:
      'Switching them off takes the conversation over, and assigns it when unassigned (`robots_assign_by_answering`).',
    params: ConversationId,
    body: Type.Object({ on: Type.Boolean() }),
    responses: { 200: ConversationView },
    async handler({ params, body, principal }, services: ConversationsScope) {
      const { db, handover, takingOn, conversationChanges } = services;
      const known = await visibleConversation(db, principal, params.id);
      const isTakenOn = !body.on && (await takingOn.isFor(principal, known.tenant_id));
      await db.transaction(async (trx) => {
        const row = await visibleConversation(db, principal, params.id, trx);
        await handover.switchAutomatic(trx, { robot: row.robot, conversation: row.id, group: '' }, body.on);
        if (isTakenOn) await takingOn.takeOn(trx, row, principal);
      });
      return shown(await conversationChanges.find(principal, params.id), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/conversations/{id}/hand-over',
    operationId: 'handOverConversation',
    access: ROBOTS_MANAGE,
    summary: 'A person is to take over: it waits in the inbox, and automatic answers stay away',
    params: ConversationId,
    body: Type.Object({ reason: Type.Optional(Type.String({ maxLength: 200 })) }),
    responses: { 200: ConversationView },
    async handler({ params, body, principal }, services: ConversationsScope) {
      const { db, handover, conversationChanges } = services;
      await db.transaction(async (trx) => {
        const { id } = await visibleConversation(db, principal, params.id, trx);
        await handover.handOverKnown(trx, id, body.reason || 'person');
      });
      return shown(await conversationChanges.find(principal, params.id), services);
    },
  }),
];

async function shown(changed: Changed, { conversationChanges }: ConversationsScope) {
  return versioned(termsOf(changed.row, changed.labels), await conversationChanges.view(changed));
}
