/** Takes executions away with everything that belongs to them. */
import type { Knex } from 'knex';
import type { Transaction } from '#core/plugin.ts';

/** `ids` selects them. */
export async function removeExecutions(trx: Transaction, ids: Knex.QueryBuilder): Promise<void> {
  const waits = trx('workflows_waits').whereIn('execution_id', ids);
  await trx('workflows_wait_types').whereIn('wait_id', waits.clone().select('id')).delete();
  await waits.delete();
  await trx('workflows_tasks').whereIn('execution_id', ids).delete();
  await trx('workflows_correlations').whereIn('execution_id', ids).delete();
  await trx('workflows_executions').whereIn('id', ids).delete();
}
