/** `call: workflows.approve`: a person decides. They get a link by mail; the answer is the task's output. */
import type { TaskCall } from '../engine/interpreter.ts';
import { fault } from '../language/faults.ts';
import { newWait, parkedIn, refuseLate, taskKeyOf } from './waiting.ts';

/** `detail` of a wait for approval. */
export interface ApprovalDetail {
  to: string;
  title: string;
  text: string;
  answer: { approved: boolean; comment: string; at: string } | null;
}

export async function approve(call: TaskCall, args: Record<string, unknown>): Promise<unknown> {
  const { run, record } = call;
  const { to, title = 'A decision is needed', text = '' } = args;
  if (typeof to !== 'string' || !to.includes('@'))
    throw fault('validation', 'workflows.approve needs `to`, an e-mail address');
  const taskKey = taskKeyOf(call);
  record.status = 'waiting';
  let wait = run.waitOf(taskKey);
  for (;;) {
    const known: ApprovalDetail | null = wait ? JSON.parse(wait.detail) : null;
    if (known?.answer) {
      run.endWait(taskKey);
      return known.answer;
    }
    refuseLate(call, 'Nobody decided in time');
    if (!wait) {
      const job = { execution_id: run.execution.id, task_key: taskKey };
      run.also((trx) => run.world.services.jobs.enqueue(trx, 'workflows.sendApproval', job));
    }
    const detail: ApprovalDetail = known ?? { to, title: String(title), text: String(text), answer: null };
    wait = await parkedIn(call, newWait(call, { kind: 'approval', detail: JSON.stringify(detail) }), (row) =>
      Boolean(JSON.parse(row.detail).answer),
    );
  }
}
