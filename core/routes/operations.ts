/** The platform's own API for operators: jobs, cron runs, functions. */

import { randomUUID } from 'node:crypto';
import Type from 'typebox';
import { CursorQuery, cursorPage } from '../database/pagination.ts';
import { whileAllowed } from '../http/held-request.ts';
import { route } from '../http/route.ts';
import type { Cron, CronRunRow } from '../jobs/cron.ts';
import type { JobRow } from '../jobs/jobs.ts';

const Page = Type.Object({ items: Type.Array(Type.Unknown()), next_cursor: Type.Union([Type.String(), Type.Null()]) });
const JobState = Type.Enum(['ready', 'running', 'dead']);

export function operationRoutes(cron: Cron) {
  return [
    route({
      method: 'GET',
      path: '/api/platform/jobs',
      access: 'superadmin',
      summary: 'Jobs that wait, run, or gave up; newest first',
      query: Type.Object({
        ...CursorQuery,
        state: Type.Optional(JobState),
        name: Type.Optional(Type.String({ maxLength: 100 })),
      }),
      responses: { 200: Page },
      async handler({ query }, { db }) {
        const jobs = db
          .read('core_jobs')
          .select('id', 'name', 'state', 'run_at', 'attempts', 'max_attempts', 'last_error', 'created_at');
        if (query.state) jobs.where('state', query.state);
        if (query.name) jobs.where('name', query.name);
        return cursorPage<JobRow>(jobs, { key: 'id', ...query });
      },
    }),
    route({
      method: 'POST',
      path: '/api/platform/jobs/{id}/retry',
      access: 'superadmin',
      summary: 'Runs a dead or waiting job at once',
      params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
      responses: { 204: null },
      handler: ({ params }, { jobs }) => jobs.retry(params.id),
    }),
    route({
      method: 'DELETE',
      path: '/api/platform/jobs/{id}',
      access: 'superadmin',
      summary: 'Deletes a dead or waiting job',
      params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
      responses: { 204: null },
      handler: ({ params }, { jobs }) => jobs.discard(params.id),
    }),
    route({
      method: 'GET',
      path: '/api/platform/cron',
      access: 'superadmin',
      summary: 'Scheduled work and when it runs next',
      responses: { 200: Type.Object({ items: Type.Array(Type.Unknown()) }) },
      handler: () => ({ items: cron.list() }),
    }),
    route({
      method: 'GET',
      path: '/api/platform/cron/runs',
      access: 'superadmin',
      summary: 'Every run of scheduled work; newest first',
      query: Type.Object({ ...CursorQuery, job: Type.Optional(Type.String({ maxLength: 100 })) }),
      responses: { 200: Page },
      async handler({ query }, { db }) {
        const runs = db.read('core_cron_runs').select('*');
        if (query.job) runs.where('job', query.job);
        return cursorPage<CronRunRow>(runs, { key: 'id', ...query });
      },
    }),
    route({
      method: 'GET',
      path: '/api/platform/functions',
      access: 'user',
      summary: 'Functions that plugins offer, with their schemas',
      responses: { 200: Type.Object({ items: Type.Array(Type.Unknown()) }) },
      handler: ({ principal }, { functions }) => ({
        items: functions.list().map(({ name, summary, access, input, output }) => ({
          ...{ name, summary, scope: access.scope, roles: access.roles ?? null },
          callable: functions.mayCall(name, principal),
          ...{ input, output },
        })),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/platform/functions/{name}',
      access: 'user',
      summary: 'Calls a function; the header Idempotency-Key makes a repeat safe',
      params: Type.Object({ name: Type.String({ maxLength: 100 }) }),
      body: Type.Object({ input: Type.Unknown() }),
      responses: { 200: Type.Object({ output: Type.Unknown() }) },
      async handler({ params, body, principal, ctx }, { functions }) {
        const idempotencyKey = ctx.get('idempotency-key').slice(0, 200) || randomUUID();
        // Some wait for minutes.
        const output = await whileAllowed(ctx, (signal) =>
          functions.call(params.name, body.input, { principal, idempotencyKey, signal }),
        );
        return { output };
      },
    }),
  ];
}
