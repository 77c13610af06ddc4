/** Our own API: starting, watching and steering executions. */
import { randomUUID } from 'node:crypto';
import type Koa from 'koa';
import Type from 'typebox';
import { eventStream, whileAllowed } from '#core/kit.ts';
import { coreErrors, HANDLED, reply, route } from '#core/plugin.ts';
import { MANAGE, READ, RUN, reachOf, tenantOf } from '../access.ts';
import { correlationIdIn, LONGEST_CORRELATION } from '../engine/correlations.ts';
import type { Started } from '../engine/engine.ts';
import { CORRELATION_ID, DEPTH, isReported, ROOT } from '../engine/event-attributes.ts';
import type { TaskRecord } from '../engine/records.ts';
import { startKeyOf } from '../engine/start-key.ts';
import { workflowErrors } from '../errors.ts';
import { Fault } from '../language/faults.ts';
import type { WorkflowsScope } from '../scope.ts';
import { TRIED } from '../services/executions.ts';
import { refuseLargeSecrets } from '../services/secrets.ts';
import { ExecutionView, executionView, StartedView, startedView, taskView } from '../views.ts';
import { Address, ExecutionId as Id } from './address.ts';

export const LONGEST_WAIT_SECONDS = 120;
export const WaitQuery = {
  wait: Type.Optional(
    Type.Integer({ minimum: 0, maximum: LONGEST_WAIT_SECONDS, description: 'Seconds to wait for the end' }),
  ),
};
const Secrets = Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), { maxProperties: 50 }));
const CORRELATION = { minLength: 1, maxLength: LONGEST_CORRELATION };
/** A reference with an instance, as long as both may be in the log. */
const LONGEST_PIN = 701;
const LOOK_MS = 1_000;
const ENDED = /^(completed|faulted|skipped|cancelled) /;
const LONGEST_WATCH_MS = 24 * 3_600_000;

export const executionRoutes = [
  route({
    method: 'POST',
    path: '/api/platform/workflows/{namespace}/{name}/executions',
    exactNumbers: true,
    access: RUN,
    summary: 'Starts an execution; with `wait` it answers with the output when it ends in time',
    params: Address,
    query: Type.Object(WaitQuery),
    body: Type.Optional(
      Type.Object(
        {
          input: Type.Optional(Type.Unknown()),
          secrets: Secrets,
          version: Type.Optional(Type.String({ maxLength: 64 })),
          pins: Type.Optional(
            Type.Record(Type.String({ maxLength: LONGEST_PIN }), Type.Unknown(), {
              description:
                'A dry run: outputs by task reference, given instead of doing the task; `reference#instance` means one run of it',
            }),
          ),
          idempotency_key: Type.Optional(Type.String({ maxLength: 150 })),
          correlation_id: Type.Optional(
            Type.String({
              ...CORRELATION,
              description: 'A value to find it by; the workflows and events that it starts have it too',
            }),
          ),
        },
        { examples: [{ input: { name: 'Ada' }, idempotency_key: 'order-17', correlation_id: 'order-17' }] },
      ),
    ),
    responses: { 200: StartedView, 202: StartedView },
    async handler({ params, query, body, principal, ctx }, services: WorkflowsScope) {
      const { namespace, name } = params;
      const tenant = tenantOf(principal);
      const workflow = await services.workflowDefinitions.get(tenant, namespace, name, body?.version);
      if (!workflow.row.enabled && !body?.pins) throw workflowErrors.workflow_disabled();
      refuseLargeSecrets(body?.secrets ?? {});
      const key = body?.idempotency_key;
      const started = services.workflowEngine.start({
        workflow,
        input: body?.input ?? {},
        secrets: body?.secrets ?? {},
        pins: body?.pins ?? null,
        origin: { kind: body?.pins ? 'dry-run' : 'manual', by: principal.id },
        correlationId: correlationIdIn(body?.correlation_id),
        startKey: key ? startKeyOf(`manual:${workflow.row.id}`, key) : null,
        isDurable: !query.wait,
      });
      return answerOf(ctx, started, query.wait ?? 0);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/workflows/try-task',
    exactNumbers: true,
    access: MANAGE,
    summary: 'Runs a single task by itself, for testing it',
    query: Type.Object(WaitQuery),
    body: Type.Object(
      {
        task: Type.Object({}, { additionalProperties: true }),
        input: Type.Optional(Type.Unknown()),
        use: Type.Optional(Type.Object({}, { additionalProperties: true })),
        secrets: Secrets,
      },
      { examples: [{ task: { call: 'mail.find', with: { mailbox: 'me@example.com' } } }] },
    ),
    responses: { 200: StartedView, 202: StartedView },
    async handler({ query, body, principal, ctx }, { workflowDefinitions, workflowEngine }: WorkflowsScope) {
      refuseLargeSecrets(body.secrets ?? {});
      const document = { dsl: '1.0.0', ...TRIED };
      const named = (body.use as { secrets?: string[] } | undefined)?.secrets ?? [];
      const use = { ...body.use, secrets: [...new Set([...named, ...Object.keys(body.secrets ?? {})])] };
      const definition = { document, use, do: [{ task: body.task }] };
      const workflow = await workflowDefinitions.publish(tenantOf(principal), definition, { draft: true }, principal);
      const started = workflowEngine.start({
        workflow,
        input: body.input ?? {},
        secrets: body.secrets ?? {},
        origin: { kind: 'try', by: principal.id },
        isDurable: true,
      });
      return answerOf(ctx, started, query.wait ?? 30);
    },
  }),
  route({
    method: 'POST',
    path: '/api/platform/events',
    exactNumbers: true,
    access: RUN,
    summary: 'Publishes an event (CloudEvents 1.0, structured): it starts and wakes workflows of your tenant',
    body: Type.Object(
      {
        specversion: Type.Optional(Type.Literal('1.0')),
        id: Type.Optional(Type.String({ minLength: 1, maxLength: 150 })),
        source: Type.String({ minLength: 1, maxLength: 300 }),
        type: Type.String({ minLength: 1, maxLength: 200 }),
        subject: Type.Optional(Type.String({ maxLength: 300 })),
        time: Type.Optional(Type.String({ format: 'date-time' })),
        datacontenttype: Type.Optional(Type.String({ maxLength: 100 })),
        [CORRELATION_ID]: Type.Optional(Type.String(CORRELATION)),
        data: Type.Optional(Type.Unknown()),
      },
      {
        additionalProperties: true,
        examples: [{ source: 'https://shop.example.com', type: 'com.example.order.paid', data: { order: 17 } }],
      },
    ),
    responses: { 202: Type.Object({ id: Type.String() }) },
    async handler({ body, principal }, { db, events, clock, catalogue }) {
      // What a plugin reports is true because the plugin says so; nobody else may.
      if (isReported(body.type, catalogue)) {
        throw coreErrors.forbidden({ message: `Events of type ${body.type} come from the platform alone` });
      }
      const { tenantid: _theirs, [DEPTH]: _depth, [ROOT]: _root, ...given } = body as Record<string, unknown>;
      const event = {
        ...given,
        specversion: '1.0' as const,
        id: body.id ?? randomUUID(),
        source: body.source,
        type: body.type,
        time: body.time ?? new Date(clock.now()).toISOString(),
        datacontenttype: 'application/json' as const,
        data: body.data ?? null,
        ...(principal.tenantId !== null && { tenantid: principal.tenantId }),
      };
      await db.transaction((trx) => events.publish(trx, event));
      return { id: event.id };
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/executions/{id}',
    access: READ,
    summary: 'An execution with the log of its tasks, in the order in which they started',
    params: Id,
    responses: { 200: ExecutionView },
    async handler({ params, principal }, { workflowExecutions }: WorkflowsScope) {
      const row = await workflowExecutions.find(reachOf(principal), params.id);
      return executionView(row, await workflowExecutions.tasksOf(row), workflowExecutions);
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/executions/{id}/stream',
    operationId: 'followExecution',
    access: READ,
    summary: 'Its tasks as server-sent events, as they start and end; closes with the end of the execution',
    params: Id,
    responses: { 200: null },
    produces: ['text/event-stream'],
    async handler({ params, principal, ctx }, { db, workflowExecutions, workflowEngine }: WorkflowsScope) {
      const reach = reachOf(principal);
      const row = await workflowExecutions.find(reach, params.id);
      const shown = await workflowExecutions.shown(row);
      const stream = eventStream(ctx);
      const sent = new Map<string, string>();
      const send = (task: TaskRecord): void => {
        const key = `${task.reference}#${task.instance}`;
        const state = `${task.status} ${task.attempts}`;
        const earlier = sent.get(key);
        // What was read before the end that has been told already says no news.
        if (earlier === state || (earlier && task.ended_at === null && ENDED.test(earlier))) return;
        sent.set(key, state);
        stream.send({ type: 'task', id: key, data: taskView(task, shown) });
      };
      const look = async (): Promise<void> => {
        const now = await workflowExecutions.find(reach, params.id);
        for (const task of await workflowExecutions.tasksOf(now)) send(task);
        if (now.ended_at === null) return;
        const { id, status, output, error } = now;
        stream.send({ type: 'end', data: { id, status, output: shown(output), error: shown(error) } });
        stream.close();
      };
      const lookOrClose = (): void => void look().catch(() => stream.close());
      const closed = new AbortController();
      const stop = workflowEngine.watch(params.id, (records) => records.forEach(send));
      // What another replica does is seen by looking.
      const timer = db.soleWriter ? undefined : setInterval(lookOrClose, LOOK_MS);
      stream.onClose(() => {
        stop();
        clearInterval(timer);
        closed.abort();
      });
      if (row.ended_at === null) {
        lookOrClose();
        void workflowEngine.waitFor(params.id, LONGEST_WATCH_MS, closed.signal).then(lookOrClose, lookOrClose);
      } else await look();
      return HANDLED;
    },
  }),
  ...(['cancel', 'suspend', 'resume', 'retry'] as const).map((verb) =>
    route({
      method: 'POST',
      path: `/api/platform/executions/{id}/${verb}`,
      access: RUN,
      summary: {
        cancel: 'Ends an execution, wherever it is',
        suspend: 'Stops it until it is resumed; a call under way is broken off, and made again then',
        resume: 'Goes on with a suspended one',
        retry: 'Goes on with a failed one from the task that failed',
      }[verb],
      params: Id,
      responses: { 202: Type.Object({ id: Type.String() }) },
      async handler({ params, principal }, { workflowExecutions, workflowEngine }: WorkflowsScope) {
        await workflowExecutions.find(reachOf(principal), params.id);
        await workflowEngine[verb](params.id);
        return { id: params.id };
      },
    }),
  ),
  route({
    method: 'POST',
    path: '/api/platform/executions/{id}/replay',
    access: RUN,
    summary: 'A new execution with the same or an edited input, from the beginning or from a task',
    params: Id,
    query: Type.Object(WaitQuery),
    body: Type.Optional(
      Type.Object(
        {
          input: Type.Optional(Type.Unknown()),
          from: Type.Optional(
            Type.String({ maxLength: 500, description: 'Reference of a task: what was done before it is kept' }),
          ),
        },
        { examples: [{ input: { name: 'Grace' }, from: '/do/1/send' }] },
      ),
    ),
    responses: { 200: StartedView, 202: StartedView },
    async handler({ params, query, body, principal, ctx }, services: WorkflowsScope) {
      const started = services.workflowExecutions.replay(reachOf(principal), params.id, body ?? {});
      return answerOf(ctx, started, query.wait ?? 0);
    },
  }),
];

/**
 * 200 with the output when it ends within the seconds, else 202. Throws `not_startable` for what the workflow refuses, and
 * `unauthenticated` when the credentials ended meanwhile.
 */
export async function answerOf(ctx: Koa.Context, starting: Promise<Started>, seconds: number) {
  const started = await starting.catch((error) => {
    throw error instanceof Fault ? workflowErrors.not_startable({ message: error.message, cause: error }) : error;
  });
  const final = seconds > 0 ? await whileAllowed(ctx, () => started.ended(seconds * 1000)) : null;
  if (!final) return reply(202, { id: started.id, status: started.status });
  return reply(200, startedView(final));
}
