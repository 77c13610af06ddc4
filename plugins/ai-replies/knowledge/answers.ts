/**
 * Questions with the answers that people have given: suggested, then approved or rejected by somebody. What is asked in nearly
 * the same words as an approved one gets its answer, without a model. Table: ai_replies_answers.
 */
import { createHash } from 'node:crypto';
import type { Precondition, Services, Transaction } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import type { PartsInUse } from '../parts-in-use.ts';
import { isSameQuestion } from './duplicate-questions.ts';
import type { AnswerRow, AnswerState } from './tables.ts';
import { folded, termsOf } from './tokenizer.ts';
import type { ApprovedAnswer, Knowledge } from './types.ts';
import { ownerOfTenant, type WordIndex } from './word-index.ts';

export interface AnswerWish {
  question?: string;
  answer?: string;
  state?: AnswerState;
}

export interface Answers extends Pick<Knowledge, 'approvedAnswer' | 'suggest'> {
  create(
    tenantId: string,
    wish: AnswerWish & { question: string; answer: string },
    userId: number | null,
  ): Promise<AnswerRow>;
  /** Throws `answer_not_found`. */
  change(tenantId: string, uuid: string, wish: AnswerWish, unchanged: Precondition): Promise<AnswerRow>;
  remove(tenantId: string, uuid: string): Promise<void>;
  find(tenantId: string, uuid: string): Promise<AnswerRow>;
}

/** Of the same question with other courtesies. */
const NEARLY_THE_SAME = 0.9;
const CANDIDATES = 20;
export const LONGEST_QUESTION = 2_000;
export const LONGEST_ANSWER = 10_000;
/** Suggestions that wait for somebody; of more, the oldest go. */
const MOST_SUGGESTED = 1_000;

export function createAnswers({
  db,
  clock,
  partsInUse,
  wordIndex,
}: Services & { partsInUse: PartsInUse; wordIndex: WordIndex }): Answers {
  return {
    async approvedAnswer({ tenantId, text }) {
      if (!(await partsInUse.of(tenantId)).approvedAnswers) return null;
      const [alike, { ids }] = await Promise.all([
        db
          .read('ai_replies_answers')
          .where({ tenant_id: tenantId, question_hash: hashOf(text), state: 'approved' })
          .orderBy('id', 'desc')
          .limit(CANDIDATES),
        wordIndex.find('answer', [ownerOfTenant(tenantId)], termsOf(text), CANDIDATES),
      ]);
      // The hash knows neither spaces nor signs: 1.5 is not 15.
      const exact = alike.find(({ question }) => isSameQuestion(question, text));
      if (exact) return given(exact, 1);
      if (ids.length === 0) return null;
      const rows = await db
        .read('ai_replies_answers')
        .whereIn('id', [...ids])
        .where({ state: 'approved' });
      const [same] = rows.filter(({ question }) => isSameQuestion(question, text)).sort((a, b) => b.id - a.id);
      return same ? given(same, NEARLY_THE_SAME) : null;
    },
    async suggest({ tenantId, conversationId, contactId, question, answer, userId }) {
      const wish = { question: trimmed(question, LONGEST_QUESTION), answer: trimmed(answer, LONGEST_ANSWER) };
      if (plain(wish.question) === '' || wish.answer === '') return;
      const question_hash = hashOf(wish.question);
      await db.transaction(async (trx) => {
        const known = await trx('ai_replies_answers')
          .where({ tenant_id: tenantId, question_hash, answer: wish.answer })
          .first('id');
        if (known) return;
        const from = { user_id: userId, conversation_id: conversationId, contact_id: contactId };
        await insert(trx, tenantId, { ...wish, state: 'suggested' }, from);
        const old = trx('ai_replies_answers')
          .where({ tenant_id: tenantId, state: 'suggested' })
          .orderBy('id', 'desc')
          .offset(MOST_SUGGESTED)
          .limit(MOST_SUGGESTED)
          .select('id');
        await trx('ai_replies_answers')
          .whereIn('id', await old.then((rows) => rows.map(({ id }) => id)))
          .delete();
      });
    },
    create: (tenantId, wish, userId) =>
      db.transaction((trx) => insert(trx, tenantId, { state: 'approved', ...wish }, { user_id: userId })),
    change: (tenantId, uuid, wish, unchanged) =>
      db.transaction(async (trx) => {
        const before = await trx('ai_replies_answers').where({ tenant_id: tenantId, uuid }).forUpdate().first();
        if (!before) throw aiErrors.answer_not_found();
        unchanged(before);
        const question = wish.question ?? before.question;
        const patch = { ...wish, question_hash: hashOf(question), updated_at: clock.now() };
        await trx('ai_replies_answers').where({ id: before.id }).update(patch);
        if (patch.state === 'approved') await partsInUse.made(trx, tenantId);
        if (question !== before.question)
          await wordIndex.replace(trx, 'answer', { id: before.id, owner: ownerOfTenant(tenantId), text: question });
        return { ...before, ...patch };
      }),
    async remove(tenantId, uuid) {
      const gone = await db.write('ai_replies_answers').where({ tenant_id: tenantId, uuid }).delete();
      if (gone === 0) throw aiErrors.answer_not_found();
    },
    async find(tenantId, uuid) {
      const row = await db.read('ai_replies_answers').where({ tenant_id: tenantId, uuid }).first();
      if (!row) throw aiErrors.answer_not_found();
      return row;
    },
  };

  async function insert(
    trx: Transaction,
    tenantId: string,
    { question, answer, state }: Required<AnswerWish>,
    from: Partial<Pick<AnswerRow, 'user_id' | 'conversation_id' | 'contact_id'>>,
  ): Promise<AnswerRow> {
    const now = clock.now();
    const [row] = await trx('ai_replies_answers')
      .insert({
        uuid: crypto.randomUUID(),
        tenant_id: tenantId,
        state,
        question,
        answer,
        ...from,
        question_hash: hashOf(question),
        created_at: now,
        updated_at: now,
      })
      .returning('*');
    if (!row) throw new Error('An answer was not stored');
    if (state === 'approved') await partsInUse.made(trx, tenantId);
    await wordIndex.add(trx, 'answer', [{ id: row.id, owner: ownerOfTenant(tenantId), text: question }]);
    return row;
  }
}

function given({ uuid, question, answer }: AnswerRow, score: number): ApprovedAnswer {
  return { id: uuid, question, answer, score };
}

function plain(text: string): string {
  return folded(text).replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
}

function hashOf(question: string): string {
  return createHash('sha256').update(plain(question)).digest('base64url');
}

function trimmed(text: string, most: number): string {
  return text.replaceAll('\0', '').trim().slice(0, most).toWellFormed();
}
