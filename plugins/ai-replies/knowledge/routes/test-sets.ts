/** Test sets of knowledge, with their questions. */
import Type from 'typebox';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import type { KnowledgeScope } from '../services.ts';
import type { TestQuestionRow, TestSetRow } from '../tables.ts';
import { Id, TestQuestionView, TestSetView, testQuestionView, testSetView } from './views.ts';

const PATH = '/api/platform/ai/test-sets';
const TAG = 'knowledge';
const BothIds = Type.Object({
  ...Id.properties,
  question_id: Type.String({ minLength: 1, maxLength: 40 }),
});
const Name = Type.String({ minLength: 1, maxLength: 100 });
const Settings = {
  bases: Type.Optional(
    Type.Union([Type.Array(Type.String({ maxLength: 40 }), { maxItems: 200 }), Type.Null()], {
      description: 'Ids of the knowledge bases that are asked; null for all',
    }),
  ),
  k: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, description: 'So many passages are looked at; default 5' })),
};
const Question = Type.String({ minLength: 1, maxLength: 2_000 });
const Expected = {
  documents: Type.Optional(
    Type.Array(Type.String({ maxLength: 40 }), { maxItems: 20, description: 'Ids, of which one is to be found' }),
  ),
  passage: Type.Optional(Type.String({ maxLength: 2_000, description: 'Words that stand in the passage to be found' })),
  answer_words: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      maxItems: 20,
      description: 'What has to stand in what is found, for the answer needs it',
    }),
  ),
};

export const testSetRoutes = [
  listRoute({
    path: PATH,
    tag: TAG,
    access: AI_READ,
    summary: 'Test sets, newest first',
    item: TestSetView,
    columns: { name: { type: 'text', filter: 'equals', sort: true } },
    rows: ({ principal }, { db }: KnowledgeScope) =>
      db.read('ai_replies_test_sets').where({ tenant_id: principal.tenantId }),
    items: (rows: TestSetRow[]) => rows.map(testSetView),
  }),
  route({
    method: 'POST',
    path: PATH,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'A new test set',
    body: Type.Object({ name: Name, ...Settings }),
    responses: { 201: TestSetView },
    async handler({ body, principal }, { testSets }: KnowledgeScope) {
      const row = await testSets.create(principal.tenantId, body);
      return versioned(row, testSetView(row), 201);
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_READ,
    summary: 'A test set',
    params: Id,
    responses: { 200: TestSetView },
    async handler({ params, principal }, { testSets }: KnowledgeScope) {
      const row = await testSets.find(principal.tenantId, params.id);
      return versioned(row, testSetView(row));
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Changes a test set',
    params: Id,
    body: Type.Object({ name: Type.Optional(Name), ...Settings }),
    requestHeaders: IF_MATCH,
    responses: { 200: TestSetView },
    async handler({ params, body, principal, ctx }, { testSets }: KnowledgeScope) {
      const row = await testSets.change(principal.tenantId, params.id, body, preconditionOf(ctx));
      return versioned(row, testSetView(row));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Removes a test set with its runs',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal }, { testSets }: KnowledgeScope) {
      await testSets.remove(principal.tenantId, params.id);
      return reply(204);
    },
  }),
  listRoute({
    path: `${PATH}/{id}/questions`,
    tag: TAG,
    access: AI_READ,
    summary: 'Questions of a test set, newest first',
    params: Id,
    item: TestQuestionView,
    columns: {},
    async rows({ params, principal }, { db, testSets }: KnowledgeScope) {
      const { id } = await testSets.find(principal.tenantId, params.id);
      return { query: db.read('ai_replies_test_questions').where({ test_set: id }) };
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
    async handler({ params, body, principal }, { testSets }: KnowledgeScope) {
      const row = await testSets.addQuestion(await testSets.find(principal.tenantId, params.id), body);
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
    async handler({ params, body, principal, ctx }, { testSets }: KnowledgeScope) {
      const set = await testSets.find(principal.tenantId, params.id);
      const row = await testSets.changeQuestion(set, params.question_id, body, preconditionOf(ctx));
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
    async handler({ params, principal }, { testSets }: KnowledgeScope) {
      await testSets.removeQuestion(await testSets.find(principal.tenantId, params.id), params.question_id);
      return reply(204);
    },
  }),
];
