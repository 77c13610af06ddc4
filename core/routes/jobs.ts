/** Jobs for operators: those that wait, run or gave up; one with what it carries; another try, and deletion. */
import type Koa from 'koa';
import Type, { type Static } from 'typebox';
import { coreErrors } from '../errors.ts';
import { ACCEPT_LANGUAGE } from '../http/language.ts';
import { route } from '../http/route.ts';
import { FOR_EVER, type JobRow } from '../jobs/jobs.ts';
import { listRoute } from '../lists/list.ts';
import { masked } from '../security/masked.ts';

const Time = Type.Integer({ description: 'Milliseconds since the epoch' });
const Text = Type.Union([Type.String(), Type.Null()]);
const JobItem = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  summary: Type.Union([Type.String(), Type.Null()], { description: 'What it is for; null of a plugin that is off' }),
  state: Type.Enum(['ready', 'running', 'dead']),
  lane: Type.String({ description: 'Whose it is or where it goes' }),
  priority: Type.Integer(),
  run_at: Time,
  attempts: Type.Integer(),
  max_attempts: Type.Union([Type.Integer(), Type.Null()], { description: 'null: it is tried until it succeeds' }),
  last_error: Text,
  created_at: Time,
});
const JobDetail = Type.Object({
  ...JobItem.properties,
  key: Type.Union([Type.String(), Type.Null()], { description: 'Of jobs with the same key one waits' }),
  locked_by: Type.Union([Type.String(), Type.Null()], { description: 'The process that works on it' }),
  locked_until: Type.Union([Type.Integer(), Type.Null()]),
  payload: Type.Unknown({ description: 'What it carries, without secrets; null when it is large' }),
  payload_bytes: Type.Integer(),
});
const SHOWN_BYTES = 64 * 1024;
const STATES: readonly JobRow['state'][] = ['ready', 'running', 'dead'];
const access = 'superadmin';
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) });
const tag = 'jobs';

/** What a kind of job is for, in the language of who asks; null for one that nobody declares any more. */
export type JobSummary = (ctx: Koa.Context, name: string) => string | null;

export const jobRoutes = (summaryOf: JobSummary) => [
  listRoute({
    path: '/api/platform/jobs',
    access,
    tag,
    summary: 'Jobs that are waiting, running or failed; newest first',
    item: JobItem,
    columns: {
      state: {
        type: 'text',
        filter: 'equals',
        values: STATES,
        // Written out: SQLite finds the index of dead jobs only where the statement shows the state.
        narrow: (rows, given) => void rows.whereRaw(`(${statesShown(given)})`),
      },
      name: { type: 'text', filter: 'equals', description: 'Kind of job' },
      run_at: { type: 'time', filter: 'range', sort: true },
      // They are made in the order of their numbers: another index would cost every job of a busy queue.
      created_at: { type: 'integer', column: 'id', sort: true },
    },
    rows: (_, { db }) => db.read('core_jobs').select(...COLUMNS),
    items: (rows: JobRow[], _services, { ctx }) =>
      rows.map((row) => ({ ...jobItem(row), summary: summaryOf(ctx, row.name) })),
  }),
  route({
    method: 'GET',
    path: '/api/platform/jobs/{id}',
    access,
    tag,
    summary: 'One job, with what it carries and why it failed last; secrets are hidden',
    params: Id,
    requestHeaders: ACCEPT_LANGUAGE,
    responses: { 200: JobDetail },
    async handler({ params, ctx }, { db }) {
      const row = await db.read('core_jobs').where({ id: params.id }).first();
      if (!row) throw coreErrors.not_found({ message: 'There is no such job; finished jobs are not kept' });
      const { key, locked_by, locked_until, payload } = row;
      const payload_bytes = Buffer.byteLength(payload);
      const shown = payload_bytes > SHOWN_BYTES ? null : masked(JSON.parse(payload));
      const summary = summaryOf(ctx, row.name);
      return { ...jobItem(row), summary, key, locked_by, locked_until, payload: shown, payload_bytes };
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/jobs/{id}/retry',
    access,
    tag,
    summary: 'Runs a dead or waiting job at once',
    params: Id,
    responses: { 204: null },
    handler: ({ params }, { jobs }) => jobs.retry(params.id),
  }),
  route({
    method: 'DELETE',
    path: '/api/platform/jobs/{id}',
    access,
    tag,
    summary: 'Deletes a dead or waiting job',
    params: Id,
    responses: { 204: null },
    handler: ({ params }, { jobs }) => jobs.discard(params.id),
  }),
];

/** Without the payload, which a list does not show. */
const COLUMNS = [
  'id',
  'name',
  'state',
  'lane',
  'priority',
  'run_at',
  'attempts',
  'max_attempts',
  'last_error',
  'created_at',
] as const;

function jobItem(row: JobRow): Omit<Static<typeof JobItem>, 'summary'> {
  const { id, name, state, lane, priority, run_at, attempts, last_error, created_at } = row;
  const max_attempts = row.max_attempts === FOR_EVER ? null : row.max_attempts;
  const error = last_error === null ? null : String(masked(last_error));
  return { id, name, state, lane, priority, run_at, attempts, max_attempts, last_error: error, created_at };
}

function statesShown(given: readonly string[]): string {
  const shown = STATES.filter((state) => given.includes(state)).map((state) => `state = '${state}'`);
  return shown.join(' or ') || '1 = 0';
}
