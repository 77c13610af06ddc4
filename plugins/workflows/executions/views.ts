/** Executions on the wire, as the contract of the platform's API fixes them. */

import Type from 'typebox';
import { isoTime } from '#core/kit.ts';
import type { TaskRow, WaitRow } from '../engine/tables.ts';
import { Time } from '../time-view.ts';
import type { Executions, FoundExecution, ListedExecution } from './executions.ts';

export const ExecutionId = Type.Object({ id: Type.String({ minLength: 1, maxLength: 36 }) });

export const TaskView = Type.Object({
  reference: Type.String(),
  instance: Type.String({
    description:
      'Which iteration (`2`), try (`try1`) or return (`@1`) it was, outer ones first with dots; empty for the first',
  }),
  status: Type.String(),
  input: Type.Unknown(),
  output: Type.Unknown(),
  error: Type.Unknown(),
  context: Type.Unknown({ description: '`$context` as the task has exported it; null when it did not' }),
  next: Type.Union([Type.String(), Type.Null()], {
    description: 'Where it led: `continue`, `exit`, `end` or the name of a task; null when it has not ended, or failed',
  }),
  started_at: Time,
  ended_at: Time,
  attempts: Type.Integer(),
});

const WaitView = Type.Object({
  reference: Type.String(),
  instance: Type.String(),
  kind: Type.Enum(['timer', 'events', 'approval', 'execution', 'retry']),
  since: Time,
  until: Type.Union([Type.String(), Type.Null()], { description: 'When it continues automatically, or times out' }),
});

const Summary = {
  id: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  version: Type.String(),
  status: Type.String(),
  origin: Type.Unknown(),
  replay_of: Type.Union([Type.String(), Type.Null()]),
  created_at: Time,
  started_at: Time,
  ended_at: Time,
};
const summary = {
  id: '0198f2c1-…',
  namespace: 'guide',
  name: 'hello',
  version: '1.0.0',
  status: 'completed',
  origin: { kind: 'manual', by: '7', correlation_id: 'order-17' },
  replay_of: null,
  created_at: '2026-01-25T09:00:00.000Z',
  started_at: '2026-01-25T09:00:00.000Z',
  ended_at: '2026-01-25T09:00:00.004Z',
};
const data = { input: { name: 'Ada' }, output: { greeting: 'Hello Ada' }, error: null };
const task = {
  reference: '/do/0/greet',
  instance: '',
  status: 'completed',
  ...data,
  context: null,
  next: 'continue',
  started_at: summary.started_at,
  ended_at: summary.ended_at,
  attempts: 1,
};
export const ExecutionSummary = Type.Object(Summary, { examples: [summary] });
export const ExecutionView = Type.Object(
  {
    ...Summary,
    input: Type.Unknown(),
    output: Type.Unknown(),
    error: Type.Unknown(),
    correlations: Type.Array(Type.String(), { description: 'Values by which it is found' }),
    waits: Type.Array(WaitView, { description: 'What it waits for now' }),
    tasks: Type.Array(TaskView),
  },
  { examples: [{ ...summary, ...data, correlations: ['order-17'], waits: [], tasks: [task] }] },
);

export function summaryOf(row: ListedExecution) {
  const { $secrets: _sealed, ...origin } = JSON.parse(row.origin);
  const { id, namespace, name, version, status, replay_of } = row;
  return {
    id,
    namespace,
    name,
    version,
    status,
    origin,
    replay_of,
    created_at: isoTime(row.created_at),
    started_at: isoTime(row.started_at),
    ended_at: isoTime(row.ended_at),
  };
}

/** Of an execution with all its tasks; what is longer after it is shown by its beginning. */
const MOST_IN_VIEW = 4 * 1024 * 1024;

export async function executionView(row: FoundExecution, tasks: readonly TaskRow[], executions: Executions) {
  const shown = await executions.shown(row, MOST_IN_VIEW);
  const correlations = await executions.correlationsOf(row.id);
  return {
    ...summaryOf(row),
    input: shown(row.input),
    output: shown(row.output),
    error: shown(row.error),
    correlations: correlations.map((value) => String(shown(JSON.stringify(value)))),
    waits: (await executions.waitsOf(row.id)).map(waitView),
    tasks: tasks.map((task) => taskView(task, shown)),
  };
}

/** Names hold spaces, instances none. */
const WAIT_KEY = /^(?<reference>.*) (?<instance>(?!retry$)\S*?)(?<retry> retry)?$/s;

function waitView({ task_key, kind, created_at, wake_at }: WaitRow) {
  const { reference = task_key, instance = '', retry } = WAIT_KEY.exec(task_key)?.groups ?? {};
  return {
    reference,
    instance,
    kind: retry === undefined ? kind : ('retry' as const),
    since: isoTime(created_at),
    until: isoTime(wake_at),
  };
}

/** `attempts` counts the tries: one for a task that went well at once. */
export function taskView(task: Omit<TaskRow, 'id'>, shown: (text: string | null) => unknown) {
  return {
    reference: task.reference,
    instance: task.instance,
    status: task.status,
    input: shown(task.input),
    // What a loop goes through while it runs, and the context that it began with, are no results.
    output: task.ended_at === null ? null : shown(task.output),
    error: shown(task.error),
    context: task.ended_at === null ? null : shown(task.context),
    next: task.next,
    started_at: isoTime(task.started_at),
    ended_at: isoTime(task.ended_at),
    attempts: task.attempts + 1,
  };
}
