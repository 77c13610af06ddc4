/** Removal of executions with everything that belongs to them, and of workflows with all of theirs. */
import { isAppError } from '#core/kit.ts';
import type { Services, Transaction } from '#core/plugin.ts';
import type { Engine } from '../engine/engine.ts';
import { abandonChildren, wakeParent } from '../engine/parent-child.ts';

/** Others write in between. */
const BATCH = 200;
/** So long the removal waits for executions to stop. */
const STOP_MS = 3_000;

export async function removeExecutions(trx: Transaction, ids: readonly string[]): Promise<void> {
  const waits = trx('workflows_waits').whereIn('execution_id', ids);
  await trx('workflows_wait_types').whereIn('wait_id', waits.clone().select('id')).delete();
  await waits.delete();
  await trx('workflows_tasks').whereIn('execution_id', ids).delete();
  await trx('workflows_correlations').whereIn('execution_id', ids).delete();
  await trx('workflows_executions').whereIn('id', ids).delete();
}

/** Stops what runs of a hidden workflow, and removes it. Calls that do not hear of it end when they do. */
export async function stopAndRemove(
  services: Pick<Services, 'db' | 'jobs'> & { workflowEngine: Engine },
  workflow_id: number,
): Promise<void> {
  const { db, workflowEngine } = services;
  const running: string[] = await db.read('workflows_executions').where({ workflow_id, status: 'running' }).pluck('id');
  await Promise.all(running.map(stopped));
  await removeWorkflow(services, workflow_id);
  workflowEngine.wake(0);

  async function stopped(id: string): Promise<void> {
    try {
      await workflowEngine.cancel(id);
      await workflowEngine.waitFor(id, STOP_MS);
    } catch (error) {
      // It has ended by itself.
      if (!isAppError(error)) throw error;
    }
  }
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
