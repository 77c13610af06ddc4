/** Workflows' scheduled work. Timers and schedules of workflows themselves are the engine's. */
import { defineCron } from '#core/plugin.ts';
import type { ExecutionsScope } from './services.ts';

export const pruneExecutions = defineCron({
  name: 'workflows.prune',
  summary: 'Removes ended executions past their days and numbers',
  schedule: '20 * * * *',
  async run({ log }, { workflowExecutions }: ExecutionsScope) {
    const removed = await workflowExecutions.prune();
    if (removed > 0) log.info({ removed }, 'Old executions are removed');
  },
});
