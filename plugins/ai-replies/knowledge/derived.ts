/** The indexes of words of passages and answers, made anew in another database. */
import type { DerivedModule, Filling } from '#core/plugin.ts';
import { addWords, ownerOfBase, ownerOfTenant } from './word-index.ts';

const AT_ONCE = 500;

export const derived: DerivedModule = () => ({
  tables: [
    { names: ['ai_replies_chunk_words', 'ai_replies_chunk_words_rows'], fill: fillChunks },
    { names: ['ai_replies_answer_words', 'ai_replies_answer_words_rows'], fill: fillAnswers },
  ],
});

async function fillChunks({ trx, client }: Filling, after: number): Promise<number | null> {
  const rows: { id: number; base: number; headings: string; text: string }[] = await trx('ai_replies_chunks')
    .where('id', '>', after)
    .orderBy('id')
    .limit(AT_ONCE)
    .select('id', 'base', 'headings', 'text');
  const texts = rows.map(({ id, base, headings, text }) => ({
    id,
    owner: ownerOfBase(base),
    text: [...(JSON.parse(headings) as string[]), text].join('\n'),
  }));
  await addWords(trx, client, 'chunk', texts);
  return rows.at(-1)?.id ?? null;
}

async function fillAnswers({ trx, client }: Filling, after: number): Promise<number | null> {
  const rows: { id: number; tenant_id: string; question: string }[] = await trx('ai_replies_answers')
    .where('id', '>', after)
    .orderBy('id')
    .limit(AT_ONCE)
    .select('id', 'tenant_id', 'question');
  const texts = rows.map(({ id, tenant_id, question }) => ({ id, owner: ownerOfTenant(tenant_id), text: question }));
  await addWords(trx, client, 'answer', texts);
  return rows.at(-1)?.id ?? null;
}
