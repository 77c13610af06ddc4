/** Triggers: what starts workflows by itself, and wakes executions that listen: events, schedules, hooks. */
import { processHasRole } from '#core/kit.ts';
import { definePart } from '#core/plugin.ts';
import type { WorkflowsConfig } from '../config.ts';
import { deliverEvent } from './jobs.ts';
import { publishEvent } from './routes/events.ts';
import { startByHook } from './routes/hooks.ts';
import { sampleEvent } from './routes/sample-event.ts';
import { listSchedules } from './routes/schedules.ts';
import { type TriggersScope, triggerServices } from './services.ts';
import './tables.ts';

export const triggers = definePart<TriggersScope & { config: WorkflowsConfig }>({
  name: 'triggers',
  summary: 'Events, schedules and hooks that start workflows',
  needs: ['definitions', 'engine'],
  services: triggerServices,
  routes: [publishEvent, sampleEvent, startByHook, listSchedules],
  jobs: [deliverEvent],
  async start({ coreConfig, workflowTriggers }) {
    if (processHasRole(coreConfig, 'workflows')) await workflowTriggers.begin();
  },
  stop: ({ workflowTriggers }) => workflowTriggers.end(),
});
