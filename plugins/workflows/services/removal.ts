/** Takes executions away with everything that belongs to them, and workflows with all of theirs. */
import type { Services, Transaction } from '#core/plugin.ts';
import { abandonChildren, wakeParent } from '../engine/parent-child.ts';

/** Stands for the tenant of a workflow that is being removed: nobody finds it, and its name is free. */
export const REMOVED = 'removed';
/** Others write in between. */
const BATCH = 200;

export async function removeExecutions(trx: Transaction, ids: readonly string[]): Promise<void> {
  const waits = trx('workflows_waits').whereIn('execution_id', ids);
  await trx('workflows_wait_types').whereIn('wait_id', waits.clone().select('id')).delete();
  await waits.delete();
  await trx('workflows_tasks').whereIn('execution_id', ids).delete();
  await trx('workflows_correlations').whereIn('execution_id', ids).delete();
  await trx('workflows_executions').whereIn('id', ids).delete();
}

/** Switches it off and hides it: nothing of it begins from here on. */
export async function hideWorkflow(trx: Transaction, id: number): Promise<void> {
  const hidden = { tenant_id: REMOVED, namespace: '', name: String(id), active_id: null, enabled: 0 };
  await trx('workflows_workflows').where({ id }).update(hidden);
  await trx('workflows_schedules').where({ workflow_id: id }).delete();
  await trx('workflows_schedule_types').where({ workflow_id: id }).delete();
  await trx('workflows_gathered').where({ workflow_id: id }).delete();
}

/**
 * Removes a hidden workflow bit by bit, the row itself last: what a crash leaves, the next pruning removes. What its executions
 * wait for is cancelled.
 */
export async function removeWorkflow(services: Pick<Services, 'db' | 'jobs'>, id: number): Promise<void> {
  while (await removeSome(services, id));
}

/** False when nothing is left. */
function removeSome({ db, jobs }: Pick<Services, 'db' | 'jobs'>, workflow_id: number): Promise<boolean> {
  return db.transaction(async (trx) => {
    const some = await trx('workflows_executions')
      .where({ workflow_id })
      .limit(BATCH)
      .select('id', 'root_id', 'parent_id', 'ended_at');
    for (const execution of some.filter(({ ended_at }) => ended_at === null)) {
      if (execution.parent_id) await wakeParent(trx, execution.parent_id, execution.id);
      await abandonChildren(trx, { jobs }, execution);
    }
    await removeExecutions(
      trx,
      some.map(({ id }) => id),
    );
    if (some.length > 0) return true;
    await trx('workflows_gathered').where({ workflow_id }).delete();
    await trx('workflows_definitions').where({ workflow_id }).delete();
    await trx('workflows_workflows').where({ id: workflow_id }).delete();
    return false;
  });
}
