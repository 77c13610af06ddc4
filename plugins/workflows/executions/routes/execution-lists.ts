/** Executions in rows, and the log of one. */
import Type from 'typebox';
import { listRoute } from '#core/plugin.ts';
import { READ, reachOf } from '../../access.ts';
import { LONGEST_CORRELATION } from '../../engine/correlations.ts';
import type { TaskRow } from '../../engine/tables.ts';
import { PHASES } from '../../language/phases.ts';
import type { ListedExecution } from '../executions.ts';
import type { ExecutionsScope } from '../services.ts';
import { ExecutionId, ExecutionSummary, summaryOf, TaskView, taskView } from '../views.ts';

const LoggedTask = Type.Object({ id: Type.Integer(), ...TaskView.properties });

export const executionLists = [
  listRoute({
    path: '/api/platform/executions',
    access: READ,
    summary: 'Executions, newest first, by status, workflow, time and correlation',
    item: ExecutionSummary,
    columns: {
      created_at: { type: 'time', column: 'workflows_executions.created_at', filter: 'range' },
      started_at: { type: 'time', column: 'workflows_executions.started_at', filter: 'range' },
      // The order in which they came.
      seq: { type: 'integer', column: 'workflows_executions.seq', sort: true },
      status: { type: 'text', column: 'workflows_executions.status', filter: 'equals', values: PHASES },
      namespace: { type: 'text', column: 'workflows_workflows.namespace', filter: 'equals' },
      name: { type: 'text', column: 'workflows_workflows.name', filter: 'equals' },
      correlation: {
        type: 'text',
        filter: 'equals',
        description:
          `Those that have this value (of at most ${LONGEST_CORRELATION} characters): as the \`correlation_id\` of their ` +
          'start or of what started it, or fixed by a `correlate` of `schedule.on` or `listen`',
        narrow: (rows, [value = ''], { workflowExecutions }: ExecutionsScope) =>
          workflowExecutions.withCorrelation(rows, value),
      },
    },
    key: 'workflows_executions.seq',
    sort: '-seq',
    rows: ({ principal, query }, { workflowExecutions }: ExecutionsScope) =>
      workflowExecutions.listed(reachOf(principal), {
        statuses: textIn(query.status)?.split(',') ?? [],
        namespace: textIn(query.namespace),
        name: textIn(query.name),
        from: timeIn(query.created_at_from),
        to: timeIn(query.created_at_to),
      }),
    items: (rows: ListedExecution[]) => rows.map(summaryOf),
  }),
  listRoute({
    path: '/api/platform/executions/{id}/tasks',
    access: READ,
    summary: 'The log of an execution: its tasks in the order in which they began',
    params: ExecutionId,
    item: LoggedTask,
    columns: {
      id: { type: 'integer', sort: true },
      reference: { type: 'text', filter: 'equals', description: 'JSON pointer of the task in its definition' },
      status: {
        type: 'text',
        filter: 'equals',
        values: ['running', 'waiting', 'completed', 'faulted', 'skipped', 'cancelled'],
      },
    },
    sort: 'id',
    async rows({ params, principal }, { workflowExecutions }: ExecutionsScope) {
      const execution = await workflowExecutions.find(reachOf(principal), params.id);
      return { query: workflowExecutions.tasks(execution) };
    },
    async items(rows: TaskRow[], { workflowExecutions }: ExecutionsScope) {
      const [first] = rows;
      if (!first) return [];
      const shown = await workflowExecutions.shown(await workflowExecutions.find(null, first.execution_id));
      return rows.map((row) => ({ id: Number(row.id), ...taskView(row, shown) }));
    },
  }),
];

function textIn(given: unknown): string | undefined {
  return typeof given === 'string' ? given : undefined;
}

/** A leap second is a time by RFC 3339, and none by the clock: the list refuses it. */
function timeIn(given: unknown): number | undefined {
  const at = typeof given === 'string' ? Date.parse(given) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
