/**
 * Questions with the answers that people have given: suggested, then approved or rejected by somebody. What is asked in nearly
 * the same words as an approved one gets its answer, without a model. Table: ai_replies_answers.
 */
import { createHash } from 'node:crypto';
import type { Services, Transaction } from '#core/plugin.ts';
import type { PartsInUse } from '../parts-in-use.ts';
import { isSameQuestion } from './duplicate-questions.ts';
import type { AnswerRow } from './tables.ts';
import { folded, termsOf } from './tokenizer.ts';
import type { ApprovedAnswer, Knowledge } from './types.ts';
import { ownerOfTenant, type WordIndex } from './word-index.ts';

export interface Answers extends Pick<Knowledge, 'approvedAnswer' | 'suggest'> {
  /** To be called in the transaction that has written one: what is approved is in use, and its question is found. */
  written(trx: Transaction, row: AnswerRow, before: AnswerRow | null): Promise<void>;
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
        const now = clock.now();
        const [made] = await trx('ai_replies_answers')
          .insert({
            uuid: crypto.randomUUID(),
            tenant_id: tenantId,
            state: 'suggested',
            ...wish,
            ...from,
            question_hash,
            created_at: now,
            updated_at: now,
          })
          .returning('*');
        if (!made) throw new Error('An answer was not stored');
        await written(trx, made, null);
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
    written,
  };

  async function written(trx: Transaction, row: AnswerRow, before: AnswerRow | null): Promise<void> {
    const { id, tenant_id, state, question } = row;
    const words = { id, owner: ownerOfTenant(tenant_id), text: question };
    if (state === 'approved') await partsInUse.made(trx, tenant_id);
    if (!before) await wordIndex.add(trx, 'answer', [words]);
    else if (question !== before.question) await wordIndex.replace(trx, 'answer', words);
  }
}

function given({ uuid, question, answer }: AnswerRow, score: number): ApprovedAnswer {
  return { id: uuid, question, answer, score };
}

function plain(text: string): string {
  return folded(text).replace(/[^\p{L}\p{M}\p{N}]+/gu, '');
}

export function hashOf(question: string): string {
  return createHash('sha256').update(plain(question)).digest('base64url');
}

function trimmed(text: string, most: number): string {
  return text.replaceAll('\0', '').trim().slice(0, most).toWellFormed();
}
