/** Test sets of knowledge, with their questions. */
import Type from 'typebox';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import type { KnowledgeScope } from '../services.ts';
import type { TestQuestionRow, TestSetRow } from '../tables.ts';
import { testSets } from '../test-sets.ts';
import { Id, TestQuestionView, testQuestionView } from './views.ts';

const PATH = '/api/platform/ai/test-sets';
const TAG = 'knowledge';
const BothIds = Type.Object({
  ...Id.properties,
  question_id: Type.String({ minLength: 1, maxLength: 40 }),
});

const Question = Type.String({ minLength: 1, maxLength: 2_000 });
const Expected = {
  documents: Type.Optional(
    Type.Array(Type.String({ maxLength: 40 }), { maxItems: 20, description: 'Ids, of which one is to be found' }),
  ),
  passage: Type.Optional(Type.String({ maxLength: 2_000, description: 'Words from the passage to be found' })),
  answer_words: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      maxItems: 20,
      description: 'Words that the result must contain, because the answer needs them',
    }),
  ),
};

export const testSetRoutes = [
  ...testSets.routes,
  listRoute({
    path: `${PATH}/{id}/questions`,
    tag: TAG,
    access: AI_READ,
    summary: 'Questions of a test set, newest first',
    params: Id,
    item: TestQuestionView,
    columns: {},
    async rows({ params, principal }, services: KnowledgeScope) {
      const { id } = await setOf(principal, params.id, services);
      return { query: services.db.read('ai_replies_test_questions').where({ test_set: id }) };
    },
    items: (rows: TestQuestionRow[]) => rows.map(testQuestionView),
  }),
  route({
    method: 'POST',
    path: `${PATH}/{id}/questions`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'A new question',
    params: Id,
    body: Type.Object({ question: Question, ...Expected }),
    responses: { 201: TestQuestionView },
    async handler({ params, body, principal }, services: KnowledgeScope) {
      const row = await services.testQuestions.add(await setOf(principal, params.id, services), body);
      return versioned(row, testQuestionView(row), 201);
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}/questions/{question_id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Changes a question',
    params: BothIds,
    body: Type.Object({ question: Type.Optional(Question), ...Expected }),
    requestHeaders: IF_MATCH,
    responses: { 200: TestQuestionView },
    async handler({ params, body, principal, ctx }, services: KnowledgeScope) {
      const set = await setOf(principal, params.id, services);
      const row = await services.testQuestions.change(set, params.question_id, body, preconditionOf(ctx));
      return versioned(row, testQuestionView(row));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{id}/questions/{question_id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Removes a question',
    params: BothIds,
    responses: { 204: null },
    async handler({ params, principal }, services: KnowledgeScope) {
      await services.testQuestions.remove(await setOf(principal, params.id, services), params.question_id);
      return reply(204);
    },
  }),
];

/** Throws `test_set_not_found`. */
export function setOf({ tenantId }: { tenantId: string }, id: string, services: KnowledgeScope): Promise<TestSetRow> {
  return testSets.find({ tenant_id: tenantId }, id, services);
}
