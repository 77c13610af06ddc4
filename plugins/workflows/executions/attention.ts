/** What waits for a person: executions that failed. */
import { timeWindow } from '#core/kit.ts';
import { type AttentionSource, countedTo } from '#core/plugin.ts';
import { READ, reachOf } from '../access.ts';

/** Older ones have been seen, or matter to nobody. */
const RECENT_MS = 7 * 24 * 3_600_000;

export const failedExecutions: AttentionSource = {
  id: 'workflows.failed',
  title: { en: 'Workflows that failed this week', zh: '本周失败的工作流' },
  path: '/automations/runs?status=faulted',
  access: READ,
  count(principal, { db, clock }) {
    const reach = reachOf(principal);
    const failed = db.read('workflows_executions').where({ status: 'faulted' });
    if (reach !== null) failed.where({ tenant_id: reach });
    // Written out, so that the index of those that did not end well is found.
    failed.whereRaw("status not in ('completed', 'pending', 'running')");
    return countedTo(failed.whereBetween('created_at', timeWindow(clock.now(), RECENT_MS)));
  },
};
