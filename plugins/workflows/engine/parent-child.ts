/** Parent and child: executions and those that started them. */
import type { Services, Transaction } from '#core/plugin.ts';
import type { Execution } from './records.ts';
import type { ExecutionRow } from './tables.ts';

/** The execution that a family comes from: what this one starts belongs to it. */
export function rootOf({ id, root_id }: Pick<Execution, 'id' | 'root_id'>): string {
  return root_id ?? id;
}

/** The execution that waits for this one is due. */
export async function wakeParent(trx: Transaction, parentId: string, childId: string): Promise<void> {
  const wait = { execution_id: parentId, kind: 'execution' as const, detail: JSON.stringify({ child: childId }) };
  await trx('workflows_waits').where(wait).update({ wake_at: 0 });
}

type Jobs = Pick<Services, 'jobs'>;

/** The origin of an execution that another one has started; `awaited` when that one waits for its end. */
export function childOrigin({ id }: Pick<Execution, 'id'>, isAwaited: boolean): Record<string, unknown> {
  return { kind: 'workflow', execution: id, ...(isAwaited && { awaited: true }) };
}

/** Cancels what is open of these once the transaction is committed, wherever they are. */
export async function cancelLater(trx: Transaction, { jobs }: Jobs, ids: readonly string[]): Promise<void> {
  const open = await trx('workflows_executions').whereIn('id', ids).whereNull('ended_at').select('id', 'tenant_id');
  for (const { id, tenant_id } of open) {
    await jobs.enqueue(trx, 'workflows.cancel', { execution_id: id }, { lane: tenant_id });
  }
}

/** The task that waited will not hear of the end any more: the execution that it waited for is cancelled. */
export async function abandonAwaited(
  trx: Transaction,
  services: Jobs,
  wait: { executionId: string; taskKey: string },
): Promise<void> {
  const { executionId: execution_id, taskKey: task_key } = wait;
  const key = { execution_id, task_key, kind: 'execution' as const };
  const row = await trx('workflows_waits').where(key).first('detail');
  if (row) await cancelLater(trx, services, [JSON.parse(row.detail).child]);
}

/** It has ended before those that it waited for: they are cancelled, also the one that it was about to wait for. */
export async function abandonChildren(
  trx: Transaction,
  services: Jobs,
  parent: Pick<ExecutionRow, 'id' | 'root_id'>,
): Promise<void> {
  const children = await trx('workflows_executions')
    .where({ root_id: rootOf(parent), parent_id: parent.id })
    .whereNotNull('root_id')
    .whereNull('ended_at')
    .select('id', 'origin');
  const awaited = children.filter(({ origin }) => JSON.parse(origin).awaited === true);
  if (awaited.length > 0) {
    await cancelLater(
      trx,
      services,
      awaited.map(({ id }) => id),
    );
  }
}
