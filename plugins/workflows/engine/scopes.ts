/** What expressions see: of an execution, and of a task in it. */
import type { Task } from '../language/definition.ts';
import { LARGEST, LOOSE, type Scope, TENANT } from '../language/expressions.ts';
import type { Frame, Run } from './model.ts';
import type { TaskRecord } from './records.ts';

/** What the expressions of a task see. */
export function scopeOf(
  run: Run,
  name: string,
  task: Task,
  reference: string,
  record: TaskRecord,
  input: unknown,
  frame: Frame,
): Scope {
  const base = baseScope(run);
  return {
    ...base,
    ...frame.variables,
    context: run.context,
    input,
    output: null,
    // In an extension it is the task that is extended.
    task: frame.variables.task ?? { name, reference, definition: task, input, startedAt: moment(record.started_at) },
  };
}

/** What is the same for all tasks of an execution. */
export function baseScope(run: Run): Scope {
  run.baseScope ??= madeFor(run);
  return run.baseScope;
}

function madeFor(run: Run): Scope {
  const { execution, definition } = run;
  return {
    context: null,
    input: null,
    output: null,
    secrets: run.secrets,
    authorization: null,
    task: null,
    workflow: {
      id: execution.id,
      definition,
      input: run.input,
      startedAt: moment(execution.started_at ?? execution.created_at),
    },
    runtime: { name: 'patchbay', version: '1.0.0', metadata: {} },
    [LOOSE]: definition.evaluate?.mode === 'loose',
    [TENANT]: execution.tenant_id,
    [LARGEST]: run.world.config.maxDataBytes,
  };
}

/** The time as the specification's DateTime descriptor. Many tasks begin in the same millisecond. */
function moment(ms: number): object {
  if (latestMoment?.epoch.milliseconds !== ms) latestMoment = momentAt(ms);
  return latestMoment;
}

let latestMoment: ReturnType<typeof momentAt> | null = null;

function momentAt(ms: number) {
  return { iso8601: new Date(ms).toISOString(), epoch: { seconds: Math.floor(ms / 1000), milliseconds: ms } };
}
