/** `call: workflows.approve`: a person decides. They get a link by mail; the answer is the task's output. */
import type { User } from '#plugins/auth/contract.ts';
import { fault } from '../../language/faults.ts';
import type { TaskCall } from '../model.ts';
import { unsealed } from '../secret-texts.ts';
import { newWait, parkedIn, refuseLate, taskKeyOf } from './waiting.ts';

/** `detail` of a wait for approval. */
export interface ApprovalDetail {
  to: string;
  title: string;
  text: string;
  answer: { approved: boolean; comment: string; at: string } | null;
  /** The account of who is asked, when there is one: its holder decides only while it is active, and in that tenant. */
  approver?: { id: string; tenant: number } | null;
}

/** The approver whose account is deleted. */
export const GONE = { id: '', tenant: 0 };

export async function approve(call: TaskCall, args: Record<string, unknown>): Promise<unknown> {
  const { run, record } = call;
  const { to, title = 'A decision is needed', text = '' } = args;
  if (typeof to !== 'string' || !to.includes('@'))
    throw fault('validation', 'workflows.approve needs `to`, an e-mail address');
  const taskKey = taskKeyOf(call);
  const { services } = run.world;
  const open = (text: string): string => unsealed(services, run.execution.id, text);
  record.status = 'waiting';
  let wait = run.waitOf(taskKey);
  for (;;) {
    const known: ApprovalDetail | null = wait ? JSON.parse(open(wait.detail)) : null;
    if (known?.answer) {
      run.endWait(taskKey);
      return known.answer;
    }
    refuseLate(call, 'Nobody decided in time');
    const user = known ? null : await services.people.userByIdentifier(to);
    const approver = user && { id: user.uuid, tenant: user.tenant_id };
    const asked = known ?? { to, title: String(title), text: String(text), answer: null, approver };
    if (!wait) {
      const job = { execution_id: run.execution.id, task_key: taskKey };
      const lane = run.execution.tenant_id;
      // At once before it waits, so that both are saved together.
      run.also((trx) => services.jobs.enqueue(trx, 'workflows.sendApproval', job, { lane }));
    }
    const detail = run.sealed(JSON.stringify(asked satisfies ApprovalDetail));
    wait = await parkedIn(
      call,
      newWait(call, { kind: 'approval', detail, approver_id: provenOwner(user, to) }),
      (row) => Boolean(JSON.parse(open(row.detail)).answer),
    );
  }
}

/** Anybody may open an account with anybody's address: only who has confirmed it finds the decision by signing in. */
function provenOwner(user: User | null, address: string): string | null {
  if (!user || user.email_verified_at === null) return null;
  return user.email?.toLowerCase() === address.trim().toLowerCase() ? user.uuid : null;
}
