/** `call: workflows.approve`: a person decides. They get a link by mail; the answer is the task's output. */
import type { TaskCall } from '../engine/interpreter.ts';
import { fault } from '../language/faults.ts';
import type { WaitRow } from '../tables.ts';

/** `detail` of a wait for approval. */
export interface ApprovalDetail {
  to: string;
  title: string;
  text: string;
  answer: { approved: boolean; comment: string; at: string } | null;
}

export async function approve(call: TaskCall, args: Record<string, unknown>): Promise<unknown> {
  const { run, reference, instance, frame, record } = call;
  const { to, title = 'A decision is needed', text = '' } = args;
  if (typeof to !== 'string' || !to.includes('@'))
    throw fault('validation', 'workflows.approve needs `to`, an e-mail address');
  const taskKey = `${reference} ${instance}`;
  const { clock, db, jobs } = run.world.services;
  record.status = 'waiting';
  let wait = run.waitOf(taskKey);
  for (;;) {
    const detail: ApprovalDetail | null = wait ? JSON.parse(wait.detail) : null;
    if (detail?.answer) {
      run.endWait(taskKey);
      return detail.answer;
    }
    if (frame.deadline && clock.now() >= frame.deadline.at) {
      throw fault('timeout', 'Nobody decided in time', { instance: frame.deadline.reference });
    }
    if (!wait) {
      const job = { execution_id: run.execution.id, task_key: taskKey };
      run.also((trx) => jobs.enqueue(trx, 'workflows.sendApproval', job));
    }
    const fresh: ApprovalDetail = { to, title: String(title), text: String(text), answer: null };
    // Saying that it waits again would wipe out a decision that was made meanwhile: so it looks once more.
    let news: WaitRow | undefined;
    const woken = await run.park(
      {
        execution_id: run.execution.id,
        tenant_id: run.execution.tenant_id,
        task_key: taskKey,
        kind: 'approval',
        wake_at: frame.deadline?.at ?? null,
        detail: JSON.stringify(detail ?? fresh),
        received: '[]',
        created_at: clock.now(),
        types: [],
      },
      frame.signal,
      async () => {
        const key = { execution_id: run.execution.id, task_key: taskKey };
        const row = await db.write('workflows_waits').where(key).first();
        if (row && JSON.parse(row.detail).answer) news = row;
        return news !== undefined;
      },
    );
    wait = woken ?? news;
  }
}
