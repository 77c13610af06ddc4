/** Runs of test sets, with their figures beside those of the run before. */
import Type, { type Static } from 'typebox';
import { isoSeconds } from '#core/kit.ts';
import { listRoute, reply, route } from '#core/plugin.ts';
import { AI_READ, AI_USE } from '../../access.ts';
import type { KnowledgeScope } from '../services.ts';
import type { TestResultRow, TestRunRow } from '../tables.ts';
import { setOf } from './test-sets.ts';
import { Figures, Id } from './views.ts';

const PATH = '/api/platform/ai/test-sets/{id}/runs';
const TAG = 'knowledge';
const OrNull = <T extends Type.TSchema>(of: T) => Type.Union([of, Type.Null()]);

const RunView = Type.Object({
  id: Type.String(),
  state: Type.Enum(['waiting', 'done', 'failed']),
  reason: Type.String(),
  figures: OrNull(Figures),
  created_at: Type.String(),
  finished_at: OrNull(Type.String()),
});

const Rank = OrNull(Type.Integer({ description: '1 for the first passage; null when it is not among them' }));
const ResultView = Type.Object({
  question_id: Type.String(),
  question: Type.String(),
  rank: Rank,
  rank_before: Type.Optional(Rank),
  has_words: OrNull(Type.Boolean()),
  found: Type.Array(
    Type.Object({
      id: Type.String(),
      document_id: Type.String(),
      document: Type.String(),
      page: OrNull(Type.Integer()),
      offset: Type.Integer(),
      score: Type.Number(),
      text: Type.String(),
    }),
  ),
});

const ComparedRun = Type.Object({
  ...RunView.properties,
  before: OrNull(Type.Object({ id: Type.String(), figures: OrNull(Figures) }, { description: 'The run before' })),
  results: Type.Array(ResultView),
});

export const testRunRoutes = [
  listRoute({
    path: PATH,
    tag: TAG,
    access: AI_READ,
    summary: 'Runs of a test set, newest first',
    params: Id,
    item: RunView,
    columns: {},
    async rows({ params, principal }, services: KnowledgeScope) {
      const { id } = await setOf(principal, params.id, services);
      return { query: services.db.read('ai_replies_test_runs').where({ test_set: id }) };
    },
    items: (rows: TestRunRow[]) => rows.map(view),
  }),
  route({
    method: 'POST',
    path: PATH,
    tag: TAG,
    access: AI_USE,
    summary: 'Runs a test set',
    params: Id,
    responses: { 202: RunView },
    async handler({ params, principal }, services: KnowledgeScope) {
      return reply(202, view(await services.testRuns.begin(await setOf(principal, params.id, services))));
    },
  }),
  route({
    method: 'GET',
    path: `${PATH}/{run_id}`,
    tag: TAG,
    access: AI_READ,
    summary: 'A run with what was found for each question, beside the run before',
    params: Type.Object({ ...Id.properties, run_id: Type.String({ minLength: 1, maxLength: 40 }) }),
    responses: { 200: ComparedRun },
    async handler({ params, principal }, services: KnowledgeScope) {
      const { testRuns } = services;
      const run = await testRuns.find(await setOf(principal, params.id, services), params.run_id);
      const before = await testRuns.before(run);
      const ranks = new Map((before ? await testRuns.results(before) : []).map((one) => [one.question_id, one.rank]));
      return {
        ...view(run),
        before: before && { id: before.uuid, figures: figuresOf(before) },
        results: (await testRuns.results(run)).map((result) => resultView(result, ranks)),
      };
    },
  }),
];

function view(run: TestRunRow): Static<typeof RunView> {
  const { uuid, state, reason, created_at, finished_at } = run;
  const times = { created_at: isoSeconds(created_at), finished_at: isoSeconds(finished_at) };
  return { id: uuid, state, reason, figures: figuresOf(run), ...times };
}

function figuresOf({ figures }: TestRunRow): Static<typeof Figures> | null {
  return figures === null ? null : JSON.parse(figures);
}

function resultView(result: TestResultRow, before: ReadonlyMap<string, number | null>): Static<typeof ResultView> {
  const { question_id, question, rank, has_words, found } = result;
  const known = before.has(question_id) ? { rank_before: before.get(question_id) ?? null } : {};
  const isHeld = has_words === null ? null : has_words === 1;
  return { question_id, question, rank, ...known, has_words: isHeld, found: JSON.parse(found) };
}
