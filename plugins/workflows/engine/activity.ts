/** What the dashboard counts of workflows: how executions end, hour by hour. */
import type { ActivityKind, Services } from '#core/plugin.ts';
import { READ } from '../access.ts';

const COMPLETED = 'workflows.completed';
const FAULTED = 'workflows.faulted';

export const WORKFLOW_ACTIVITY: Readonly<Record<string, ActivityKind>> = {
  [COMPLETED]: { title: { en: 'Runs completed', zh: '完成的运行' }, access: READ },
  [FAULTED]: { title: { en: 'Runs that failed', zh: '失败的运行' }, access: READ },
};

/** How an execution ended, counted; one that was cancelled is neither. */
export function noteEnd(
  { activity }: Pick<Services, 'activity'>,
  { tenant_id, status }: { tenant_id: string; status: string },
): void {
  if (status === 'completed') activity.note({ name: COMPLETED, tenantId: tenant_id || null });
  if (status === 'faulted') activity.note({ name: FAULTED, tenantId: tenant_id || null });
}
