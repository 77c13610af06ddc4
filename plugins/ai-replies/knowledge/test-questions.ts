/** Questions of test sets: rows whose routes are those of their set. Table: ai_replies_test_questions. */
import Type from 'typebox';
import { resource } from '#core/plugin.ts';
import { AI_MANAGE, AI_READ } from '../access.ts';
import { aiErrors } from '../errors.ts';

const MOST_QUESTIONS = 1_000;

export const testQuestions = resource({
  path: '/api/platform/ai/test-sets/{id}/questions',
  table: 'ai_replies_test_questions',
  read: AI_READ,
  write: AI_MANAGE,
  fields: {
    question: { schema: Type.String({ minLength: 1, maxLength: 2_000 }) },
    documents: {
      schema: Type.Array(Type.String({ maxLength: 40 }), {
        maxItems: 20,
        description: 'Ids, of which one is to be found',
      }),
      default: [],
      as: 'json',
    },
    passage: {
      schema: Type.String({ maxLength: 2_000, description: 'Words from the passage to be found' }),
      default: '',
    },
    answer_words: {
      schema: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        maxItems: 20,
        description: 'Words that the result must contain, because the answer needs them',
      }),
      default: [],
      as: 'json',
    },
  },
  stamps: ['created_at', 'updated_at'],
  most: { rows: MOST_QUESTIONS, error: () => aiErrors.test_set_is_full({ extra: { limit: MOST_QUESTIONS } }) },
  summaries: {},
  errors: { notFound: aiErrors.test_question_not_found },
  async before(_wish, { verb, trx, whose }) {
    if (verb !== 'create') return;
    // Held while they are counted: of two who add the last one, one is told that the set is full.
    const set = await trx('ai_replies_test_sets').where({ id: whose.test_set }).forUpdate().first('id');
    if (!set) throw aiErrors.test_set_not_found();
  },
});
