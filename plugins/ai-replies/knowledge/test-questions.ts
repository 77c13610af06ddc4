/** Questions of test sets. Table: ai_replies_test_questions. */
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import type { TestQuestionRow, TestSetRow } from './tables.ts';

export interface TestQuestionWish {
  question?: string;
  documents?: readonly string[];
  passage?: string;
  answer_words?: readonly string[];
}

export interface TestQuestions {
  /** Throws `test_set_is_full`. */
  add(set: TestSetRow, wish: TestQuestionWish & { question: string }): Promise<TestQuestionRow>;
  /** Throws `test_question_not_found`. */
  change(set: TestSetRow, uuid: string, wish: TestQuestionWish, unchanged: Precondition): Promise<TestQuestionRow>;
  remove(set: TestSetRow, uuid: string): Promise<void>;
}

const MOST_QUESTIONS = 1_000;

export function createTestQuestions({ db, clock }: Services): TestQuestions {
  return {
    add: (set, { question, documents = [], passage = '', answer_words = [] }) =>
      db.transaction(async (trx) => {
        await locked(trx, set.tenant_id, set.uuid);
        const kept = await trx('ai_replies_test_questions').where({ test_set: set.id }).count({ value: '*' }).first();
        if (Number(kept?.value) >= MOST_QUESTIONS)
          throw aiErrors.test_set_is_full({ extra: { limit: MOST_QUESTIONS } });
        const now = clock.now();
        const [row] = await trx('ai_replies_test_questions')
          .insert({
            uuid: crypto.randomUUID(),
            test_set: set.id,
            question,
            passage,
            documents: JSON.stringify(documents),
            answer_words: JSON.stringify(answer_words),
            created_at: now,
            updated_at: now,
          })
          .returning('*');
        if (!row) throw new Error('A question was not stored');
        return row;
      }),
    change: (set, uuid, { documents, answer_words, ...wish }, unchanged) =>
      db.transaction(async (trx) => {
        const before = await trx('ai_replies_test_questions').where({ test_set: set.id, uuid }).forUpdate().first();
        if (!before) throw aiErrors.test_question_not_found();
        unchanged(before);
        const patch = {
          ...wish,
          ...(documents !== undefined && { documents: JSON.stringify(documents) }),
          ...(answer_words !== undefined && { answer_words: JSON.stringify(answer_words) }),
          updated_at: clock.now(),
        };
        await trx('ai_replies_test_questions').where({ id: before.id }).update(patch);
        return { ...before, ...patch };
      }),
    async remove(set, uuid) {
      const gone = await db.write('ai_replies_test_questions').where({ test_set: set.id, uuid }).delete();
      if (gone === 0) throw aiErrors.test_question_not_found();
    },
  };
}

async function locked(trx: Transaction, tenantId: string, uuid: string): Promise<TestSetRow> {
  const row = await trx('ai_replies_test_sets').where({ tenant_id: tenantId, uuid }).forUpdate().first();
  if (!row) throw aiErrors.test_set_not_found();
  return row;
}
