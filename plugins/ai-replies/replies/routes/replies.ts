/** Answers: what was sent, what waits for a person, and why there was none. */

import Type from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { coreErrors, IF_MATCH, listRoute, preconditionOf, route, versioned } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import { seenReplies } from '../../visibility.ts';
import type { RepliesScope } from '../services.ts';
import type { ReplyRow } from '../tables.ts';
import { REPLY_STATES, ReplyView, replyView, replyViews } from './views.ts';

const PATH = '/api/platform/ai/replies';
const Id = Type.Object({ id: Type.String({ minLength: 1, maxLength: 60 }) });
/** Who sends an answer speaks to a contact. */
const MAY_SEND = { ...AI_MANAGE, also: ['messages:send'] } as const;
const SHOWN = 20;
const LONGEST_TEXT = 10_000;

const shared = { params: Id, responses: { 200: ReplyView } };

export const replyItems = [
  listRoute({
    path: PATH,
    access: AI_READ,
    summary: 'Answers of AI, newest first: `state=draft` are those that wait for a person',
    item: ReplyView,
    columns: {
      state: { type: 'text', filter: 'equals', values: REPLY_STATES },
      robot_id: { type: 'text', filter: 'equals' },
      conversation_id: { type: 'text', filter: 'equals' },
    },
    rows: ({ principal }, { db, conversations }: RepliesScope) => seenReplies(db.read, principal, conversations),
    items: (rows: ReplyRow[], services: RepliesScope) => replyViews(rows, services),
  }),
  route({
    method: 'GET',
    path: `${PATH}/{id}`,
    access: AI_READ,
    summary: 'An answer with what it comes from',
    ...shared,
    async handler({ params, principal }, services: RepliesScope) {
      return shown(await services.drafts.find(principal, params.id), services);
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/{id}/send`,
    access: MAY_SEND,
    ...shared,
    summary: 'Sends an answer that waits for a person, as it is or with another text; once',
    requestHeaders: IF_MATCH,
    body: Type.Object(
      { text: Type.Optional(Type.String({ minLength: 1, maxLength: LONGEST_TEXT, pattern: '\\S' })) },
      { additionalProperties: false },
    ),
    async handler({ params, body, principal, ctx }, services: RepliesScope) {
      const sent = await services.drafts.send(principal, params.id, body.text ?? null, preconditionOf(ctx));
      return shown(sent, services);
    },
  }),
  route({
    method: 'POST',
    path: `${PATH}/{id}/reject`,
    access: AI_MANAGE,
    ...shared,
    summary: 'An answer that waits for a person is not sent',
    requestHeaders: IF_MATCH,
    async handler({ params, principal, ctx }, services: RepliesScope) {
      return shown(await services.drafts.reject(principal, params.id, preconditionOf(ctx)), services);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/ai/conversations/{id}/why',
    operationId: 'whyNoAnswer',
    access: AI_READ,
    summary: 'Why a conversation is answered or not: what would hold now, and what was decided last',
    params: Id,
    responses: {
      200: Type.Object({
        reason: Type.Union([Type.String(), Type.Null()], {
          description:
            '`not_in_use`, `mode`, `taken`, `contact_consent`, `not_addressed`, `hours`, `consent`, `limit`, `rate`; null: it would be answered',
        }),
        waiting: Type.Union([
          Type.Object({ state: Type.Enum(['waiting', 'ready']), due_at: Type.String() }),
          Type.Null(),
        ]),
        decisions: Type.Array(ReplyView),
      }),
    },
    async handler({ params, principal }, { db, conversations, replier }: RepliesScope) {
      const spoken = await conversations.spoken(params.id, 1);
      const isSeen = spoken !== null && (await conversations.maySee(principal, spoken.robot.id));
      const why = isSeen ? await replier.why(params.id) : null;
      if (!why || why.tenantId !== principal.tenantId) throw coreErrors.not_found();
      const { reason, turn } = why;
      const rows = seenReplies(db.read, principal, conversations)
        .where({ conversation_id: params.id })
        .orderBy('id', 'desc');
      const waiting =
        turn && turn.state !== 'idle' ? { state: turn.state, due_at: isoSeconds(turn.due_at) ?? '' } : null;
      return { reason, waiting, decisions: await replyViews(await rows.limit(SHOWN), { conversations }) };
    },
  }),
];

async function shown(row: ReplyRow, { conversations }: RepliesScope) {
  const companions = await conversations.companions([row.conversation_id]);
  return versioned(row, replyView(row, companions.get(row.conversation_id)));
}
