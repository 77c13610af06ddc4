/** Test sets of knowledge, with their questions. */
import Type from 'typebox';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import type { KnowledgeScope } from '../services.ts';
import type { TestQuestionRow, TestSetRow } from '../tables.ts';
import { testQuestions } from '../test-questions.ts';
import { testSets } from '../test-sets.ts';
import { Id } from './views.ts';

const PATH = '/api/platform/ai/test-sets';
const TAG = 'knowledge';
const BothIds = Type.Object({
  ...Id.properties,
  question_id: Type.String({ minLength: 1, maxLength: 40 }),
});

export const testSetRoutes = [
  ...testSets.routes,
  listRoute({
    path: `${PATH}/{id}/questions`,
    tag: TAG,
    access: AI_READ,
    summary: 'Questions of a test set, newest first',
    params: Id,
    item: testQuestions.schema,
    columns: {},
    async rows({ params, principal }, services: KnowledgeScope) {
      const whose = await ofSet(principal, params.id, services);
      return { query: services.db.read('ai_replies_test_questions').where(whose) };
    },
    items: (rows: TestQuestionRow[]) => rows.map(testQuestions.view),
  }),
  route({
    method: 'POST',
    path: `${PATH}/{id}/questions`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'A new question',
    params: Id,
    body: testQuestions.bodies.create,
    responses: { 201: testQuestions.schema },
    async handler({ params, body: wish, principal }, services: KnowledgeScope) {
      const whose = await ofSet(principal, params.id, services);
      const row = await testQuestions.create({ wish, principal, whose }, services);
      return versioned(row, testQuestions.view(row), 201);
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}/questions/{question_id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Changes a question',
    params: BothIds,
    body: testQuestions.bodies.change,
    requestHeaders: IF_MATCH,
    responses: { 200: testQuestions.schema },
    async handler({ params, body: wish, principal, ctx }, services: KnowledgeScope) {
      const whose = await ofSet(principal, params.id, services);
      const asked = { id: params.question_id, wish, unchanged: preconditionOf(ctx), principal, whose };
      const row = await testQuestions.change(asked, services);
      return versioned(row, testQuestions.view(row));
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
      const whose = await ofSet(principal, params.id, services);
      await testQuestions.remove({ id: params.question_id, principal, whose }, services);
      return reply(204);
    },
  }),
];

/** Throws `test_set_not_found`. */
export function setOf({ tenantId }: { tenantId: string }, id: string, services: KnowledgeScope): Promise<TestSetRow> {
  return testSets.find({ tenant_id: tenantId }, id, services);
}

async function ofSet(principal: { tenantId: string }, id: string, services: KnowledgeScope) {
  return { test_set: (await setOf(principal, id, services)).id };
}
