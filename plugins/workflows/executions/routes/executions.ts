/** One execution: looking at it, at what is long in it and at what it runs, watching it, and commands for it. */
import Type from 'typebox';
import { eventStream } from '#core/kit.ts';
import { HANDLED, reply, route } from '#core/plugin.ts';
import { READ, RUN, reachOf } from '../../access.ts';
import { answerOf, StartedView, WaitQuery } from '../../engine/answer.ts';
import type { TaskRecord } from '../../engine/records.ts';
import { workflowErrors } from '../../errors.ts';
import type { ExecutionsScope } from '../services.ts';
import { ExecutionId, ExecutionView, executionView, taskView } from '../views.ts';

const LOOK_MS = 1_000;
const ENDED = /^(completed|faulted|skipped|cancelled) /;
const LONGEST_WATCH_MS = 24 * 3_600_000;

export const executionRoutes = [
  route({
    method: 'GET',
    path: '/api/platform/executions/{id}',
    access: READ,
    summary: 'An execution with the log of its tasks, in the order in which they started',
    params: ExecutionId,
    responses: { 200: ExecutionView },
    async handler({ params, principal }, { workflowExecutions }: ExecutionsScope) {
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
    params: ExecutionId,
    responses: { 200: null },
    produces: ['text/event-stream'],
    async handler({ params, principal, ctx }, { db, workflowExecutions, workflowEngine }: ExecutionsScope) {
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
  route({
    method: 'GET',
    path: '/api/platform/executions/{id}/data',
    operationId: 'downloadExecutionData',
    access: READ,
    summary: 'The whole input, output or error of an execution, or of one of its tasks, as a file',
    params: ExecutionId,
    query: Type.Object({
      of: Type.Enum(['input', 'output', 'error']),
      reference: Type.Optional(Type.String({ maxLength: 500, description: 'Of this task' })),
      instance: Type.Optional(Type.String({ maxLength: 200, description: 'Which of its runs; default: the first' })),
    }),
    responses: { 200: null },
    produces: ['application/json'],
    async handler({ params, query, principal }, { workflowExecutions }: ExecutionsScope) {
      const { of, reference, instance = '' } = query;
      const execution = await workflowExecutions.find(reachOf(principal), params.id);
      const isIt = (task: { reference: string; instance: string }): boolean =>
        task.reference === reference && task.instance === instance;
      const whose = reference === undefined ? execution : (await workflowExecutions.tasksOf(execution)).find(isIt);
      if (!whose) throw workflowErrors.task_not_found();
      const open = await workflowExecutions.opened(execution);
      return reply(200, open(whose[of] ?? 'null'), {
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename="${execution.id}.${of}.json"`,
      });
    },
  }),
  route({
    method: 'GET',
    path: '/api/platform/executions/{id}/definition',
    operationId: 'getExecutionDefinition',
    access: READ,
    summary: 'The version of the workflow with which the execution began',
    params: ExecutionId,
    responses: {
      200: Type.Object(
        { version: Type.String(), definition: Type.Unknown(), source: Type.String() },
        { examples: [{ version: '1.0.0', definition: { do: [] }, source: 'do: []' }] },
      ),
    },
    async handler({ params, principal }, { workflowExecutions, workflowDefinitions }: ExecutionsScope) {
      const execution = await workflowExecutions.find(reachOf(principal), params.id);
      const { version, definition, source } = await workflowDefinitions.byId(execution.definition_id);
      return { version, definition, source };
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
      params: ExecutionId,
      responses: { 202: Type.Object({ id: Type.String() }) },
      async handler({ params, principal }, { workflowExecutions, workflowEngine }: ExecutionsScope) {
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
    params: ExecutionId,
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
    async handler({ params, query, body, principal, ctx }, services: ExecutionsScope) {
      const started = services.workflowExecutions.replay(reachOf(principal), params.id, body ?? {});
      return answerOf(ctx, started, query.wait ?? 0);
    },
  }),
];
