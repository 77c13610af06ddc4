/** Knowledge bases, and what is found in them. */
import Type from 'typebox';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ, AI_USE } from '../../access.ts';
import type { KnowledgeScope } from '../services.ts';
import type { BaseRow } from '../tables.ts';
import { AnswerView, BaseView, baseView, Id, PassageView, passageView } from './views.ts';

const PATH = '/api/platform/ai/bases';
const TAG = 'knowledge';
const Name = Type.String({ minLength: 1, maxLength: 100 });
const Settings = {
  floor: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'Passages that fit less are not used: when there is none, the robot does not know',
    }),
  ),
  chunk_tokens: Type.Optional(
    Type.Integer({
      minimum: 50,
      maximum: 2_000,
      description: 'How long a passage is; of documents that are read from now on',
    }),
  ),
  overlap_tokens: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 500, description: 'How much of the passage before each one begins with' }),
  ),
};

export const baseRoutes = [
  listRoute({
    path: PATH,
    tag: TAG,
    access: AI_READ,
    summary: 'Knowledge bases, newest first',
    item: BaseView,
    columns: { name: { type: 'text', filter: 'equals', sort: true } },
    rows: ({ principal }, { db }: KnowledgeScope) =>
      db.read('ai_replies_bases').where({ tenant_id: principal.tenantId, is_gone: 0 }),
    items: (rows: BaseRow[]) => rows.map(baseView),
  }),
  route({
    method: 'POST',
    path: PATH,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'A new knowledge base',
    body: Type.Object({ name: Name, ...Settings }),
    responses: { 201: BaseView },
    async handler({ body, principal }, { bases }: KnowledgeScope) {
      const row = await bases.create(principal.tenantId, body);
      return versioned(row, baseView(row), 201);
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_READ,
    summary: 'A knowledge base',
    params: Id,
    responses: { 200: BaseView },
    async handler({ params, principal }, { bases }: KnowledgeScope) {
      const row = await bases.find(principal.tenantId, params.id);
      return versioned(row, baseView(row));
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Changes a knowledge base',
    params: Id,
    body: Type.Object({ name: Type.Optional(Name), ...Settings }),
    requestHeaders: IF_MATCH,
    responses: { 200: BaseView },
    async handler({ params, body, principal, ctx }, { bases }: KnowledgeScope) {
      const row = await bases.change(principal.tenantId, params.id, body, preconditionOf(ctx));
      return versioned(row, baseView(row));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Removes a knowledge base with all that is in it',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal }, { bases }: KnowledgeScope) {
      await bases.remove(principal.tenantId, params.id);
      return reply(204);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/ai/search',
    operationId: 'searchKnowledge',
    tag: TAG,
    access: AI_USE,
    summary:
      'What is found for a question, with scores: the passages, those that do not fit well enough, the approved answer',
    body: Type.Object({
      text: Type.String({ minLength: 1, maxLength: 2_000 }),
      bases: Type.Optional(
        Type.Array(Type.String({ maxLength: 40 }), { maxItems: 200, description: 'Ids; default: all of the tenant' }),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 5 })),
    }),
    responses: {
      200: Type.Object({
        passages: Type.Array(PassageView),
        below_floor: Type.Array(PassageView),
        by: Type.Object({
          words: Type.Boolean(),
          meaning: Type.Boolean({ description: 'False without an endpoint, and when it has failed' }),
          rerank: Type.Boolean(),
        }),
        approved: Type.Union([
          Type.Object({ ...Type.Pick(AnswerView, ['id', 'question', 'answer']).properties, score: Type.Number() }),
          Type.Null(),
        ]),
      }),
    },
    async handler({ body, principal }, { knowledge, knowledgeSearch }: KnowledgeScope) {
      const query = {
        tenantId: principal.tenantId,
        bases: body.bases ?? null,
        text: body.text,
        limit: body.limit ?? 5,
      };
      const approved = await knowledge.approvedAnswer(query);
      const { passages, belowFloor, by } = await knowledgeSearch.look(query);
      return { passages: passages.map(passageView), below_floor: belowFloor.map(passageView), by, approved };
    },
  }),
];
