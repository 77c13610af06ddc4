/** Executions and those that started them. */
import type { Transaction } from '#core/plugin.ts';
import type { Execution } from './records.ts';

/** The execution that a family comes from: what this one starts belongs to it. */
export function rootOf({ id, root_id }: Pick<Execution, 'id' | 'root_id'>): string {
  return root_id ?? id;
}

/** The execution that waits for this one is due. */
export async function wakeParent(trx: Transaction, parentId: string, childId: string): Promise<void> {
  const wait = { execution_id: parentId, kind: 'execution' as const, detail: JSON.stringify({ child: childId }) };
  await trx('workflows_waits').where(wait).update({ wake_at: 0 });
}
