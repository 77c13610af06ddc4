/** What is written about an execution that is in nobody's memory: its end, and what follows from it. */

import type { Services, Transaction } from '#core/plugin.ts';
import { type Definition, optionsOf } from '../language/definition.ts';
import { durationMs } from '../language/durations.ts';
import { timesOf } from '../language/schedule-times.ts';
import { noteEnd } from './activity.ts';
import type { EventInterest } from './event-interest.ts';
import { lifecycleFacts } from './lifecycle.ts';
import { abandonChildren, wakeParent } from './parent-child.ts';
import type { Execution } from './records.ts';
import { MOVES } from './states.ts';
import type { ExecutionRow } from './tables.ts';

export interface Transitions {
  /** Ends it, with JSON of an error: with its waits, for its parent and its schedule. Gives the row as it is then. */
  end(trx: Transaction, row: ExecutionRow, move: 'cancel' | 'fail', error?: string): Promise<ExecutionRow>;
  /** Publishes what happens to it, and to those of its tasks that are under way. */
  publish(trx: Transaction, row: ExecutionRow, what: 'cancelled' | 'suspended' | 'resumed' | 'faulted'): Promise<void>;
}

export function createTransitions({
  db,
  clock,
  activity,
  events,
  jobs,
  workflowEvents,
}: Services & { workflowEvents: EventInterest }): Transitions {
  return { end, publish };

  async function end(trx: Transaction, row: ExecutionRow, move: 'cancel' | 'fail', error: string | null = null) {
    const { event, written } = MOVES[move];
    const ended = { ...written(row, clock.now()), error };
    const after: ExecutionRow = { ...row, ...ended };
    await deleteWaits(trx, { jobs }, row);
    await trx('workflows_executions').where({ id: row.id }).update(ended);
    await publish(trx, row, event);
    db.afterCommit(trx, () => noteEnd({ activity }, after));
    if (row.parent_id) await wakeParent(trx, row.parent_id, row.id);
    const definition = await definitionOf(trx, row);
    if (definition) await planNext(trx, after, definition);
    return after;
  }

  async function publish(
    trx: Transaction,
    row: ExecutionRow,
    what: Parameters<Transitions['publish']>[2],
  ): Promise<void> {
    const definition = await definitionOf(trx, row);
    if (!definition || optionsOf(definition).logging === 'none') return;
    const told = { execution: row, definition, now: clock.now(), mayBeHeard: workflowEvents.mayBeHeard };
    const made = lifecycleFacts(told, 'workflow', what);
    const open = await trx('workflows_tasks')
      .where({ execution_id: row.id })
      .whereIn('status', ['running', 'waiting'])
      .orderBy('id')
      .select('reference');
    for (const { reference } of open) made.push(...lifecycleFacts(told, 'task', what, { task: reference }));
    await events.publishAll(trx, await workflowEvents.wanted(trx, made));
  }
}

async function definitionOf(trx: Transaction, row: ExecutionRow): Promise<Definition | null> {
  const found = await trx('workflows_definitions').where({ id: row.definition_id }).first('definition');
  return found ? JSON.parse(found.definition) : null;
}

/**
 * `schedule.after` counts from the end, however it came, of what the schedule has begun. When it has changed meanwhile, what
 * was begun by the one before says nothing.
 */
export async function planNext(trx: Transaction, execution: Execution, definition: Definition): Promise<void> {
  const { after } = definition.schedule ?? {};
  const { workflow_id, ended_at, pins, origin } = execution;
  if (after === undefined || ended_at === null || pins !== null || JSON.parse(origin).kind !== 'schedule') return;
  const active = await trx('workflows_workflows')
    .join('workflows_definitions', 'workflows_definitions.id', 'workflows_workflows.active_id')
    .where('workflows_workflows.id', workflow_id)
    .first('workflows_definitions.definition');
  if (!active || timesOf(JSON.parse(active.definition)) !== timesOf(definition)) return;
  const next_at = ended_at + (durationMs(after) ?? 0);
  await trx('workflows_schedules').where({ workflow_id }).update({ next_at });
}

/** What an execution waited for is of no interest any more. Others that it waited for are cancelled. */
export async function deleteWaits(
  trx: Transaction,
  services: Pick<Services, 'jobs'>,
  execution: Pick<ExecutionRow, 'id' | 'root_id'>,
): Promise<void> {
  await abandonChildren(trx, services, execution);
  const waits = trx('workflows_waits').where({ execution_id: execution.id });
  await trx('workflows_wait_types').whereIn('wait_id', waits.clone().select('id')).delete();
  await waits.delete();
}
