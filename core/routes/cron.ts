/** Scheduled work for operators: what there is, every run of it, and a run now. */
import Type, { type Static } from 'typebox';
import { ACCEPT_LANGUAGE, type Summarize } from '../http/language.ts';
import { reply } from '../http/reply.ts';
import { route } from '../http/route.ts';
import type { Cron, CronRunRow } from '../jobs/cron.ts';
import { listRoute } from '../lists/list.ts';

const Time = Type.Integer({ description: 'Milliseconds since the epoch' });
export const RunView = Type.Object({
  id: Type.Integer(),
  job: Type.String(),
  scheduled_at: Time,
  started_at: Time,
  finished_at: Type.Union([Type.Integer(), Type.Null()]),
  status: Type.Enum(['running', 'done', 'failed']),
  error: Type.Union([Type.String(), Type.Null()]),
  attempts: Type.Integer({ description: 'How often it was begun' }),
});
const access = 'superadmin';
const tag = 'cron';

export function cronRoutes(cron: Cron, summarize: Summarize) {
  return [
    route({
      method: 'GET',
      path: '/api/platform/cron',
      access,
      tag,
      summary: 'Scheduled work, its latest run, and when it runs next',
      responses: {
        200: Type.Object({
          items: Type.Array(
            Type.Object({
              name: Type.String(),
              summary: Type.String(),
              schedule: Type.String(),
              next_at: Time,
              last: Type.Union([RunView, Type.Null()], { description: 'The latest run' }),
            }),
          ),
        }),
      },
      requestHeaders: ACCEPT_LANGUAGE,
      async handler({ ctx }) {
        const latest = new Map((await cron.latestRuns()).map((row) => [row.job, runView(row)]));
        const items = cron.list().map((job) => {
          const summary = summarize(ctx, job.name, job.summary);
          return { ...job, summary, last: latest.get(job.name) ?? null };
        });
        return { items };
      },
    }),
    listRoute({
      path: '/api/platform/cron/runs',
      access,
      tag,
      summary: 'Every run of scheduled work; the latest first',
      item: RunView,
      columns: {
        job: { type: 'text', filter: 'equals', description: 'Name of the scheduled work' },
        status: { type: 'text', filter: 'equals', values: ['running', 'done', 'failed'] },
        started_at: { type: 'time', filter: 'range', sort: true },
      },
      sort: '-started_at',
      rows: (_, { db }) => db.read('core_cron_runs'),
      items: (rows: CronRunRow[]) => rows.map(runView),
    }),
    route({
      method: 'POST',
      path: '/api/platform/cron/{name}/run',
      access,
      tag,
      summary: 'Starts scheduled work now; 409 while it runs. `/cron/runs` tells how it ended',
      params: Type.Object({ name: Type.String({ maxLength: 100 }) }),
      responses: { 202: RunView },
      async handler({ params, principal, log }) {
        const run = await cron.runNow(params.name);
        log.info({ by: principal.id, cron: params.name }, 'Scheduled work was asked for');
        return reply(202, runView(run));
      },
    }),
  ];
}

function runView(row: CronRunRow): Static<typeof RunView> {
  const { id, job, scheduled_at, started_at, finished_at, status, error, attempts } = row;
  return { id, job, scheduled_at, started_at, finished_at, status, error, attempts };
}
