/** What the dashboard shows of workflows: how executions end, hour by hour, and what waits for a person. */
import { type ActivityKind, type AttentionSource, countedTo } from '#core/plugin.ts';
import { READ, reachOf } from './access.ts';
import type { WorkflowsScope } from './scope.ts';

export const COMPLETED = 'workflows.completed';
export const FAULTED = 'workflows.faulted';

export const WORKFLOW_ACTIVITY: Readonly<Record<string, ActivityKind>> = {
  [COMPLETED]: { title: { en: 'Executions completed', zh: '完成的执行' }, access: READ },
  [FAULTED]: { title: { en: 'Executions that failed', zh: '失败的执行' }, access: READ },
};

/** Older ones have been seen, or matter to nobody. */
const RECENT_MS = 7 * 24 * 3_600_000;

export const WORKFLOW_ATTENTION: readonly AttentionSource[] = [
  {
    id: 'workflows.approvals',
    title: { en: 'Decisions that you are asked for', zh: '等待您审批' },
    path: '/approvals',
    access: { kinds: ['user'] },
    count: (principal, { db }: WorkflowsScope) =>
      countedTo(db.read('workflows_waits').where({ kind: 'approval', approver_id: principal.id })),
  },
  {
    id: 'workflows.failed',
    title: { en: 'Workflows that failed this week', zh: '本周失败的工作流' },
    path: '/executions?status=faulted',
    access: READ,
    count(principal, { db, clock }: WorkflowsScope) {
      const reach = reachOf(principal);
      const failed = db.read('workflows_executions').where({ status: 'faulted' });
      if (reach !== null) failed.where({ tenant_id: reach });
      // Written out, so that the index of those that did not end well is found.
      failed.whereRaw("status not in ('completed', 'pending', 'running')");
      return countedTo(failed.where('created_at', '>=', clock.now() - RECENT_MS));
    },
  },
];

/** How an execution ended, counted; one that was cancelled is neither. */
export function noteEnd(
  { activity }: Pick<WorkflowsScope, 'activity'>,
  { tenant_id, status }: { tenant_id: string; status: string },
): void {
  if (status === 'completed') activity.note({ name: COMPLETED, tenantId: tenant_id || null });
  if (status === 'faulted') activity.note({ name: FAULTED, tenantId: tenant_id || null });
}
