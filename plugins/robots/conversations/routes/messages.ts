/** What was said in a conversation, and what people add to it. */

import Type from 'typebox';
import { coreErrors, listRoute, reply, route } from '#core/plugin.ts';
import { ROBOTS_MANAGE, ROBOTS_READ } from '../../access.ts';
import { InboxMessage, inboxMessages } from '../message-view.ts';
import type { ConversationsScope } from '../services.ts';
import type { MessageRow } from '../tables.ts';
import { visibleConversation } from '../visibility.ts';
import { ConversationId } from './conversations.ts';

const TEXT_MAX = 20_000;
const ANSWER = { scope: 'messages:send', also: ['robots:read'], tenant: true } as const;
const IDEMPOTENCY_KEY = { 'Idempotency-Key': 'The same for a repeat of the same request, which is then done once' };
/** Pictures that browsers show without running anything in them; all else is a file to save. */
const SHOWN = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

const Command = Type.Object({ command_id: Type.String(), status: Type.String() });

export const messageRoutes = [
  listRoute({
    path: '/api/platform/robots/conversations/{id}/messages',
    access: ROBOTS_READ,
    summary: 'Messages of a conversation and notes about it, newest first',
    params: ConversationId,
    item: InboxMessage,
    columns: {
      author: { type: 'text', filter: 'equals', values: ['contact', 'robot', 'person', 'phone', 'note', 'namesake'] },
      created_at: { type: 'time', filter: 'range' },
    },
    async rows({ params, principal }, { db }: ConversationsScope) {
      const { id } = await visibleConversation(db, principal, params.id);
      return { query: db.read('robots_messages').where({ conversation: id, is_echo: 0 }) };
    },
    items: (rows: MessageRow[], services) => {
      const { db, people } = services as ConversationsScope;
      return inboxMessages(rows, { on: db.read, people });
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/conversations/{id}/answers',
    operationId: 'answerConversation',
    access: ANSWER,
    summary: 'Sends an answer to the contact; automatic answers pause',
    description:
      'A long text becomes several messages, in order. In a group the contact is mentioned. What nobody has is assigned to the ' +
      'person who answers (`robots_assign_by_answering`).',
    params: ConversationId,
    body: Type.Object({
      text: Type.Optional(Type.String({ minLength: 1, maxLength: TEXT_MAX })),
      file: Type.Optional(
        Type.Object({
          url: Type.String({ pattern: '^https?://', maxLength: 2_000 }),
          type: Type.Enum(['image', 'video', 'file']),
          name: Type.String({ minLength: 1, maxLength: 200 }),
        }),
      ),
      seen: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 60,
          description:
            'Id of the newest message when writing began: refused with `ANSWERED_MEANWHILE`, and the answer, ' +
            'when someone else has answered since',
        }),
      ),
    }),
    requestHeaders: IDEMPOTENCY_KEY,
    responses: { 201: Type.Object({ commands: Type.Array(Command) }) },
    async handler({ params, body, principal, ctx }, { inboxAnswers }: ConversationsScope) {
      if (!body.text?.trim() && !body.file) throw coreErrors.bad_request({ message: 'An answer has a text or a file' });
      const { seen, ...answer } = body;
      const options = { key: ctx.get('idempotency-key'), seen };
      const accepted = await inboxAnswers.answer(principal, params.id, answer, options);
      return { commands: accepted.map(({ commandId, status }) => ({ command_id: commandId, status })) };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/robots/conversations/{id}/notes',
    operationId: 'noteOnConversation',
    access: ROBOTS_MANAGE,
    summary: 'Adds a note that colleagues see and the contact does not',
    params: ConversationId,
    body: Type.Object({ text: Type.String({ minLength: 1, maxLength: TEXT_MAX }) }),
    requestHeaders: IDEMPOTENCY_KEY,
    responses: { 201: Type.Object({ id: Type.String() }) },
    handler: async ({ params, body, principal, ctx }, { inboxAnswers }: ConversationsScope) => ({
      id: await inboxAnswers.note(principal, params.id, body.text, ctx.get('idempotency-key')),
    }),
  }),
  route({
    method: 'GET',
    path: '/api/platform/robots/conversations/{id}/export',
    operationId: 'exportConversation',
    access: ROBOTS_READ,
    summary: 'The conversation with all its messages as one JSON file; as CSV the list of messages has them',
    params: ConversationId,
    responses: { 200: null },
    produces: ['application/json'],
    async handler({ params, principal }, { conversationChanges, conversationExport }: ConversationsScope) {
      const changed = await conversationChanges.find(principal, params.id);
      const view = await conversationChanges.view(changed);
      return reply(200, conversationExport.json(changed.row.id, view), {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': 'attachment; filename="conversation.json"',
      });
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/robots/conversations/{id}/messages/{message}/file',
    operationId: 'getMessageFile',
    access: ROBOTS_READ,
    summary: 'The file of a message; pictures are shown, everything else is saved',
    params: Type.Object({ ...ConversationId.properties, message: Type.String({ maxLength: 60 }) }),
    responses: { 200: null },
    produces: ['application/octet-stream', ...SHOWN],
    async handler({ params, principal }, { db, blobs }: ConversationsScope) {
      const { id } = await visibleConversation(db, principal, params.id);
      const message = await db
        .read('robots_messages')
        .where({ message_id: params.message, conversation: id })
        .first('blob', 'media_type');
      if (!message || message.blob === null) throw coreErrors.not_found({ message: 'The message has no file' });
      const isShown = SHOWN.has(message.media_type ?? '');
      const { sizeBytes, stream } = await blobs.stream(message.blob);
      return reply(200, stream, {
        'content-type': isShown ? (message.media_type ?? '') : 'application/octet-stream',
        'content-length': String(sizeBytes),
        'content-disposition': isShown ? 'inline' : 'attachment',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      });
    },
  }),
];
