/** What administrators are told of: workflows that failed within the last hour, of whichever tenant. */
import { type AlertCondition, MOST_COUNTED } from '#core/plugin.ts';
import type { ExecutionsScope } from './services.ts';

const RECENT_MS = 3_600_000;

export const failedAlert: AlertCondition = {
  name: 'workflows.failed',
  path: '/automations/runs?status=faulted',
  templates: new URL('../mail-templates/', import.meta.url),
  /** The newest ones by their index: how many more there are nobody needs to know. */
  async holds({ db, clock }: ExecutionsScope) {
    const newest = await db
      .read('workflows_executions')
      .whereRaw("status = 'faulted' and status not in ('completed', 'pending', 'running')")
      .orderBy('seq', 'desc')
      .limit(MOST_COUNTED)
      .select('workflow_id', 'ended_at');
    const failed = newest.filter(({ ended_at }) => ended_at !== null && clock.now() - Number(ended_at) < RECENT_MS);
    if (failed.length === 0) return null;
    const workflows = new Set(failed.map(({ workflow_id }) => workflow_id)).size;
    return `${failed.length}${failed.length === MOST_COUNTED ? '+' : ''} (${workflows})`;
  },
};
