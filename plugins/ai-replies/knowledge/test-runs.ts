/**
 * Runs of test sets: asks each question, looks where the expected passage is among those found, and keeps the result beside
 * those of earlier runs. Tables: ai_replies_test_runs, ai_replies_test_results.
 */
import { messageOf, sanitizeText } from '#core/kit.ts';
import type { Services } from '#core/plugin.ts';
import { aiErrors } from '../errors.ts';
import { RUN_TESTS } from './job-names.ts';
import type { KnowledgeSearch } from './search.ts';
import type { TestQuestionRow, TestResultRow, TestRunRow, TestSetRow } from './tables.ts';
import { folded } from './tokenizer.ts';
import type { Passage } from './types.ts';

export interface TestFigures {
  questions: number;
  /** Share of questions whose expected passage is among the first k. */
  hit_rate: number;
  /** Mean of 1 / rank of that passage, 0 where there is none (mean reciprocal rank). */
  mrr: number;
  /** Share of questions with expected words, all of which stand in what was found; null when none has any. */
  words_rate: number | null;
}

export interface TestRuns {
  /** Makes a run, and a job that does it. Throws `test_set_is_empty`. */
  begin(set: TestSetRow): Promise<TestRunRow>;
  /** Does it: question by question, going on where an earlier try has ended. */
  work(run: number, signal: AbortSignal): Promise<void>;
  /** Throws `test_run_not_found`. */
  find(set: TestSetRow, uuid: string): Promise<TestRunRow>;
  /** The last run before this one that is done. */
  before(run: TestRunRow): Promise<TestRunRow | null>;
  results(run: TestRunRow): Promise<TestResultRow[]>;
}

const MOST_RUNS = 100;
const SHOWN_TEXT = 300;
const LONGEST_REASON = 2_000;

export function createTestRuns({
  db,
  clock,
  jobs,
  knowledgeSearch,
}: Services & { knowledgeSearch: KnowledgeSearch }): TestRuns {
  return {
    begin: (set) =>
      db.transaction(async (trx) => {
        const some = await trx('ai_replies_test_questions').where({ test_set: set.id }).first('id');
        if (!some) throw aiErrors.test_set_is_empty();
        const [run] = await trx('ai_replies_test_runs')
          .insert({ uuid: crypto.randomUUID(), test_set: set.id, state: 'waiting', created_at: clock.now() })
          .returning('*');
        if (!run) throw new Error('A run was not stored');
        const old = await trx('ai_replies_test_runs')
          .where({ test_set: set.id })
          .orderBy('id', 'desc')
          .offset(MOST_RUNS)
          .limit(MOST_RUNS)
          .select('id');
        await trx('ai_replies_test_runs')
          .whereIn(
            'id',
            old.map(({ id }) => id),
          )
          .delete();
        await jobs.enqueue(trx, RUN_TESTS, { run: run.id }, { lane: set.tenant_id });
        return run;
      }),
    async work(id, signal) {
      const run = await db.read('ai_replies_test_runs').where({ id, state: 'waiting' }).first();
      const set = run && (await db.read('ai_replies_test_sets').where({ id: run.test_set }).first());
      if (!run || !set) return;
      try {
        await askAll(run, set, signal);
      } catch (error) {
        signal.throwIfAborted();
        const failed = {
          state: 'failed' as const,
          reason: sanitizeText(messageOf(error), LONGEST_REASON),
          finished_at: clock.now(),
        };
        await db.write('ai_replies_test_runs').where({ id }).update(failed);
      }
    },
    async find(set, uuid) {
      const run = await db.read('ai_replies_test_runs').where({ test_set: set.id, uuid }).first();
      if (!run) throw aiErrors.test_run_not_found();
      return run;
    },
    async before({ id, test_set }) {
      const run = await db
        .read('ai_replies_test_runs')
        .where({ test_set, state: 'done' })
        .where('id', '<', id)
        .orderBy('id', 'desc')
        .first();
      return run ?? null;
    },
    results: async ({ id }) => db.read('ai_replies_test_results').where({ run: id }).orderBy('id'),
  };

  async function askAll(run: TestRunRow, set: TestSetRow, signal: AbortSignal): Promise<void> {
    const questions = await db.read('ai_replies_test_questions').where({ test_set: set.id }).orderBy('id');
    const known = await db.read('ai_replies_test_results').where({ run: run.id }).select('question_id');
    const asked = new Set(known.map(({ question_id }) => question_id));
    for (const question of questions) {
      signal.throwIfAborted();
      if (!asked.has(question.uuid)) await ask(run, set, question, signal);
    }
    const figures = figuresOf(await db.write('ai_replies_test_results').where({ run: run.id }));
    const done = { state: 'done' as const, figures: JSON.stringify(figures), finished_at: clock.now() };
    await db.write('ai_replies_test_runs').where({ id: run.id }).update(done);
  }

  async function ask(run: TestRunRow, set: TestSetRow, row: TestQuestionRow, signal: AbortSignal): Promise<void> {
    const bases: string[] | null = set.bases === null ? null : JSON.parse(set.bases);
    const query = { tenantId: set.tenant_id, bases, text: row.question, limit: set.k, signal };
    const passages = await knowledgeSearch.search(query);
    const place = passages.findIndex((passage) => isExpected(row, passage));
    const result = {
      run: run.id,
      question_id: row.uuid,
      question: row.question,
      rank: place < 0 ? null : place + 1,
      has_words: hasWords(row, passages),
      found: JSON.stringify(passages.map(shown)),
    };
    await db.write('ai_replies_test_results').insert(result).onConflict(['run', 'question_id']).ignore();
  }
}

/** Where no document is named, any one will do that has the passage. */
function isExpected({ documents, passage }: TestQuestionRow, found: Passage): boolean {
  const expected: string[] = JSON.parse(documents);
  if (expected.length > 0 && !expected.includes(found.documentId)) return false;
  return passage === '' || comparable(found.text).includes(comparable(passage));
}

function hasWords({ answer_words }: TestQuestionRow, passages: readonly Passage[]): number | null {
  const words: string[] = JSON.parse(answer_words);
  if (words.length === 0) return null;
  const text = comparable(passages.map((passage) => passage.text).join('\n'));
  return Number(words.every((word) => text.includes(comparable(word))));
}

function comparable(text: string): string {
  return folded(text).replace(/\s+/g, ' ').trim();
}

function shown({ id, documentId, document, page, offset, score, text }: Passage) {
  return { id, document_id: documentId, document, page, offset, score, text: text.slice(0, SHOWN_TEXT).toWellFormed() };
}

function figuresOf(results: readonly Pick<TestResultRow, 'rank' | 'has_words'>[]): TestFigures {
  const worded = results.filter(({ has_words }) => has_words !== null);
  const share = (part: number, of: number): number => (of === 0 ? 0 : Math.round((part / of) * 10_000) / 10_000);
  return {
    questions: results.length,
    hit_rate: share(results.filter(({ rank }) => rank !== null).length, results.length),
    mrr: share(
      results.reduce((sum, { rank }) => sum + (rank === null ? 0 : 1 / rank), 0),
      results.length,
    ),
    words_rate:
      worded.length === 0 ? null : share(worded.filter(({ has_words }) => has_words === 1).length, worded.length),
  };
}
