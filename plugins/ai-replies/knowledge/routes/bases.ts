/** Knowledge bases, and what is found in them. */
import Type from 'typebox';
import { reply, resource, route } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ, AI_USE } from '../../access.ts';
import { aiErrors } from '../../errors.ts';
import { DEFAULTS, MOST_BASES } from '../bases.ts';
import type { KnowledgeScope } from '../services.ts';
import { AnswerView } from './answers.ts';
import { Id, PassageView, passageView } from './views.ts';

const PATH = '/api/platform/ai/bases';
const TAG = 'knowledge';

const bases = resource({
  path: PATH,
  tag: TAG,
  table: 'ai_replies_bases',
  read: AI_READ,
  write: AI_MANAGE,
  fields: {
    name: {
      schema: Type.String({ minLength: 1, maxLength: 100 }),
      list: { type: 'text', filter: 'equals', sort: true },
    },
    floor: {
      schema: Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'Passages that fit less are not used: when there is none, the robot does not know',
      }),
      default: DEFAULTS.floor,
    },
    chunk_tokens: {
      schema: Type.Integer({
        minimum: 50,
        maximum: 2_000,
        description: 'How long a passage is; of documents that are read from now on',
      }),
      default: DEFAULTS.chunk_tokens,
    },
    overlap_tokens: {
      schema: Type.Integer({
        minimum: 0,
        maximum: 500,
        description: 'How much of the passage before each one begins with',
      }),
      default: DEFAULTS.overlap_tokens,
    },
  },
  stamps: ['created_at', 'updated_at'],
  where: { is_gone: 0 },
  most: { rows: MOST_BASES, error: aiErrors.too_many_bases },
  summaries: {
    list: 'Knowledge bases, newest first',
    create: 'A new knowledge base',
    find: 'A knowledge base',
    change: 'Changes a knowledge base',
  },
  errors: { notFound: aiErrors.base_not_found, exists: aiErrors.base_exists },
  async after({ tenant_id }, { verb, trx }, { partsInUse }: KnowledgeScope) {
    if (verb === 'create') await partsInUse.made(trx, tenant_id);
  },
});

export const baseRoutes = [
  ...bases.routes,
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
      const { passages, belowFloor, by } = await knowledgeSearch.trace(query);
      return { passages: passages.map(passageView), below_floor: belowFloor.map(passageView), by, approved };
    },
  }),
];
