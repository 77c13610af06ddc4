/** Test sets: questions with what is to be found for them. Tables: ai_replies_test_sets, ai_replies_test_questions. */
import { isUniqueViolation } from '#core/kit.ts';
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import type { TestQuestionRow, TestSetRow } from './tables.ts';

export interface TestSetWish {
  name?: string;
  /** Ids; null is all of the tenant. */
  bases?: readonly string[] | null;
  k?: number;
}

export interface TestQuestionWish {
  question?: string;
  documents?: readonly string[];
  passage?: string;
  answer_words?: readonly string[];
}

export interface TestSets {
  /** Throws `test_set_exists`. */
  create(tenantId: string, wish: TestSetWish & { name: string }): Promise<TestSetRow>;
  change(tenantId: string, uuid: string, wish: TestSetWish, unchanged: Precondition): Promise<TestSetRow>;
  remove(tenantId: string, uuid: string): Promise<void>;
  /** Throws `test_set_not_found`. */
  find(tenantId: string, uuid: string): Promise<TestSetRow>;
  /** Throws `test_set_is_full`. */
  addQuestion(set: TestSetRow, wish: TestQuestionWish & { question: string }): Promise<TestQuestionRow>;
  /** Throws `test_question_not_found`. */
  changeQuestion(
    set: TestSetRow,
    uuid: string,
    wish: TestQuestionWish,
    unchanged: Precondition,
  ): Promise<TestQuestionRow>;
  removeQuestion(set: TestSetRow, uuid: string): Promise<void>;
}

const MOST_QUESTIONS = 1_000;
const DEFAULT_K = 5;

export function createTestSets({ db, clock }: Services): TestSets {
  return {
    async create(tenantId, { name, bases = null, k = DEFAULT_K }) {
      const now = clock.now();
      const row = { uuid: crypto.randomUUID(), tenant_id: tenantId, name, bases: jsonOf(bases), k };
      const [set] = await named(
        db.transaction((trx) =>
          trx('ai_replies_test_sets')
            .insert({ ...row, created_at: now, updated_at: now })
            .returning('*'),
        ),
      );
      if (!set) throw new Error('A test set was not stored');
      return set;
    },
    change: (tenantId, uuid, { bases, ...wish }, unchanged) =>
      named(
        db.transaction(async (trx) => {
          const before = await locked(trx, tenantId, uuid);
          unchanged(before);
          const patch = { ...wish, ...(bases !== undefined && { bases: jsonOf(bases) }), updated_at: clock.now() };
          await trx('ai_replies_test_sets').where({ id: before.id }).update(patch);
          return { ...before, ...patch };
        }),
      ),
    async remove(tenantId, uuid) {
      const gone = await db.write('ai_replies_test_sets').where({ tenant_id: tenantId, uuid }).delete();
      if (gone === 0) throw aiErrors.test_set_not_found();
    },
    async find(tenantId, uuid) {
      const row = await db.read('ai_replies_test_sets').where({ tenant_id: tenantId, uuid }).first();
      if (!row) throw aiErrors.test_set_not_found();
      return row;
    },
    addQuestion: (set, { question, documents = [], passage = '', answer_words = [] }) =>
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
    changeQuestion: (set, uuid, { documents, answer_words, ...wish }, unchanged) =>
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
    async removeQuestion(set, uuid) {
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

function jsonOf(bases: readonly string[] | null): string | null {
  return bases === null ? null : JSON.stringify(bases);
}

async function named<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isUniqueViolation(error) ? aiErrors.test_set_exists() : error;
  }
}
