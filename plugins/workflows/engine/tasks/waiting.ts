/** What all tasks that wait have in common: the row that they wait in, and the time-outs around them. */

import { fault } from '../../language/faults.ts';
import type { TaskCall } from '../model.ts';
import type { NewWait } from '../records.ts';
import type { WaitRow } from '../tables.ts';

/** The key of a task's wait. `what` tells several waits of one task apart. */
export function taskKeyOf({ reference, instance }: Pick<TaskCall, 'reference' | 'instance'>, what = ''): string {
  return `${reference} ${instance}${what}`;
}

/** The row of a wait that has received nothing. Unless it says otherwise, it wakes at the next time-out around the task. */
export function newWait(call: TaskCall, own: Pick<NewWait, 'kind' | 'detail'> & Partial<NewWait>): NewWait {
  const { execution, world } = call.run;
  return {
    execution_id: execution.id,
    tenant_id: execution.tenant_id,
    task_key: taskKeyOf(call),
    wake_at: call.frame.deadline?.at ?? null,
    received: '[]',
    approver_id: null,
    created_at: world.services.clock.now(),
    types: [],
    ...own,
  };
}

/**
 * Waits in the row, and gives it as it is then. Saying again that it waits would wipe out that something has come
 * meanwhile, so the row is looked at once more.
 */
export async function parkedIn(
  { run, frame }: TaskCall,
  wait: NewWait,
  hasNews: (row: WaitRow) => boolean,
): Promise<WaitRow | undefined> {
  const { execution_id, task_key } = wait;
  let news: WaitRow | undefined;
  const woken = await run.park(wait, frame.signal, async () => {
    const row = await run.world.services.db.write('workflows_waits').where({ execution_id, task_key }).first();
    if (row && hasNews(row)) news = row;
    return news !== undefined;
  });
  return woken ?? news;
}

/** Throws a time-out fault with this detail when the time of the task, or of what is around it, is over. */
export function refuseLate({ run, frame: { deadline } }: TaskCall, detail: string): void {
  if (!deadline || run.world.services.clock.now() < deadline.at) return;
  throw fault('timeout', detail, { instance: deadline.reference });
}
