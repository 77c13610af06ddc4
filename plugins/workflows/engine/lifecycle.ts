/** Lifecycle events of workflows and tasks, with the names and data of the specification ("Lifecycle Events"). */
import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '#core/plugin.ts';
import type { Definition } from '../language/definition.ts';
import { DEPTH, LIFECYCLE, ROOT } from './event-attributes.ts';
import type { Run } from './model.ts';
import { rootOf } from './parent-child.ts';
import type { Execution, Fact } from './records.ts';

type About = 'workflow' | 'task';
/** `waiting` and `running` are changes of status alone, without an event of their own. */
export type What =
  | ('created' | 'started' | 'suspended' | 'resumed' | 'retried' | 'cancelled' | 'faulted' | 'completed')
  | ('correlation-started' | 'correlation-completed' | 'waiting' | 'running');

/** The property with the time of the event. */
const TIMES: Record<What, string | null> = {
  created: 'createdAt',
  started: 'startedAt',
  suspended: 'suspendedAt',
  resumed: 'resumedAt',
  retried: 'retriedAt',
  cancelled: 'cancelledAt',
  faulted: 'faultedAt',
  completed: 'completedAt',
  'correlation-started': 'startedAt',
  'correlation-completed': 'completedAt',
  waiting: null,
  running: null,
};
/** The phase that it brings ("Status Phases"); what is not here brings none. */
const PHASES: Partial<Record<What, string>> = {
  created: 'pending',
  started: 'running',
  resumed: 'running',
  suspended: 'suspended',
  cancelled: 'cancelled',
  faulted: 'faulted',
  completed: 'completed',
  waiting: 'waiting',
  running: 'running',
};

/** What is told about: an execution in memory, or one that is in the database alone. */
export interface EndNotice {
  execution: Pick<Execution, 'id' | 'tenant_id' | 'depth' | 'root_id'>;
  definition: Pick<Definition, 'document'>;
  now: number;
  /** What cannot be heard by anybody is not noted. */
  mayBeHeard(type: string): boolean;
}

/** Notes the events: they are published with the next checkpoint. Secrets in `more` are masked. */
export function lifecycleEvent(run: Run, about: About, what: What, more: Record<string, unknown> = {}): void {
  const { workflowEvents, clock } = run.world.services;
  if (workflowEvents.isNobodyThere()) return;
  const told = {
    execution: run.execution,
    definition: run.definition,
    now: clock.now(),
    mayBeHeard: workflowEvents.mayBeHeard,
  };
  for (const fact of lifecycleFacts(told, about, what, more))
    run.publish({ ...fact, event: () => masked(run, fact.event()) });
}

function masked(run: Run, event: CloudEvent): CloudEvent {
  return run.hidden.size === 0 ? event : { ...event, data: JSON.parse(run.masked(JSON.stringify(event.data))) };
}

/** The event, and the one of the changed status: those that somebody may hear. */
export function lifecycleFacts(
  { execution, definition, now, mayBeHeard }: EndNotice,
  about: About,
  what: What,
  more: Record<string, unknown> = {},
): Fact[] {
  const made: Fact[] = [];
  const timeKey = TIMES[what];
  if (timeKey !== null) add(what, timeKey, more);
  const status = PHASES[what];
  if (status) add('status-changed', 'updatedAt', { ...(about === 'task' && { task: more.task }), status });
  return made;

  function add(name: string, key: string, data: Record<string, unknown>): void {
    const type = `${LIFECYCLE}${about}.${name}.v1`;
    if (!mayBeHeard(type)) return;
    made.push({ type, isPrivate: true, event: () => eventOf(type, name, key, data) });
  }

  function eventOf(type: string, name: string, key: string, data: Record<string, unknown>): CloudEvent {
    const { namespace, name: workflow, version } = definition.document;
    const time = new Date(now).toISOString();
    const event: CloudEvent & Record<string, unknown> = {
      specversion: '1.0',
      id: randomUUID(),
      source: `patchbay/workflows/${namespace}/${workflow}`,
      type,
      time,
      subject: execution.id,
      ...(execution.tenant_id && { tenantid: execution.tenant_id }),
      datacontenttype: 'application/json',
      data: {
        // The qualified name of the execution.
        [about === 'workflow' ? 'name' : 'workflow']: `${workflow}-${execution.id}.${namespace}`,
        ...(name === 'started' && about === 'workflow' && { definition: { name: workflow, namespace, version } }),
        ...data,
        [key]: time,
      },
      // Workflows that these start are deeper, so that a circle ends.
      [DEPTH]: execution.depth + 1,
      [ROOT]: rootOf(execution),
    };
    return event;
  }
}
