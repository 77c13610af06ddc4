/** Questions with the answers that people have given: suggested by what they say in the inbox, approved by hand. */
import Type from 'typebox';
import { IF_MATCH, listRoute, preconditionOf, reply, route, versioned } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import { LONGEST_ANSWER, LONGEST_QUESTION } from '../answers.ts';
import type { KnowledgeScope } from '../services.ts';
import type { AnswerRow } from '../tables.ts';
import { AnswerView, answerView, Id } from './views.ts';

const PATH = '/api/platform/ai/answers';
const TAG = 'knowledge';
const STATES = ['suggested', 'approved', 'rejected'] as const;
const Question = Type.String({ minLength: 1, maxLength: LONGEST_QUESTION });
const Answer = Type.String({ minLength: 1, maxLength: LONGEST_ANSWER });
const State = Type.Enum([...STATES], { description: 'Approved ones are sent without asking a model' });

export const answerRoutes = [
  listRoute({
    path: PATH,
    tag: TAG,
    access: AI_READ,
    summary: 'Questions with answers, newest first',
    item: AnswerView,
    columns: { state: { type: 'text', filter: 'equals', values: STATES } },
    rows: ({ principal }, { db }: KnowledgeScope) =>
      db.read('ai_replies_answers').where({ tenant_id: principal.tenantId }),
    items: (rows: AnswerRow[]) => rows.map(answerView),
  }),
  route({
    method: 'POST',
    path: PATH,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'A new answer, approved unless it says otherwise',
    body: Type.Object({ question: Question, answer: Answer, state: Type.Optional(State) }),
    responses: { 201: AnswerView },
    async handler({ body, principal }, { answers }: KnowledgeScope) {
      const row = await answers.create(principal.tenantId, body, principal.userId);
      return versioned(row, answerView(row), 201);
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_READ,
    summary: 'A question with its answer',
    params: Id,
    responses: { 200: AnswerView },
    async handler({ params, principal }, { answers }: KnowledgeScope) {
      const row = await answers.find(principal.tenantId, params.id);
      return versioned(row, answerView(row));
    },
  }),
  route({
    method: 'PATCH',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Approves, rejects or edits an answer',
    params: Id,
    body: Type.Object({
      question: Type.Optional(Question),
      answer: Type.Optional(Answer),
      state: Type.Optional(State),
    }),
    requestHeaders: IF_MATCH,
    responses: { 200: AnswerView },
    async handler({ params, body, principal, ctx }, { answers }: KnowledgeScope) {
      const row = await answers.change(principal.tenantId, params.id, body, preconditionOf(ctx));
      return versioned(row, answerView(row));
    },
  }),
  route({
    method: 'DELETE',
    path: `${PATH}/{id}`,
    tag: TAG,
    access: AI_MANAGE,
    summary: 'Removes an answer',
    params: Id,
    responses: { 204: null },
    async handler({ params, principal }, { answers }: KnowledgeScope) {
      await answers.remove(principal.tenantId, params.id);
      return reply(204);
    },
  }),
];
