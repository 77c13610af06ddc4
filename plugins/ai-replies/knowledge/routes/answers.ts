/** Questions with the answers that people have given: suggested by what they say in the inbox, approved by hand. */
import Type from 'typebox';
import { resource } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../../access.ts';
import { aiErrors } from '../../errors.ts';
import { hashOf, LONGEST_ANSWER, LONGEST_QUESTION } from '../answers.ts';
import type { KnowledgeScope } from '../services.ts';

const STATES = ['suggested', 'approved', 'rejected'] as const;

const answers = resource({
  path: '/api/platform/ai/answers',
  tag: 'knowledge',
  table: 'ai_replies_answers',
  read: AI_READ,
  write: AI_MANAGE,
  fields: {
    state: {
      schema: Type.Enum([...STATES], { description: 'Approved ones are sent without asking a model' }),
      default: 'approved',
      list: { type: 'text', filter: 'equals', values: STATES },
    },
    question: { schema: Type.String({ minLength: 1, maxLength: LONGEST_QUESTION }) },
    answer: { schema: Type.String({ minLength: 1, maxLength: LONGEST_ANSWER }) },
    conversation_id: {
      isShownOnly: true,
      schema: Type.Union([Type.String({ description: 'Where a person gave it' }), Type.Null()]),
    },
  },
  stamps: ['created_at', 'updated_at'],
  summaries: {
    list: 'Questions with answers, newest first',
    create: 'A new answer, approved unless it says otherwise',
    find: 'A question with its answer',
    change: 'Approves, rejects or edits an answer',
    remove: 'Removes an answer',
  },
  errors: { notFound: aiErrors.answer_not_found },
  before: ({ question }, { verb, principal }) => ({
    ...(verb === 'create' && { user_id: principal.userId }),
    ...(question !== undefined && { question_hash: hashOf(question) }),
  }),
  async after(row, { trx, verb, row: before }, { answers: kept }: KnowledgeScope) {
    if (verb !== 'remove') await kept.written(trx, row, before);
  },
});

export const AnswerView = answers.schema;
export const answerRoutes = answers.routes;
